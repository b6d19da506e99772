"""Advance: the chain of one network, with what control adds to it: skips, state files, builds."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from detectors.judge import Judge
from operators.chain import Chain, State
from operators.step import Step
from streams import names, skips
from streams.build import activated, id_of
from streams.entries import records
from streams.handover import Handover
from streams.states import Place, States
from streams.timing import Timing
from tower import clock
from tower.errors import Lost
from tower.logs import LogReader, urls
from tower.record import Record, split

Make = Callable[[State], Sequence[Step]]
EVERY: Final = 1000
"""Records between states; an hour of log time also calls for one, after a tenth of that."""


@dataclass(frozen=True)
class Home:
    """Where a network's logs and states are, which steps it runs, and the name of the build that they are of."""

    root: str
    states: States
    make: Make
    build: str = ""
    every: int = EVERY
    reader: Callable[[str], LogReader] = urls.reader

    def log(self, network: str) -> LogReader:
        """LOG."""
        return self.reader(names.log(self.root, network))

    def last_outcome(self, network: str) -> Record:
        """The newest outcome; number 0 if there is none."""
        with closing(self.reader(names.outcomes(self.root, network))) as log:
            number, data = log.last()
            return Record.decode(number, split(data)[1]) if data else Record(0, 0)

    def outcomes(self, network: str, after: int) -> Iterator[Record]:
        """The outcomes behind that number."""
        with closing(self.reader(names.outcomes(self.root, network))) as log:
            if log.last()[0] > after:
                yield from records(log, after)

    def start(self, network: str) -> int:
        """Behind which record to begin: that of the newest state that OUTCOMES has caught up with.

        Raises Lost if OUTCOMES or the states are ahead of LOG, or of another one.
        """
        done = self.last_outcome(network).number
        with closing(self.log(network)) as log:
            end = log.last()[0]
            if done > end:
                what = f"network {network}: OUTCOMES has {done} entries, LOG only {end}"
                raise Lost(what, "put LOG back, or remove OUTCOMES and the states to begin anew")
            return self.states.newest(network, log.id, end, done)

    def skipped(self, network: str) -> dict[int, list[skips.Skip]]:
        """What is left out, by record."""
        with closing(self.reader(names.skips(self.root, network))) as log:
            return skips.read(log)


class Advance:
    """Takes the records behind number `after` through the chain; there is a state of that number, or it is 0."""

    def __init__(self, home: Home, network: str, after: int) -> None:
        saved = home.states.load(network, after) if after else {}
        self.home, self.network, self.chain = home, network, Chain(home.make, saved, after)
        self._timing = Timing(self.chain)
        self.build = int.from_bytes(saved.get("", {}).get("build", b""), "little")
        self._last, self._skips = home.last_outcome(network), home.skipped(network)
        self._saved, self._hour, self._at = after, -1, Record(after, 0)
        self._handover = Handover(home.outcomes(network, after)) if self._runs_another() else None
        with closing(home.log(network)) as log:
            self._log = log.id

    def __call__(self, record: Record) -> Record:
        """The outcome of the next record. An error names the record."""
        try:
            return self._advance(record)
        except Exception as error:
            error.add_note(f"network {self.network}, record {record.number}")
            raise

    def _advance(self, record: Record) -> Record:
        record = skips.without(record, self._skips.get(record.number, ()))
        new = activated(record)
        record.build = self.build = new or self.build
        self._at = Record(record.number, record.now)
        outcome = self._joined(self._timing(record))
        if new or self._is_due(record):
            self._keep(record, kept=bool(new))
        if new:
            self.home.states.wait()  # an older state would derive the old build's part anew, and otherwise
        return outcome

    def leave(self) -> None:
        """Leave a state where it ends: the next build begins there and finds all that this one holds open."""
        self.home.states.wait()
        if self.chain.after > self._saved:
            self._keep(self._at, kept=False)
            self.home.states.wait()

    def _joined(self, outcome: Record) -> Record:
        """Where another build made the newest outcome, the running hash goes on from that one."""
        if self._handover and outcome.number <= self._last.number:
            self._handover.derive(outcome)
            if outcome.number == self._last.number:
                self.chain.chain = outcome.chain = self._last.chain
                for judge in self._judges():
                    self._handover.tell(judge)
        return outcome

    def _judges(self) -> list[Judge]:
        return [step for step in self.chain.steps if isinstance(step, Judge)]

    def _runs_another(self) -> bool:
        return bool(self.home.build and self._last.build and id_of(self.home.build) != self._last.build)

    def _is_due(self, record: Record) -> bool:
        since = record.number - self._saved
        return since >= self.home.every or (since * 10 >= self.home.every and record.now // clock.HOUR != self._hour)

    def _keep(self, record: Record, *, kept: bool) -> None:
        state = self.chain.saved()
        state[""]["build"] = self.build.to_bytes(8, "little")
        if self.home.states.save(self.network, Place(self._log, record.number, record.now, kept), state):
            self._saved, self._hour = record.number, record.now // clock.HOUR
