"""Sheet: events of one kind side by side, read field by field; gathers what they name and what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from streams.adapters import vectors
from streams.adapters.faults import Fault
from tower.fields import Field

Given = dict[str, object]


@dataclass(slots=True)
class Sheet:
    """Columns of events (or of parts of events), the names in them, and faults as (event, fault)."""

    events: list[Given]
    names: dict[int, str] = field(default_factory=dict)
    faults: list[tuple[int, Fault]] = field(default_factory=list)

    present: set[str] = field(init=False)
    """The fields that any of the events has."""

    def __post_init__(self) -> None:
        self.present = set().union(*self.events)

    def __len__(self) -> int:
        return len(self.events)

    def values(self, name: str) -> list[object]:
        """What each event says in that field, None where it says nothing."""
        return [event.get(name) for event in self.events] if name in self.present else [None] * len(self.events)

    def told(self, name: str) -> list[tuple[int, object]]:
        """The events that say something in that field, and what."""
        given = enumerate(self.values(name)) if name in self.present else ()
        return [(i, value) for i, value in given if value is not None]

    def column(self, of: Field, *, required: bool = False, default: object = None) -> np.ndarray:
        """The field as a column; faults are noted."""
        if of.said not in self.present and not required and default is None:
            return np.full(len(self), of.unknown, of.code)
        given = self.values(of.said)
        if default is not None:
            given = [default if value is None else value for value in given]
        return self.read(of, given, required)

    def read(self, of: Field, given: list[object], required: bool = False) -> np.ndarray:
        """A column of given values."""
        found = vectors.read(of, given, required)
        self.names.update(found.names)
        self.faults += [(i, Fault(of.said, why)) for i, why in found.faults.items()]
        return found.rows

    def fault(self, i: int, name: str, why: str) -> None:
        """Note what is wrong with event i."""
        self.faults.append((i, Fault(name, why)))

    def take(self, inner: "Sheet", place: Callable[[int, str], tuple[int, str]]) -> None:
        """Note what a sheet of parts has found; `place` says whose part it is and what to call the field."""
        self.names.update(inner.names)
        for i, fault in inner.faults:
            event, name = place(i, fault.field)
            self.fault(event, name, fault.why)
