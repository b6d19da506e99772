"""Progress: how far each flow of a tower is, and whether work waits for it, for whoever watches over its programs.

To be asked from one thread. What is not there yet, or does not answer, gives None.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from api.standing import Delivered, passed
from api.vitals import Ask, Vitals
from streams import inbox, names
from tower import clock, ids
from tower.logs import LogReader, urls
from tower.record import Record, split

STORED_S: Final = 10.0
"""How often history is asked: a question to it is dear."""
DUE_MS: Final = 5 * clock.SECOND
Reader = Callable[[str, str], str]


class Progress:
    """Over all networks of a tower. Logs are opened when they are first asked for, by the thread that asks."""

    def __init__(self, root: str, networks: Sequence[str], redis_url: str = "", clickhouse_url: str = "",
                 data: Path | None = None) -> None:  # fmt: skip
        self.root, self.networks, self._data = root, networks, data
        self._where = (redis_url, clickhouse_url) if redis_url and clickhouse_url else None
        self._opened: dict[str, Delivered] = {}
        self._readers: dict[str, LogReader] = {}
        self._stored: tuple[float, Vitals | None] = (-STORED_S, None)

    def asks(self) -> dict[str, Ask]:
        """What to ask, by flow."""
        asks: dict[str, Ask] = {"ingest": self.ingest, "control": self.control}
        if self._data:
            asks |= {"alerts": self.alerts, "plan": self.plan}
        if self._where:
            asks |= {"views": self.views, "record": self.record}
        return asks

    def ingest(self) -> Vitals:
        """Messages wait, or time does: a live network has a tick each second."""
        waits = any(self._waits(network) for network in self.networks)
        return Vitals(sum(self._last(names.log, network) for network in self.networks), waits)

    def control(self) -> Vitals:
        """Records that have no outcome yet."""
        ends = [(self._last(names.outcomes, n), self._last(names.log, n)) for n in self.networks]
        return Vitals(sum(done for done, _ in ends), any(done < end for done, end in ends))

    def views(self) -> Vitals | None:
        """Outcomes that are not shown yet."""
        shown = {network: self._delivered(network).shown() for network in self.networks}
        return self._told(shown, names.outcomes)

    def record(self) -> Vitals | None:
        """Outcomes that are not history yet."""
        if clock.steady_s() - self._stored[0] > STORED_S:
            stored = {network: self._delivered(network).stored()[0] for network in self.networks}
            self._stored = clock.steady_s(), self._told(stored, names.outcomes)
        return self._stored[1]

    def alerts(self) -> Vitals | None:
        """Outcomes that are not in the outbox yet, as the flow itself says it."""
        return self._said("alerts")

    def plan(self) -> Vitals | None:
        """Outcomes that nothing was planned from yet, as the flow itself says it."""
        return self._said("plan")

    def _said(self, flow: str) -> Vitals | None:
        told = {network: passed(self._data, flow, network) for network in self.networks} if self._data else {}
        return self._told(told, names.outcomes) if any(told.values()) else None

    def _delivered(self, network: str) -> Delivered:
        found = self._opened.get(network)
        if found is None:
            found = self._opened[network] = Delivered(*(self._where or ("", "")), network)
        return found

    def _told(self, there: dict[str, int], log: Reader) -> Vitals | None:
        if not all(there.values()):  # away, or nothing was told yet
            return None
        return Vitals(sum(there.values()), any(done < self._last(log, n) for n, done in there.items()))

    def _waits(self, network: str) -> bool:
        there = names.sources(self.root, network)
        number, data = self._reader(names.log(self.root, network)).last()
        last = Record.decode(number, split(data)[1]) if data else Record(0, clock.wall_ms())
        if names.CLOCK not in there and clock.wall_ms() > last.now + DUE_MS:
            return True
        if names.CLOCK in there and inbox.driven_now(self._reader(names.inbox(self.root, network, names.CLOCK))) <= (
            last.now if data else 0
        ):
            return False  # a driver says how time passes, and has not said that any has
        said = [source for source in there if source != names.CLOCK]
        return any(self._inbox(network, s) > last.causes.get(ids.of("source", s), 0) for s in said)

    def _inbox(self, network: str, source: str) -> int:
        return self._reader(names.inbox(self.root, network, source)).last()[0]

    def _last(self, log: Reader, network: str) -> int:
        return self._reader(log(self.root, network)).last()[0]

    def _reader(self, url: str) -> LogReader:
        found = self._readers.get(url)
        if found is None:
            found = self._readers[url] = urls.reader(url)
        return found


