"""Render: records and batches as plain values that JSON can hold, for people and for the wire."""

from collections.abc import Iterable
from typing import Final, Protocol

import numpy as np
import orjson

from tower import clock, layouts
from tower.batch import BODIES, Batch
from tower.events import BY_NUMBER, CORRECTION, FAMILIES, HEAD, REFERENCE, Kind
from tower.fields import Field, Type
from tower.record import Record

Row = dict[str, object]
SAID: Final = tuple(f for f in HEAD if f.name in ("source", "at", "said_at", "sequence", "classifier"))
WRONG: Final = CORRECTION[1:]
SCHEMES: Final = REFERENCE[1].words
INSIDE: Final = {"event", *BODIES}
"""Tables whose rows are told inside their events."""
LAST: Final = 253_402_300_800_000
"""The first moment that RFC 3339 cannot write."""


class Names(Protocol):
    """What ids mean: a dict of texts by id is one."""

    def get(self, code: int, /) -> str | None:
        """The text of an id, if it has one."""


def render_record(record: Record, names: Names) -> Row:
    """A record of LOG or OUTCOMES: its header, its events as they would be sent, every other table row by row.

    names  what ids mean beyond the record's own names; an id without a name is # and 16 hex digits.
    """
    known = Known(record.names, names)
    events = to_wire(Batch(record.tables, documents=record.documents), known)
    return {
        "number": record.number, "now": clock.render(record.now), "build": _hex(record.build),
        "chain": _hex(record.chain), "causes": {known.of(source): at for source, at in record.causes.items()},
        "events": events,
        "tables": {name: render_rows(name, rows, known) for name, rows in record.tables.items() if name not in INSIDE},
    }  # fmt: skip


def render_rows(table: str, rows: np.ndarray, names: Names) -> list[Row]:
    """The rows of a table, without what is unknown."""
    fields, known = layouts.current()[table], Known(names)
    return [_row(fields, row, known) for row in rows]


def to_wire(batch: Batch, names: Names | None = None) -> list[Row]:
    """The batch's events as JSON objects: what the adapters would make this batch of, where `names` has the texts of
    the events' own ids; those it has not are # and 16 hex digits.
    """
    known = Known(batch.names, names or {})
    wire = [_head(row, known) for row in batch.rows("event")]
    kinds = [BY_NUMBER[number] for number in batch.rows("event")["kind"].tolist()]
    for family in [family for family in batch.tables if family in FAMILIES]:
        for row in batch.tables[family]:
            _tell(wire[row["event"]], kinds[row["event"]], family, row, known)
    for row, document in zip(batch.rows("document"), batch.documents, strict=True):
        wire[row["event"]] |= orjson.loads(document)
    return wire


class Known:
    """Names by id, from one lookup after the other."""

    def __init__(self, *lookups: Names) -> None:
        self.lookups = lookups

    def get(self, code: int, /) -> str | None:
        """What the id means, if anybody has said so."""
        return next((text for names in self.lookups if (text := names.get(code)) is not None), None)

    def of(self, code: int) -> str:
        """What the id means, or its digits."""
        text = self.get(code)
        return _hex(code) if text is None else text


def _hex(code: int) -> str:
    return f"#{code:016x}"


def _row(fields: Iterable[Field], row: np.void, known: Known) -> Row:
    """The fields of a row that are known, by their names on the wire."""
    told = ((f, row[f.name].item()) for f in fields)
    return {f.said: _value(f, value, known) for f, value in told if f.type is Type.DELTA or not _unknown(f, value)}


def _unknown(of: Field, value: float) -> bool:
    return value != value if of.type is Type.NUMBER else value == of.unknown  # noqa: PLR0124  # NaN is not itself


def _value(of: Field, value: int, known: Known) -> object:
    if of.type is Type.TIME:
        return clock.render(value) if value < LAST else "never"
    if of.type is Type.CODE:
        return of.words[value]
    if of.type is Type.KIND:
        return BY_NUMBER[value].name
    return known.of(value) if of.type in (Type.ID, Type.TEXT, Type.DIGEST) else value


def _head(row: np.void, known: Known) -> Row:
    kind = BY_NUMBER[row["kind"].item()]
    head: Row = {"id": known.of(row["id"].item()), "kind": kind.name, **_row(SAID, row, known)}
    if len(kind.subject) == 1:
        head[kind.subject[0].said] = known.of(row["subject"].item())
    return head


def _tell(event: Row, kind: Kind, family: str, row: np.void, known: Known) -> None:
    """Add to an event what one row of a family says about it."""
    if family == "reference":
        _add_reference(event, row, known)
    elif family == "correction":
        event["corrects"] = _correction(row, known)
    elif family == kind.family:
        event |= _row((*(kind.subject if len(kind.subject) > 1 else ()), *kind.fields), row, known)
    for part in kind.parts:
        if part.family == family:
            event.setdefault(part.name, []).append(_row(part.fields, row, known))  # type: ignore[attr-defined]


def _add_reference(event: Row, row: np.void, known: Known) -> None:
    """A scheme's name, or a list where it has several."""
    told: dict[str, str | list[str]] = event.setdefault("references", {})  # type: ignore[assignment]
    scheme, text = SCHEMES[row["scheme"]], known.of(row["reference"].item())
    before = told.get(scheme)
    several = [*before, text] if isinstance(before, list) else [before, text] if before is not None else text
    told[scheme] = several


def _correction(row: np.void, known: Known) -> Row:
    said = {name.removeprefix("corrects_"): value for name, value in _row(WRONG, row, known).items()}
    if "corrects" in said:
        said["id"] = said.pop("corrects")
    if "at" in said:
        said["moment"] = said.pop("at")
    if len(getattr(BY_NUMBER.get(row["corrects_kind"].item()), "subject", ())) > 1 and "subject" in said:
        said["subject"] = _both(str(said["subject"]))
    return said


def _both(text: str) -> object:
    """The two names of what an event is about, from the one text that stands for them."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
