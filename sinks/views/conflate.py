"""Conflate: of many records only the last state of each row is worth sending."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sinks.views.keys import BY_ID, LIVE, is_over
from tower.batch import joined
from tower.record import Record


@dataclass(frozen=True, slots=True)
class Change:
    """How a table differs after some records: rows that are so now, each id once, and ids that are no more."""

    keys: np.ndarray
    rows: np.ndarray
    gone: np.ndarray


Told = tuple[np.ndarray, np.ndarray | None]
"""Ids, and their rows; None where the ids are gone."""


def conflate(records: Iterable[Record]) -> dict[str, Change]:
    """How the live tables differ after these records. Within a record, rows go before what is `gone`."""
    told: dict[str, list[Told]] = {}
    for record in records:
        for table, rows in record.tables.items():
            if table in LIVE:
                told.setdefault(table, []).append((rows[LIVE[table]], rows))
        for table, keys in _gone(record.rows("gone")):
            told.setdefault(table, []).append((keys, None))
    return {table: _last(table, parts) for table, parts in told.items()}


def _gone(rows: np.ndarray) -> Iterable[tuple[str, np.ndarray]]:
    """The ids that are gone, by live table."""
    for code in np.unique(rows["table"]).tolist():
        if code in BY_ID:
            yield BY_ID[code], rows["key"][rows["table"] == code]


def _last(table: str, parts: list[Told]) -> Change:
    """What stands last for each id."""
    keys = np.concatenate([keys for keys, _ in parts])
    told = [rows for _, rows in parts if rows is not None]
    newest = keys.size - 1 - np.unique(keys[::-1], return_index=True)[1]
    at = _places(parts)[newest]
    gone = at < 0
    if not told:
        return Change(keys[:0], np.zeros(0, "u1"), keys[newest])
    stay = newest[~gone]
    rows = picked(joined(told), at[~gone])
    over = is_over(table, rows)
    ended = np.concatenate([keys[newest[gone]], keys[stay[over]]])
    return Change(keys[stay[~over]], picked(rows, np.flatnonzero(~over)) if over.any() else rows, ended)


def picked(rows: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The rows at these places, copied as lumps: numpy would copy them field by field."""
    lumps = np.ascontiguousarray(rows).view(f"V{rows.dtype.itemsize}")
    return lumps[at].view(rows.dtype)


def _places(parts: list[Told]) -> np.ndarray:
    """For each id of the parts, where among all rows its row is; -1 where it is gone."""
    places, start = [], 0
    for keys, rows in parts:
        places.append(np.full(keys.size, -1) if rows is None else np.arange(start, start + keys.size))
        start += 0 if rows is None else keys.size
    return np.concatenate(places)
