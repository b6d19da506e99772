"""Wire: frames as bytes, made once and shared by all who are told the same."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import orjson
from pydantic import BaseModel

from api.hub.boards.board import Rows

PAGE: Final = 500
"""Rows of a snapshot's page."""
TEXT: Final = 0x81


def framed(payload: bytes) -> bytes:
    """A whole unmasked text message of RFC 6455, as a server sends it."""
    size = len(payload)
    if size < 126:
        head = bytes([TEXT, size])
    elif size < 1 << 16:
        head = bytes([TEXT, 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([TEXT, 127]) + size.to_bytes(8, "big")
    return head + payload


def dumped(frame: BaseModel) -> str:
    """A frame of the hub as JSON."""
    return orjson.dumps(frame.model_dump(by_alias=True, exclude_none=True)).decode()


def packed(frame: BaseModel) -> bytes:
    """A frame of the hub, ready to be sent."""
    return framed(dumped(frame).encode())


def delta(channel: str, start: int, seq: int, rows: Rows) -> bytes:
    """A delta, ready to be sent. Not by way of its model: there are many."""
    told = [{"op": "del", "id": id} if row is None else row for id, row in rows.items()]
    return framed(orjson.dumps({"type": "delta", "channel": channel, "from": start, "seq": seq, "rows": told}))


def snapshot(channel: str, seq: int, rows: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """A snapshot's pages, ready to be sent; one page where there are no rows."""
    pages = list(paged(iter(rows))) or [[]]
    return [
        framed(orjson.dumps({"type": "snapshot", "channel": channel, "seq": seq, "page": number,
                             "last": number == len(pages), "rows": page}))
        for number, page in enumerate(pages, 1)
    ]  # fmt: skip


def paged(rows: Iterator[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    """At most PAGE rows at a time."""
    while page := list(islice(rows, PAGE)):
        yield page
