"""Account: rows read, rows not used and why, and what was derived, table by table of a data set."""

from dataclasses import dataclass, field

import numpy as np

from simulators.feed import Arrivals, Counts, RecordedFeed
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import Sheet
from tower.errors import UsageError


@dataclass(slots=True)
class Account:
    """What a reader has to say beside its events; see RecordedFeed."""

    rows: dict[str, int] = field(default_factory=dict)
    unused: Counts = field(default_factory=dict)
    derived: Counts = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, table: str, rows: Rows, derived: dict[str, int] | None = None) -> None:
        """Take in a table, after the last row was dropped; UsageError if none can be used."""
        if not rows.used.any():
            why = "".join(f"; {reason}: {count}" for reason, count in rows.reasons.items())
            raise UsageError(f"{rows.name}: none of its {rows.read} rows can be used{why}", "check the file")
        self.rows[table], self.unused[table] = rows.read, dict(rows.reasons)
        self.derived[table] = {what: count for what, count in (derived or {}).items() if count}

    def add_whole(self, table: str, sheet: Sheet, reason: str) -> None:
        """Take in a table of which no row is used."""
        rows = Rows(sheet, (), sheet.columns[:1])
        rows.drop(np.ones(rows.size, bool), reason)
        self.rows[table], self.unused[table] = rows.read, dict(rows.reasons)

    def feed(self, name: str, network: str, arrivals: list[Arrivals]) -> RecordedFeed:
        """The feed of one network with this account."""
        return RecordedFeed(name, (network,), arrivals, self.rows, self.unused, self.derived, tuple(self.notes))
