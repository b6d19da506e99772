"""Depth: how many objects and lists lie inside each other."""

import re
from typing import Final

import numpy as np

OTHERS: Final = bytes(set(range(256)) - set(b'[]{}"'))
STRING: Final = re.compile(rb'"[^"]*"')
OPENS: Final = 2
"""The bit that tells [ and { from ] and }."""


def of_json(data: bytes) -> int:
    """The depth of valid JSON without parsing it: brackets outside strings.

    >>> of_json(b'[{"a": "]]{{["}]')
    2
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    brackets = data.translate(None, OTHERS).replace(b'""', b"")
    if b'"' in brackets:
        brackets = STRING.sub(b"", brackets)
    if not brackets:
        return 0
    steps = (np.frombuffer(brackets, "u1") & OPENS).astype("i4") - 1
    return int(steps.cumsum().max())


def may_exceed(data: bytes, most: int, objects: int) -> bool:
    """Whether one of so many objects in valid JSON may be deeper than that; their brackets are looked at only if there
    are enough of them.

    >>> may_exceed(b'[{"a": []}, {}]', 3, objects=2), may_exceed(b'[{"a": [[]]}]', 3, objects=1)
    (False, True)
    """
    inner = data.count(b"[") + data.count(b"{") - objects
    return inner >= most and of_json(data) > most


def of(value: object) -> int:
    """The depth of a parsed value: 0 for a number, 1 for an object of numbers."""
    level, deep = [value], 0
    while level := [inner for outer in level for inner in _inside(outer)]:
        deep += 1
    return deep


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [*value.values(), None]
    return [*value, None] if isinstance(value, list) else []
