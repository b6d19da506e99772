"""Pack: named tables of whole numbers and words in few bytes, and back.

    magic "TWRPACK1", then one xz stream: size of the head (u4), the head (JSON), the columns one after the other

A column is shifted to start at 0 (or first turned into differences), cut to as few bytes as its largest value needs,
and written byte plane by byte plane, because equal high bytes compress to nothing.
"""

import json
import lzma
import zlib
from typing import Any, Final, NamedTuple

import numpy as np

from tower.errors import FormatError

MAGIC: Final = b"TWRPACK1"


class Words(NamedTuple):
    """A column of texts: `words[codes]`."""

    codes: np.ndarray
    words: tuple[str, ...]

    def texts(self) -> list[str]:
        """The text of each row."""
        return [self.words[c] for c in self.codes.tolist()]


Column = np.ndarray | Words
Tables = dict[str, dict[str, Column]]


def words(texts: list[str]) -> Words:
    """Texts as codes of their sorted vocabulary.

    >>> words(["b", "a", "b"]).codes.tolist()
    [1, 0, 1]
    """
    vocabulary = tuple(sorted(set(texts)))
    code = {word: i for i, word in enumerate(vocabulary)}
    return Words(np.array([code[t] for t in texts], "i8"), vocabulary)


def pack(tables: Tables) -> bytes:
    """The bytes of these tables: the same tables give the same bytes."""
    head: dict[str, list[dict[str, Any]]] = {}
    body = b""
    for name, columns in tables.items():
        entries = [_encode(column, values) for column, values in columns.items()]
        head[name] = [entry for entry, _ in entries]
        body += b"".join(data for _, data in entries)
    text = json.dumps(head, separators=(",", ":")).encode()
    return MAGIC + lzma.compress(len(text).to_bytes(4, "little") + text + body, preset=9 | lzma.PRESET_EXTREME)


def unpack(data: bytes) -> Tables:
    """The tables of those bytes; FormatError if this build cannot read them."""
    if data[: len(MAGIC)] != MAGIC:
        raise FormatError(f"packed tables start with {data[:8]!r}, expected {MAGIC!r}", "rebuild them with this build")
    plain = lzma.decompress(data[len(MAGIC) :])
    at = 4 + int.from_bytes(plain[:4], "little")
    tables: Tables = {}
    for name, entries in json.loads(plain[4:at]).items():
        tables[name] = {}
        for entry in entries:
            tables[name][entry["name"]] = _decode(entry, plain, at)
            at += entry["rows"] * entry["width"]
    return tables


def _encode(name: str, column: Column) -> tuple[dict[str, Any], bytes]:
    values = (column.codes if isinstance(column, Words) else column).astype("i8")
    steps = np.diff(values, prepend=0)
    forms = [_planes(values), _planes(steps)]
    best = min((0, 1), key=lambda i: len(zlib.compress(forms[i][2], 6)))
    low, width, data = forms[best]
    entry = {"name": name, "rows": values.size, "low": low, "width": width, "steps": best}
    return (entry | {"words": column.words} if isinstance(column, Words) else entry), data


def _planes(values: np.ndarray) -> tuple[int, int, bytes]:
    low = int(values.min()) if values.size else 0
    most = int(values.max()) - low if values.size else 0
    width = max(1, (most.bit_length() + 7) // 8)
    planes = (values - low).astype("<u8").view("u1").reshape(-1, 8)[:, :width]
    return low, width, planes.T.tobytes()


def _decode(entry: dict[str, Any], data: bytes, at: int) -> Column:
    rows, width = entry["rows"], entry["width"]
    planes = np.zeros((rows, 8), "u1")
    planes[:, :width] = np.frombuffer(data, "u1", rows * width, at).reshape(width, rows).T
    values = planes.view("<u8")[:, 0].astype("i8") + entry["low"]
    values = np.cumsum(values) if entry["steps"] else values
    return Words(values, tuple(entry["words"])) if "words" in entry else values
