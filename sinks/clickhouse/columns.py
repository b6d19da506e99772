"""Columns: packed values as Arrow arrays, ids as their names."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from tower.events import BY_NUMBER
from tower.fields import CODES, Field, Type

Names = Mapping[int, str | None]
EARLIEST: Final = -2_208_988_800_000
LATEST: Final = 10_413_792_000_000
"""What DateTime64 holds: 1900 to 2299. Later is never."""
HASHES: Final = frozenset(
    {"id", "content", "before", "after", "next_line", "newest", "first", "corrects", "corrects_subject"}
)
"""Digests that name nothing which anybody has told a name of, as `*_event` do not."""
DIGITS: Final = np.frombuffer(b"".join(b"%02x" % i for i in range(256)), "u1").reshape(256, 2)


def named(field: Field) -> bool:
    """Whether the values can have names."""
    is_hash = field.name in HASHES or field.name.endswith("_event")
    return field.type in (Type.ID, Type.TEXT) or (field.type is Type.DIGEST and not is_hash)


def arrow(field: Field, values: np.ndarray, names: Names, told: np.ndarray | None = None) -> pa.Array:
    """A column of these values; null, or "" in text, where unknown or not `told`."""
    values = np.ascontiguousarray(values)
    if field.type in NUMBERS:
        unknown = NUMBERS[field.type](values)
        return _numbers(field, values, unknown if told is None else unknown | ~told)
    if field.type is Type.CODE:
        return _words(np.minimum(values, len(field.words)), [*field.words, ""])
    if field.type is Type.INDEX:
        return pa.array(values)
    codes, at = np.unique(values, return_inverse=True)
    if field.type is Type.KIND:
        return _words(at, [BY_NUMBER[code].name if code in BY_NUMBER else "" for code in codes.tolist()])
    if not named(field):
        return hexes(values)
    texts = [names.get(code) for code in codes.tolist()]
    spare = hexes(codes).to_pylist()
    return _words(at, [spare[i] if text is None else text for i, text in enumerate(texts)])


def columns(fields: Iterable[Field], rows: np.ndarray, names: Names) -> dict[str, pa.Array]:
    """The columns of packed rows, without those that are unknown throughout: ClickHouse puts that there by itself."""
    told = {f: np.ascontiguousarray(rows[f.name]) for f in fields}
    return {f.name: arrow(f, values, names) for f, values in told.items() if not all_unknown(f, values)}


def all_unknown(field: Field, values: np.ndarray) -> bool:
    """Whether nobody has told any of these values."""
    if field.type in (Type.DELTA, Type.INDEX):
        return False
    if field.type is Type.NUMBER:
        return bool(np.isnan(values).all())
    return bool((values == np.array(field.unknown, values.dtype)).all())


def hexes(values: np.ndarray) -> pa.Array:
    """# and 16 hex digits for each; "" for unknown.

    >>> hexes(np.array([10, 2**64 - 1], "u8")).to_pylist()
    ['#000000000000000a', '']
    """
    known = values != CODES[Type.DIGEST][1]
    digits = np.empty((int(known.sum()), 17), "u1")
    digits[:, 0] = ord("#")
    digits[:, 1:] = DIGITS[values[known].astype(">u8").view("u1").reshape(-1, 8)].reshape(-1, 16)
    ends = np.zeros(values.size + 1, "<i4")
    np.cumsum(known * 17, out=ends[1:])
    return pa.Array.from_buffers(pa.string(), values.size, [None, pa.py_buffer(ends), pa.py_buffer(digits.tobytes())])


def _never(values: np.ndarray) -> np.ndarray:
    return (values == -1) | (values >= LATEST) | (values < EARLIEST)


NUMBERS: Final[dict[Type, Callable[[np.ndarray], np.ndarray]]] = {
    Type.TIME: _never,
    Type.COUNT: lambda values: values == -1,
    Type.DELTA: lambda values: np.zeros(values.size, "?"),
    Type.NUMBER: np.isnan,
}
"""Which values of a type are unknown."""


def _numbers(field: Field, values: np.ndarray, unknown: np.ndarray) -> pa.Array:
    if field.type is Type.TIME:
        return pa.array(values.view("M8[ms]"), pa.timestamp("ms", "UTC"), mask=unknown)
    return pa.array(values, mask=unknown)


def _words(at: np.ndarray, words: list[str]) -> pa.Array:
    """Each value's word. Two ids may have one word (a site and its station), and a dictionary has each word once."""
    place: dict[str, int] = {}
    at = np.array([place.setdefault(word, len(place)) for word in words])[at.reshape(-1)]
    words = list(place)
    return pa.DictionaryArray.from_arrays(pa.array(at.reshape(-1).astype("<i4")), pa.array(words, pa.string()))
