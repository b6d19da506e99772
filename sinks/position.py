"""Position: how far a sink is, and what it may take next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from tower.errors import Diverged
from tower.record import Record

GAP = "read the log from the sink's position"
OTHER = "the sink holds another history: empty it for this network and let it be filled again"


@dataclass(frozen=True, slots=True)
class Position:
    """The last record that is in: its number and its mark; `now` is its moment, ms. Zeros: nothing is in."""

    number: int = 0
    mark: int = 0
    now: int = field(default=0, compare=False)

    @classmethod
    def of(cls, record: Record) -> "Position":
        """The position behind a record."""
        return cls(record.number, mark(record), record.now)

    def behind(self, what: str, records: Sequence[Record]) -> list[Record]:
        """Those of the records that come next; what is in already is left out.

        Raises Diverged that names `what` at a gap, or if the record at this position is another than the one that is
        in. So a reader that starts at the position, not behind it, has the history checked.
        """
        new: list[Record] = []
        for record in records:
            last = self.number + len(new)
            if record.number > last + 1:
                raise Diverged(f"{what} is at {last} and was given {record.number}: a gap", GAP)
            if record.number == self.number and mark(record) != self.mark:
                raise Diverged(f"{what} holds another record {record.number} than the log: {self.mark:016x} "
                               f"is in, {mark(record):016x} came", OTHER)  # fmt: skip
            if record.number == last + 1:
                new.append(record)
        return new


def mark(record: Record) -> int:
    """What tells a record's history from another: the running hash in OUTCOMES, the hash of its bytes in LOG."""
    return record.chain or int.from_bytes(blake2b(record.encode(), digest_size=8).digest(), "little")
