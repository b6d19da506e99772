"""Chosen: which rows of a list are asked for, by its filters; and what a thing's name or digits mean."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from api.http.problems import Fault, Problem
from api.http.resources import Filter, Resource
from tower import clock, ids
from tower.events import SEVERITIES
from tower.fields import Field, Type
from tower.render import LAST

DIGITS: Final = re.compile(r"#?([0-9a-f]{16})")
LIST_MOST: Final = 50


def mask(resource: Resource, rows: np.ndarray, asked: Mapping[str, str]) -> np.ndarray:
    """Which rows are asked for. Raises Problem 422 for what no filter takes."""
    chosen = np.ones(rows.size, "?")
    for name, said in asked.items():
        filter = resource.filters[name]
        fields = [resource.fields()[column] for column in filter.columns]
        some = np.zeros(rows.size, "?")
        for field in fields:
            some |= matches(name, filter, field, rows[field.name], said)
        chosen &= some
    return chosen


def matches(name: str, filter: Filter, field: Field, column: np.ndarray, said: str) -> np.ndarray:
    """Which of a column say what is asked for: a moment at least, a severity at least, else one of a list by comma."""
    if field.type is Type.TIME:
        return column >= moment(name, said)
    if field.words == SEVERITIES:
        return (column >= severity(name, said)) & (column < len(SEVERITIES))
    words = said.split(",", LIST_MOST)[:LIST_MOST]
    if field.type is Type.CODE:
        return np.isin(column, [code(name, field, word) for word in words])
    kind = filter.of or field.of
    wanted = [key for word in words for key in keys_of(word, kind)]
    return np.isin(column, np.array(wanted, "u8"))


def keys_of(said: str, kind: str) -> list[int]:
    """What a name, or an id's digits, may mean."""
    found = [ids.of(kind, said)] if kind else []
    digits = DIGITS.fullmatch(said)
    return [*found, int(digits[1], 16)] if digits else found


def key_in(resource: Resource, said: str) -> list[int]:
    """The ids that a thing's name in a path may mean: its name, both names of a pair, or digits."""
    found = keys_of(said, resource.kind)
    if resource.parts and "/" in said:
        first, _, second = said.partition("/")
        named = zip(resource.parts, (first, second), strict=True)
        a, b = (np.array([ids.of(kind, text)], "u8") for kind, text in named)
        found.append(int(ids.pairs(a, b)[0]))
    return found


def moment(name: str, said: str) -> int:
    """A moment that is asked for."""
    try:
        found = clock.parse(said.replace(" ", "+"))  # a + that nobody has escaped
    except (ValueError, OverflowError):
        raise wrong(name, said, "not a time", "RFC 3339, as 2013-02-08T04:00:00-05:00") from None
    if not clock.OLDEST <= found < LAST:
        raise wrong(name, said, "not between 1990 and 9999", "RFC 3339, as 2013-02-08T04:00:00-05:00")
    return found


def severity(name: str, said: str) -> int:
    """The least severity that is asked for, by word or number."""
    if said in SEVERITIES:
        return SEVERITIES.index(said)
    if said in ("0", "1", "2", "3"):
        return int(said)
    raise wrong(name, said, "no severity", "1 advisory, 2 warning, 3 critical")


def code(name: str, field: Field, word: str) -> int:
    """The code of a word."""
    if word not in field.words:
        raise wrong(name, word, "no such word", f"one of {', '.join(field.words)}")
    return field.words.index(word)


def wrong(name: str, said: str, why: str, hint: str) -> Problem:
    """A filter that cannot be used."""
    shown = said[:100].encode(errors="replace").decode()
    return Problem(422, f"{name}: {why} (got {shown!r})", hint, [Fault(field=name, why=why, value=shown)])
