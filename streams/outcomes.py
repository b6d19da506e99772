"""Outcomes: the sink of control. Entry k of OUTCOMES is the outcome of record k; another outcome stops the network."""

from itertools import count

from streams.connect import LogSink, LogSinkPartition
from streams.gate import Gate
from tower.errors import Diverged
from tower.logs import LogWriter
from tower.record import Record, split

FIX = "run the build that made them, or activate this one; else remove OUTCOMES, views and states, and replay"


class OutcomePartition(LogSinkPartition):
    """Refuses what is known, after comparing the running hash of what is derived anew with the one on record."""

    def __init__(self, network: str, log: LogWriter, gate: Gate) -> None:
        super().__init__(network, log, gate)
        self.told = self.last
        self._again: dict[int, int] = {}

    def known(self, record: Record) -> None:
        """Remember; at the last known outcome the hash over all of them decides. Raises Diverged."""
        self._again[record.number] = record.chain
        if record.number == self.told:
            if record.chain != self._chain(self.told):
                raise self._diverged()
            self._again.clear()

    def _chain(self, number: int) -> int:
        return Record.decode(number, split(self.log.read(number - 1, 1)[0][1])[1]).chain

    def _diverged(self) -> Diverged:
        """Names the first record whose outcome is another."""
        first = next(n for n in count(min(self._again)) if self._again[n] != self._chain(n))
        return Diverged(f"network {self.network}: the outcome of record {first} is not the one on record", FIX)


class OutcomeSink(LogSink):
    """OUTCOMES of these networks."""

    partition = OutcomePartition


