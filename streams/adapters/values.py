"""Values: one value of each field type, read strictly. The plain twin of `vectors`, and the one that says why."""

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from streams.adapters import limits
from streams.adapters.faults import Unfit, got
from tower import clock, ids
from tower.events import SEVERITIES
from tower.fields import Field, Type

RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
Value = int | float


def read(field: Field, value: object) -> Value:
    """What stands in the field's column for this value; raises Unfit."""
    return READ[field.type](field, value)


def time(field: Field, value: object) -> int:
    """A moment in ms, from RFC 3339 or whole ms; finer fractions are rounded."""
    ms = value if type(value) is int else _parsed(value)
    if not clock.OLDEST <= ms <= limits.LATEST:
        raise Unfit(f"not between 1990 and 9999 {got(value)}")
    return ms


def _parsed(value: object) -> int:
    if not isinstance(value, str) or not RFC_3339.fullmatch(value):
        raise Unfit(f"not a time {got(value)}")
    try:
        return clock.parse(value.upper())
    except (ValueError, OverflowError) as error:
        raise Unfit(f"not a time {got(value)}") from error


def count(field: Field, value: object) -> int:
    """A whole number, not negative."""
    whole = delta(field, value)
    if whole < 0:
        raise Unfit(f"negative {got(value)}")
    return whole


def delta(field: Field, value: object) -> int:
    """A whole number of either sign that fits into 64 bits; true, 3.0 and "3" are none."""
    if type(value) is not int:
        raise Unfit(f"not a whole number {got(value)}")
    if not -limits.WHOLE <= value <= limits.WHOLE:
        raise Unfit(f"does not fit into 64 bits {got(value)}")
    return value


def number(field: Field, value: object) -> float:
    """A finite number; zero has no sign."""
    if type(value) not in (int, float) or not math.isfinite(value):  # type: ignore[arg-type]
        raise Unfit(f"not a number {got(value)}")
    return float(value) + 0.0  # type: ignore[arg-type]


def code(field: Field, value: object) -> int:
    """The place of a word among the field's words; a severity may be told by its number."""
    if type(value) is int and field.words == SEVERITIES and 0 <= value < len(SEVERITIES):
        return value
    if not isinstance(value, str) or value not in field.words:
        raise Unfit(f"not one of {'|'.join(field.words)} {got(value)}")
    return field.words.index(value)


def name(field: Field, value: object) -> int:
    """The id of a name."""
    if not isinstance(value, str):
        raise Unfit(f"not a name {got(value)}")
    return name_id(field.of, value)


@lru_cache(maxsize=1 << 17)
def name_id(of: str, text: str) -> int:
    """The id of what is called `text`; raises Unfit if nothing can be called that. Remembers the last 131,072."""
    if not text:
        raise Unfit("empty")
    if len(text.encode()) > limits.NAME:
        raise Unfit(f"longer than {limits.NAME} bytes {got(text)}")
    if "\0" in text:
        raise Unfit(f"holds a zero byte {got(text)}")
    return ids.of(of, text)


def text(field: Field, value: object) -> int:
    """The id of a text."""
    if not isinstance(value, str):
        raise Unfit(f"not text {got(value)}")
    if len(value.encode()) > limits.TEXT:
        raise Unfit(f"longer than {limits.TEXT:,} bytes {got(value)}")
    return ids.of("text", value)


READ: Final[dict[Type, Callable[[Field, object], Value]]] = {
    Type.TIME: time, Type.COUNT: count, Type.DELTA: delta, Type.NUMBER: number, Type.CODE: code, Type.ID: name,
    Type.TEXT: text,
}  # fmt: skip
