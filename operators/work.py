"""Work: one pass of a record through the steps, and what they find out on the way."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import orjson

from tower import events, layouts, outcomes
from tower.ids import UNKNOWN, of
from tower.outcomes import POSITION
from tower.record import MOST_EVENTS, Record
from tower.table import Out, Table

VOID: Final = np.dtype([("id", "<u8"), ("kind", "<u2"), ("subject", "<u8"), ("at", "<i8")])
"""An event that a correction takes back: by id, or (id unknown) by kind, subject and moment."""
NO_VOIDS: Final = np.zeros(0, VOID)


BITS: Final = {n: 1 << i for i, n in enumerate((*events.FAMILIES, "document", "event", "rejected", *outcomes.STANDING))}
ALL: Final = -1


def mask_of(tables: Iterable[str]) -> int:
    """A set of event families and fact tables as bits: asked of every step in every pass, so it has to be cheap."""
    mask = 0
    for table in tables:
        mask |= BITS.get(table, 0)
    return mask


@cache
def none(family: str) -> np.ndarray:
    """No rows of a family."""
    return layouts.blank(family)[:0]


NO_TABLES: Final[dict[str, np.ndarray]] = {}
NO_EVENTS: Final = np.ones(0, "u1")
ONES: Final = np.ones(MOST_EVENTS, "u1")


def all_ok(events: int) -> np.ndarray:
    """A flag an event, all set; for small records a copy costs a third of what numpy's `ones` does."""
    return ONES[:events].copy() if events <= ONES.size else np.ones(events, "u1")


class Work:
    """A pass. First time passes (`heads` empty, `now` a timer's moment), then events happen (`now` the record's).

    tables  the rows of this pass, by family
    number  of the record; `turn` differs from pass to pass
    present the families it has, the fact tables that it has changed so far, the steps whose timers are due: as bits
    heads   the events of this pass; `ok[i]` is 1 where admitted and not taken back
    voids   what corrections in this pass take back; `taken` the positions of events that a register gave up for it
    """

    __slots__ = ("found", "has_events", "heads", "names", "now", "number", "ok", "outs", "present", "record", "tables",
                 "taken", "turn", "voids")  # fmt: skip

    def __init__(self, record: Record, now: int, turn: int, *, happen: bool, present: int = 0) -> None:
        self.record, self.number, self.now, self.turn, self.has_events = record, record.number, now, turn, happen
        self.tables = record.tables if happen else NO_TABLES
        self.heads = self.rows("event")
        self.ok = all_ok(self.heads.size) if happen else NO_EVENTS
        self.voids = NO_VOIDS
        self.taken: list[int] = []
        self.present = mask_of(self.tables) | present if happen else present
        self.outs: dict[str, Out] = {}
        self.names: dict[int, str] = {}
        self.found: dict[str, list[np.ndarray]] = {}

    def take_back(self, voids: np.ndarray) -> None:
        """Corrections concern every step."""
        self.voids, self.present = voids, ALL

    def rows(self, family: str) -> np.ndarray:
        """The body rows of a family in this pass, refused ones included: ask `ok[row.event]`."""
        found = self.tables.get(family)
        return none(family) if found is None else found

    def documents(self, *kinds: int) -> Iterator[tuple[np.void, int, dict[str, Any]]]:
        """The admitted documents of these kinds: head, its row, what it says."""
        for row, text in zip(self.rows("document"), self.record.documents, strict=False):
            i = int(row["event"])
            if self.ok[i] and self.heads[i]["kind"] in kinds:
                yield self.heads[i], i, orjson.loads(text)

    def id_of(self, kind: str, text: str | None) -> int:
        """The id of a name found in a document, told with the outcomes; UNKNOWN for None."""
        if text is None:
            return int(UNKNOWN)
        code = of(kind, str(text))
        self.names[code] = str(text)
        return code

    def position(self) -> int:
        """The position of the record's first event; the i-th has i more."""
        return self.number * POSITION

    def out(self, table: str, room: int) -> Out:
        """The Out of an outcome table, with room for so many more rows."""
        out = self.outs.get(table)
        used = int(out.used[0]) if out else 0
        if out is None or used + room > out.rows.size:
            rows = layouts.empty(table, used + max(room, used, 4))
            if out is not None:
                rows[:used] = out.rows[:used]
            out = self.outs[table] = Out(rows, np.array([used]))
        return out

    def publish(self, name: str, table: Table) -> None:
        """Say how the touched rows of a table are now."""
        self.found.setdefault(name, []).append(table.changed())

    def tell(self, said: dict[str, list[np.ndarray]]) -> None:
        """Add all rows said in this pass, by table."""
        for name, rows in self.found.items():
            said.setdefault(name, []).extend(rows)
        for name, out in self.outs.items():
            if used := int(out.used[0]):
                said.setdefault(name, []).append(out.rows[:used])
