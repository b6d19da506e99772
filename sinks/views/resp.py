"""RESP by hand: whole tables of packed rows as Redis commands, framed by numpy, nothing per row in Python."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

MOST: Final = 4096
"""How many rows one command carries: a longer one would keep other clients waiting."""


def command(*words: bytes) -> bytes:
    r"""One command.

    >>> command(b"GET", b"a")
    b'*2\r\n$3\r\nGET\r\n$1\r\na\r\n'
    """
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def puts(key: bytes, layout: int, keys: np.ndarray, rows: np.ndarray) -> Iterator[bytes]:
    """HSET commands that put packed rows, behind the number of their layout, under their ids."""
    for at in range(0, keys.size, MOST):
        some = keys[at : at + MOST]
        yield _head(b"HSET", key, 2 * some.size) + _pairs(layout, some, rows[at : at + MOST])


def deletes(key: bytes, keys: np.ndarray) -> Iterator[bytes]:
    """HDEL commands for these ids."""
    for at in range(0, keys.size, MOST):
        some = keys[at : at + MOST]
        yield _head(b"HDEL", key, some.size) + _words(some)


def texts(key: bytes, names: Mapping[int, str]) -> bytes:
    """One HSET of texts under their ids."""
    words = (word for code, text in names.items() for word in (code.to_bytes(8, "little"), text.encode()))
    return command(b"HSET", key, *words)


def _head(verb: bytes, key: bytes, words: int) -> bytes:
    return b"*%d\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (words + 2, len(verb), verb, len(key), key)


def _pairs(layout: int, keys: np.ndarray, rows: np.ndarray) -> bytes:
    """Id and row, id and row: all frames are alike, so that one assignment a column fills them."""
    whole = np.dtype(f"V{rows.dtype.itemsize}")  # a row as one lump: numpy would copy it field by field
    middle = b"\r\n$%d\r\n" % (2 + whole.itemsize)
    frame = np.dtype([("a", "S4"), ("key", "<u8"), ("b", f"S{len(middle)}"), ("layout", "<u2"),
                      ("row", whole), ("c", "S2")])  # fmt: skip
    frames = np.empty(keys.size, frame)
    frames["a"], frames["key"], frames["b"] = b"$8\r\n", keys, middle
    frames["layout"], frames["row"], frames["c"] = layout, np.ascontiguousarray(rows).view(whole), b"\r\n"
    return frames.tobytes()


def _words(keys: np.ndarray) -> bytes:
    frames = np.empty(keys.size, [("a", "S4"), ("key", "<u8"), ("c", "S2")])
    frames["a"], frames["key"], frames["c"] = b"$8\r\n", keys, b"\r\n"
    return frames.tobytes()
