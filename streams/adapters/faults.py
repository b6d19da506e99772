"""Faults: why a value, an event or a message cannot be accepted, in words that stay the same."""

from dataclasses import dataclass
from typing import Final

SHOWN: Final = 40
"""Characters of a bad value that a reason repeats; three dots follow where there are more."""


class Unfit(ValueError):
    """A value that its field cannot take; the text says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one event: in which field ("" is the whole event) and why."""

    field: str
    why: str

    @property
    def reason(self) -> str:
        """The reason as it stands in the log.

        >>> Fault("arr_planned", "not a time (got 'tomorrow')").reason
        "field arr_planned: not a time (got 'tomorrow')"
        """
        return f"field {self.field}: {self.why}" if self.field else self.why


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault with its place, for whoever sent the message: which event of it, which field, why."""

    row: int
    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands in for an event that is not even JSON."""

    why: str
    raw: bytes


def got(value: object) -> str:
    """A bad value in few words.

    >>> got("tomorrow"), got([1, 2]), got(True)
    ("(got 'tomorrow')", '(got a list)', '(got true)')
    """
    return f"(got {_shown(value)})"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return repr(value) if len(value) <= SHOWN else repr(value[:SHOWN]) + "..."
    if isinstance(value, bool):
        return str(value).lower()
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(value)) or repr(value)


def brief(text: str) -> str:
    """A text that goes into a reason unquoted, shortened visibly."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."
