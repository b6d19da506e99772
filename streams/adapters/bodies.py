"""Bodies: what an event of its kind says: columns of its family, parts, other names, corrections, or JSON."""

from typing import Final

import numpy as np
import orjson

from streams.adapters import values
from streams.adapters.faults import Unfit, got
from streams.adapters.heads import COMMON, Sender, event_id
from streams.adapters.sheet import Given, Sheet
from tower import events, ids, layouts
from tower.events import Kind, Part
from tower.fields import time

Tables = dict[str, np.ndarray]
SCHEMES: Final = events.REFERENCE[1].words
CORRECTION: Final = {f.name: f for f in events.CORRECTION}
MOMENT: Final = time("moment")


def body_of(kind: Kind, sheet: Sheet) -> Tables:
    """The family's rows of these events, one each."""
    rows = layouts.empty(kind.family, len(sheet))
    rows["event"] = np.arange(len(sheet))
    for of in kind.subject if len(kind.subject) > 1 else ():
        rows[of.name] = sheet.column(of, required=True)
    for of in kind.fields:
        rows[of.name] = sheet.column(of, required=of.name in kind.required)
    return {kind.family: rows}


def parts_of(kind: Kind, sheet: Sheet) -> Tables:
    """The rows of each list inside these events."""
    return {part.family: _part(part, sheet, part.name in kind.required) for part in kind.parts}


def _part(part: Part, sheet: Sheet, required: bool) -> np.ndarray:
    owners, inner = _flat(part, sheet, required)
    rows = layouts.empty(part.family, len(inner))
    rows["event"] = np.array([owner for owner, _ in owners], "u4")
    for of in part.fields:
        rows[of.name] = inner.column(of, required=of == part.keys[-1])
    _refuse_twins(part, rows, inner)
    sheet.take(inner, lambda i, name: (owners[i][0], f"{part.name}[{owners[i][1]}].{name}"))
    return rows


def _flat(part: Part, sheet: Sheet, required: bool) -> tuple[list[tuple[int, int]], Sheet]:
    """All parts of all events, and whose each is and which of theirs."""
    owners: list[tuple[int, int]] = []
    inner: list[Given] = []
    for i, given in enumerate(sheet.values(part.name)):
        if isinstance(given, list) and all(type(item) is dict for item in given):
            owners += [(i, n) for n in range(len(given))]
            inner += given
        elif given is not None:
            sheet.fault(i, part.name, f"not a list of objects {got(given)}")
        if required and given in (None, []):
            sheet.fault(i, part.name, "missing")
    return owners, Sheet(inner)


def _refuse_twins(part: Part, rows: np.ndarray, inner: Sheet) -> None:
    """Two parts of one event with the same key cannot be told apart."""
    told = rows["event"].astype("u8")
    for key in part.keys:
        told = ids.pairs(told, rows[key.name])
    first, counts = np.unique(told, return_index=True)[1], rows.size
    for i in np.setdiff1d(np.arange(counts), first):
        inner.fault(int(i), part.keys[-1].name, "twice")


def references_of(sheet: Sheet) -> Tables:
    """Other names of what the events are about; a scheme that is none of ours counts as `other`."""
    found: list[tuple[int, int, int]] = []
    for i, given in sheet.told("references"):
        if isinstance(given, dict):
            found += sorted(_references(i, given, sheet), key=lambda row: row[1])
        else:
            sheet.fault(i, "references", f"not an object {got(given)}")
    rows = layouts.empty("reference", len(found))
    for name, column in zip(("event", "scheme", "reference"), zip(*found, strict=True), strict=False):
        rows[name] = column
    return {"reference": rows}


def _references(i: int, given: Given, sheet: Sheet) -> list[tuple[int, int, int]]:
    rows = []
    for scheme, told in given.items():
        code = SCHEMES.index(scheme if scheme in SCHEMES else "other")
        for text in told if isinstance(told, list) else [told]:
            try:
                rows.append((i, code, values.read(events.REFERENCE[2], text)))
                sheet.names[int(rows[-1][2])] = str(text)
            except Unfit as unfit:
                sheet.fault(i, f"references.{SCHEMES[code]}", str(unfit))
    return rows  # type: ignore[return-value]


def corrections_of(sheet: Sheet, senders: list[Sender]) -> Tables:
    """Which events these replace: told by id, or by kind, subject and moment."""
    told = sheet.told("corrects")
    rows = layouts.empty("correction", len(told))
    for row, (i, given) in zip(rows, told, strict=True):
        row["event"] = i
        if isinstance(given, dict):
            _correct(row, i, given, sheet, senders[i])
        else:
            sheet.fault(i, "corrects", f"not an object {got(given)}")
    return {"correction": rows}


def _correct(row: np.void, i: int, given: Given, sheet: Sheet, sender: Sender) -> None:
    try:
        if given.get("id") is not None:
            row["corrects"] = code = event_id(sheet.events[i].get("source") or sender.source, given["id"])
            sheet.names[code] = str(given["id"])
        else:
            _correct_by_moment(row, given, sheet)
        if given.get("reason") is not None:
            row["corrects_reason"] = code = values.text(CORRECTION["corrects_reason"], given["reason"])
            sheet.names[code] = str(given["reason"])
    except Unfit as unfit:
        sheet.fault(i, "corrects", str(unfit))


def _correct_by_moment(row: np.void, given: Given, sheet: Sheet) -> None:
    kind = events.BY_NAME.get(str(given.get("kind")))
    if kind is None:
        raise Unfit(f"neither an id nor a known kind {got(given.get('kind'))}")
    if given.get("moment") is None:
        raise Unfit("moment is missing")
    row["corrects_kind"], row["corrects_at"] = kind.number, values.time(MOMENT, given["moment"])
    row["corrects_subject"] = _corrected(kind, given.get("subject"), sheet)


def _corrected(kind: Kind, subject: object, sheet: Sheet) -> int:
    """The id of what a corrected event is about: a name, or a list of two for a kind that needs two."""
    if len(kind.subject) == 1:
        code = int(values.name(kind.subject[0], subject))
        sheet.names[code] = str(subject)
        return code
    if not isinstance(subject, list) or len(subject) != len(kind.subject):
        raise Unfit(f"subject is not a list of {' and '.join(f.name for f in kind.subject)} {got(subject)}")
    both = [values.name(of, text) for of, text in zip(kind.subject, subject, strict=True)]
    code = int(ids.pairs(np.array(both[:1], "u8"), np.array(both[1:], "u8"))[0])
    sheet.names[code] = orjson.dumps(subject).decode()
    return code


def documents_of(sheet: Sheet) -> tuple[Tables, list[bytes]]:
    """What low-rate events say beyond what any event says, as JSON written in one way: keys in order, no blanks."""
    texts = [_canonical(event) for event in sheet.events]
    rows = layouts.empty("document", len(texts))
    rows["event"], rows["size"] = np.arange(len(texts)), [len(text) for text in texts]
    return {"document": rows}, texts


def _canonical(event: Given) -> bytes:
    said = {name: value for name, value in event.items() if name not in COMMON and value is not None}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
