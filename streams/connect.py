"""Connect: logs as Bytewax sources and sinks. Items are (network, record); a partition is a network."""

from collections.abc import Callable, Sequence
from typing import Final

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition

from streams.beat import HERE
from streams.ending import ASKED
from streams.gate import Gate, Gates
from streams.rest import Rest
from tower import clock
from tower.errors import Fenced
from tower.logs import LogReader, LogWriter
from tower.record import Record, split

Keyed = tuple[str, Record]
STAMP: Final = 8
"""Bytes of the hop stamp: ms of the wall clock at which the entry was appended."""


class LogPartition(StatefulSourcePartition[tuple[str, Keyed], None]):
    """Reads the log of one network, as far as the gate lets it."""

    def __init__(self, network: str, log: LogReader, after: int, gate: Gate, rest: Rest, *, ends: bool) -> None:
        self.network, self.log, self.after = network, log, after
        self._gate, self._rest, self._ends = gate, rest, ends

    def next_batch(self) -> list[tuple[str, Keyed]]:
        """The next records, each with its network twice: as key and for whoever gets no key."""
        HERE.turn()
        if ASKED.is_set():
            raise StopIteration
        if (room := self._gate.room()) <= 0:
            return []
        entries = self.log.read(self.after, room)
        if not entries:
            return self._nothing()
        self._rest.busy(self.network)
        self._gate.sent += len(entries)
        self.after = entries[-1][0]
        return [(self.network, (self.network, Record.decode(number, split(data)[1]))) for number, data in entries]

    def _nothing(self) -> list[tuple[str, Keyed]]:
        if self._ends:
            raise StopIteration
        self._rest.dry(self.network, [self.log])
        return []

    def snapshot(self) -> None:
        """Positions are in the logs."""

    def close(self) -> None:
        """Free the log."""
        self.log.close()


class LogSource(FixedPartitionedSource[tuple[str, Keyed], None]):
    """The logs of these networks, each behind the number that `start` says; `ends` where the log ends, for replays."""

    def __init__(
        self,
        networks: Sequence[str],
        reader: Callable[[str], LogReader],
        start: Callable[[str], int],
        gates: Gates,
        *,
        ends: bool = False,
    ) -> None:
        self.networks, self.reader, self.start, self.gates, self.ends = networks, reader, start, gates, ends
        self.rest = Rest()

    def list_parts(self) -> list[str]:
        """The networks."""
        return list(self.networks)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> LogPartition:
        """Open the network's log."""
        gate = self.gates[for_part]
        return LogPartition(for_part, self.reader(for_part), self.start(for_part), gate, self.rest, ends=self.ends)


class LogSinkPartition(StatefulSinkPartition[Record, None]):
    """Appends the records of one network that its log does not have."""

    def __init__(self, network: str, log: LogWriter, gate: Gate) -> None:
        self.network, self.log, self._gate = network, log, gate
        self.last = log.last()[0]

    def write_batch(self, records: list[Record]) -> None:
        """Refuse what is at or before the last entry; what is new must follow it."""
        fresh = [record for record in records if self.admits(record)]
        if fresh:
            self.log.append(fresh[0].number, [record.entry(stamp()) for record in fresh])
        self._gate.passed += len(records)

    def admits(self, record: Record) -> bool:
        """Whether the record is the next one; raises Fenced if one between is missing."""
        if record.number <= self.last:
            self.known(record)
            return False
        if record.number != self.last + 1:
            what = f"network {self.network}: record {record.number} behind {self.last}"
            raise Fenced(what, "start the flow again: it goes on behind the last entry")
        self.last = record.number
        return True

    def known(self, record: Record) -> None:
        """What to do with a record that the log has."""

    def snapshot(self) -> None:
        """Positions are in the logs."""

    def close(self) -> None:
        """Let another one write."""
        self.log.close()


class LogSink(FixedPartitionedSink[Record, None]):
    """The logs of these networks."""

    partition: type[LogSinkPartition] = LogSinkPartition

    def __init__(self, networks: Sequence[str], writer: Callable[[str], LogWriter], gates: Gates) -> None:
        self.networks, self.writer, self.gates = sorted(networks), writer, gates

    def list_parts(self) -> list[str]:
        """The networks."""
        return self.networks

    def part_fn(self, item_key: str) -> int:
        """Each network to its own log."""
        return self.networks.index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> LogSinkPartition:
        """Open the network's log for writing; raises Refused if it has a writer."""
        return self.partition(for_part, self.writer(for_part), self.gates[for_part])


def stamp() -> bytes:
    """The hop stamp of an entry."""
    return clock.wall_ms().to_bytes(STAMP, "little")
