"""Field types: what a value is on the wire, in a packed row, when unknown, and in SQL."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

FOREVER: Final = (1 << 62) - 1
"""A moment that never comes, in ms."""


class Type(Enum):
    """How a value is written on the wire; its numpy code and its unknown are in `CODES`."""

    TIME = "RFC 3339, or ms since 1970 as a whole number"
    COUNT = "a whole number, not negative"
    DELTA = "a whole number of either sign"
    NUMBER = "a number"
    CODE = "one of a few words"
    ID = "a name, at most 64 bytes"
    TEXT = "free text, at most 1,000 bytes"
    DIGEST = "a hash (not on the wire)"
    INDEX = "a row of another table of the record (not on the wire)"
    KIND = "a number of the vocabulary (not on the wire)"


ALL_BITS: Final = 0xFFFF_FFFF_FFFF_FFFF
CODES: Final[dict[Type, tuple[str, float]]] = {
    Type.TIME: ("<i8", -1),
    Type.COUNT: ("<i8", -1),
    Type.DELTA: ("<i8", -1),  # required wherever it stands: -1 is a value too
    Type.NUMBER: ("<f8", np.nan),
    Type.CODE: ("|u1", 0xFF),
    Type.ID: ("<u8", ALL_BITS),
    Type.TEXT: ("<u8", ALL_BITS),
    Type.DIGEST: ("<u8", ALL_BITS),
    Type.INDEX: ("<u4", 0xFFFF_FFFF),
    Type.KIND: ("<u2", 0xFFFF),
}
"""The numpy type of each, and what stands in a row when nobody has told: NaN, -1 or all bits set, never 0."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column: `of` says what an ID names, `words` what a CODE can say."""

    name: str
    type: Type
    of: str = ""
    words: tuple[str, ...] = ()
    doc: str = ""
    wire: str = ""
    """What it is called outside, where that is not its name."""

    @property
    def said(self) -> str:
        """The field's name on the wire."""
        return self.wire or self.name

    @property
    def code(self) -> str:
        """The numpy type code, little-endian."""
        return CODES[self.type][0]

    @property
    def unknown(self) -> float:
        """What stands in a row when nobody has told."""
        return CODES[self.type][1]


def time(name: str, doc: str = "") -> Field:
    """A moment."""
    return Field(name, Type.TIME, doc=doc)


def count(name: str, doc: str = "") -> Field:
    """A whole number, none of them negative."""
    return Field(name, Type.COUNT, doc=doc)


def delta(name: str, doc: str = "") -> Field:
    """A whole number of either sign."""
    return Field(name, Type.DELTA, doc=doc)


def number(name: str, doc: str = "") -> Field:
    """A real number."""
    return Field(name, Type.NUMBER, doc=doc)


def code(name: str, *words: str, doc: str = "", wire: str = "") -> Field:
    """One of a few words."""
    return Field(name, Type.CODE, words=words, doc=doc, wire=wire)


def id_of(of: str, name: str = "", doc: str = "") -> Field:
    """The id of a thing, named like the thing unless told."""
    return Field(name or of, Type.ID, of=of, doc=doc)


def text(name: str, doc: str = "") -> Field:
    """Free text."""
    return Field(name, Type.TEXT, of="text", doc=doc)


def digest(name: str, doc: str = "") -> Field:
    """A hash."""
    return Field(name, Type.DIGEST, doc=doc)


def index(name: str, doc: str = "") -> Field:
    """A row of another table of the same record."""
    return Field(name, Type.INDEX, doc=doc)


def kind(name: str, doc: str = "") -> Field:
    """A number of the vocabulary."""
    return Field(name, Type.KIND, doc=doc)


def dtype_of(fields: tuple[Field, ...]) -> np.dtype[np.void]:
    """The packed row of these fields, in this order."""
    return np.dtype([(f.name, f.code) for f in fields])


def blank_of(fields: tuple[Field, ...]) -> np.ndarray:
    """One row in which everything is unknown."""
    row = np.zeros(1, dtype_of(fields))
    for f in fields:
        row[f.name] = f.unknown
    row.flags.writeable = False
    return row
