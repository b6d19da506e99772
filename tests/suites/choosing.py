"""Choosing: a tower behind an API that really decides: what comes into inbox `people` goes through the steps."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson

from streams.adapters import decode
from tests.suites.choices import Choice
from tests.suites.small_api import SmallApi, SmallTower, small_api
from tests.suites.story import START
from tower import clock
from tower.batch import to_record
from tower.envelope import Envelope
from tower.logs import urls
from tower.record import Record, entry


class ChoosingTower(SmallTower):
    """Stands in for ingest and control, with the steps of a story that has begun."""

    def __init__(self, root: str, story: Choice, network: str = "east") -> None:
        super().__init__(root, network)
        self.story, self.taken = story, 0
        for record, outcome in zip(story.records, story.outcomes, strict=True):
            self.append(record, outcome)

    def append(self, record: Record, outcome: Record) -> None:
        """Both logs have one record more."""
        self.log.append(record.number, [entry(record.encode())])
        self.outcomes.append(outcome.number, [entry(outcome.encode())])

    def decide(self, causes: dict[int, int]) -> None:
        """The next message of people is a record, decided on by the steps; a minute goes by with each."""
        from streams import names

        (position,) = causes.values()
        log = urls.reader(names.inbox(self.root, self.network, "people"))
        ((_, data),) = log.read(position - 1, 1)
        self.tell(Envelope.decode(bytes(data)), position, causes)

    def tell(self, envelope: Envelope, position: int, causes: dict[int, int]) -> None:
        """One record of these events."""
        number = self.story.chain.after + 1
        now = self.story.records[-1].now + clock.MINUTE
        record = to_record(decode(envelope, position, self.network), number, now, causes)
        self.story.records.append(record)
        self.story.outcomes.append(self.story.chain.advance(record))
        self.append(record, self.story.outcomes[-1])

    def hear(self, events: Sequence[dict[str, object]]) -> None:
        """What others than people say."""
        said = [{"id": f"h{self.taken}-{n}", "at": START, **event} for n, event in enumerate(events)]
        self.taken += 1
        self.tell(Envelope("wms", START, "application/json", orjson.dumps(said)), self.taken, {})


@contextmanager
def choosing_api(folder: Path) -> Iterator[SmallApi]:
    """An API behind which such a tower decides, once that has come to where its story begins."""
    with small_api(folder) as api:
        tower = ChoosingTower(api.here.root, Choice())
        tower.start()
        assert api.here.networks["east"].has_come_to(len(tower.story.outcomes), 10)
        yield api
        tower.close()
