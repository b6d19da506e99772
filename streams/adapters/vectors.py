"""Vectors: one field of many events at once. Where all values are good that is fast; else they are read one by one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from streams.adapters import limits, times, values
from streams.adapters.faults import Unfit
from tower import clock
from tower.fields import Field, Type


@dataclass(slots=True)
class Vector:
    """A column, the names in it, and which of the values are not fit and why. Unfit ones stand as unknown."""

    rows: np.ndarray
    names: dict[int, str] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)


def read(of: Field, given: list[object], required: bool = False) -> Vector:
    """The column of these values, None where there is none."""
    if not given or None in given:
        return _sparse(of, given, required)
    try:
        return FAST[of.type](of, given)
    except (Unfit, TypeError, ValueError, OverflowError):
        return one_by_one(of, given)


def one_by_one(of: Field, given: list[object]) -> Vector:
    """What `read` gives, value by value."""
    out = Vector(np.full(len(given), of.unknown, of.code))
    for i, value in enumerate(given):
        try:
            out.rows[i] = code = values.read(of, value)
        except Unfit as unfit:
            out.faults[i] = str(unfit)
        else:
            if of.of:
                out.names[int(code)] = str(value)
    return out


def _sparse(of: Field, given: list[object], required: bool) -> Vector:
    out = Vector(np.full(len(given), of.unknown, of.code))
    told = [i for i, value in enumerate(given) if value is not None]
    if told:
        part = read(of, [given[i] for i in told])
        out.rows[told], out.names = part.rows, part.names
        out.faults = {told[i]: why for i, why in part.faults.items()}
    if required:
        out.faults |= {i: "missing" for i, value in enumerate(given) if value is None}
    return out


def _times(of: Field, given: list[object]) -> Vector:
    if type(given[0]) is str:
        return Vector(times.parse_all(given))  # type: ignore[arg-type]
    out = _wholes(of, given)
    if out.rows.min() < clock.OLDEST or out.rows.max() > limits.LATEST:
        raise Unfit("out of range")
    return out


def _wholes(of: Field, given: list[object]) -> Vector:
    if set(map(type, given)) != {int}:
        raise Unfit("not all whole numbers")
    rows = np.array(given, "i8")
    if rows.min() < (0 if of.type is Type.COUNT else -limits.WHOLE):
        raise Unfit("out of range")
    return Vector(rows)


def _numbers(of: Field, given: list[object]) -> Vector:
    if not set(map(type, given)) <= {int, float}:
        raise Unfit("not all numbers")
    rows = np.array(given, "f8") + 0.0
    if not np.isfinite(rows).all():
        raise Unfit("not all finite")
    return Vector(rows)


def _codes(of: Field, given: list[object]) -> Vector:
    if set(map(type, given)) != {str}:
        raise Unfit("not all words")
    code = {word: values.code(of, word) for word in dict.fromkeys(given)}
    return Vector(np.array([code[word] for word in given], "u1"))


def _names(of: Field, given: list[object]) -> Vector:
    read_one = values.READ[of.type]
    code = {text: read_one(of, text) for text in dict.fromkeys(given)}
    names = {int(i): str(text) for text, i in code.items()}
    return Vector(np.array([code[text] for text in given], "u8"), names)


FAST: Final[dict[Type, Callable[[Field, list[object]], Vector]]] = {
    Type.TIME: _times, Type.COUNT: _wholes, Type.DELTA: _wholes, Type.NUMBER: _numbers, Type.CODE: _codes,
    Type.ID: _names, Type.TEXT: _names,
}  # fmt: skip
