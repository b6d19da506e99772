"""Deliver: records of a network to what writes them elsewhere, one by one or as ranges."""

from collections.abc import Callable, Mapping, Sequence

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from pydantic import SecretStr

from sinks.position import Position
from streams.connect import Keyed
from streams.gate import Gate, Gates
from tower.record import Record

Write = Callable[[Sequence[Record]], None]
Item = Keyed | list[Keyed]


class Deliver(StatefulSinkPartition[Item, None]):
    """Hands on the records of one network in order; those of a range at once."""

    def __init__(self, write: Write, gate: Gate) -> None:
        self._write, self._gate = write, gate

    def write_batch(self, items: list[Item]) -> None:
        """Deliver; what was delivered before is the writer's to refuse."""
        single = [item[1] for item in items if isinstance(item, tuple)]
        parts = [single] if single else []
        parts += [[record for _, record in item] for item in items if isinstance(item, list)]
        for records in parts:
            self._write(records)
            self._gate.passed += len(records)

    def snapshot(self) -> None:
        """Positions are where the records go."""


class Delivery(FixedPartitionedSink[Item, None]):
    """A writer per network."""

    def __init__(self, writes: Mapping[str, Write], gates: Gates) -> None:
        self.writes, self.gates = dict(sorted(writes.items())), gates

    def list_parts(self) -> list[str]:
        """The networks."""
        return list(self.writes)

    def part_fn(self, item_key: str) -> int:
        """Each network to its own writer."""
        return list(self.writes).index(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> Deliver:
        """The network's writer."""
        return Deliver(self.writes[for_part], self.gates[for_part])


def checked_from(position: Position) -> int:
    """Behind which number to read, so that the record at the position comes again and its history can be checked."""
    return max(0, position.number - 1)


def secret(told: SecretStr | None) -> str | None:
    """What a secret setting says."""
    return None if told is None else told.get_secret_value()
