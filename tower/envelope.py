"""Envelope: one message as it came, where from and when. An entry of an inbox.

version u1, received i8, sizes of source and content type u4 each, number of headers u4; then source, content type,
each header (sizes of name and value u4 each, name, value), and the message to the end.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tower.errors import FormatError

VERSION: Final = 1
HEAD: Final = struct.Struct("<BqIII")
PAIR: Final = struct.Struct("<II")
MESSAGE_MOST: Final = 8_000_000
"""The most bytes of a message. A door refuses a longer one; where none could, the adapters reject it by name."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with what the door knows about it.

    source        the inbox it came through; what its events count for unless they name a source themselves
    received      ms: when the door had it whole
    content_type  as the sender said, "" if it did not
    headers       of HTTP or Kafka, names in lower case, as far as they say something about the message
    data          the message, byte for byte
    """

    source: str
    received: int
    content_type: str
    data: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case.

        >>> Envelope("http", 0, "Application/JSON; charset=utf-8", b"{}").media_type
        'application/json'
        """
        return self.content_type.partition(";")[0].strip().lower()

    def encode(self) -> bytes:
        """The envelope's bytes, of the newest version."""
        source, content_type = self.source.encode(), self.content_type.encode()
        head = HEAD.pack(VERSION, self.received, len(source), len(content_type), len(self.headers))
        return b"".join([head, source, content_type, *_packed(self.headers), self.data])

    @classmethod
    def decode(cls, data: bytes | memoryview) -> "Envelope":
        """The envelope of those bytes. Raises FormatError if a newer build wrote them or if they are not whole."""
        view = memoryview(data)
        if not view or view[0] != VERSION:
            raise FormatError(f"envelope has format {view[0] if view else None}, this build reads {VERSION}",
                              "read it with the build that wrote it, or a newer one")  # fmt: skip
        try:
            return cls._read(view)
        except (struct.error, UnicodeDecodeError, _Short) as error:
            raise FormatError(f"envelope of {len(view)} bytes: {error}", "see `towerctl doctor`") from error

    @classmethod
    def _read(cls, view: memoryview) -> "Envelope":
        _, received, source, content_type, headers = HEAD.unpack_from(view)
        at = HEAD.size
        texts = [_text(view, at, source), _text(view, at + source, content_type)]
        at += source + content_type
        told = {}
        for _ in range(headers):
            name, value = PAIR.unpack_from(view, at)
            told[_text(view, at + PAIR.size, name)] = _text(view, at + PAIR.size + name, value)
            at += PAIR.size + name + value
        return cls(texts[0], received, texts[1], bytes(view[at:]), told)


class _Short(ValueError):
    """A text ends before its size."""


def _packed(headers: Mapping[str, str]) -> Iterator[bytes]:
    for name, value in headers.items():
        texts = name.encode(), value.encode()
        yield PAIR.pack(len(texts[0]), len(texts[1])) + texts[0] + texts[1]


def _text(view: memoryview, at: int, size: int) -> str:
    if at + size > len(view):
        raise _Short("it is cut short")
    return str(view[at : at + size], "utf-8")
