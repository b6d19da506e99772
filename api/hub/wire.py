"""Wire: frames as bytes, made once and shared by all who are told the same."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson
from pydantic import BaseModel

from api.hub.boards.board import Rows

MOST: Final = 256 << 10
"""Bytes of the longest message with rows; what is longer goes in pages. Many clients refuse more than 1 MiB."""
PAGE: Final = MOST - 256
"""Bytes of them that are rows; the rest is for what stands before."""
FEW: Final = 500
"""Rows that are tried as one message, at once; more are measured one by one."""
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


def delta(channel: str, start: int, seq: int, rows: Rows) -> list[bytes]:
    """A delta, ready to be sent: one frame, or pages if that is too long. Not by way of its model: there are many."""
    told = [{"op": "del", "id": id} if row is None else row for id, row in rows.items()]
    head = {"type": "delta", "channel": channel}
    whole = {**head, "from": start, "seq": seq}
    if len(told) <= FEW and len(payload := orjson.dumps({**whole, "rows": told})) <= MOST:
        return [framed(payload)]
    pages = paged(told)
    if len(pages) == 1:
        return [with_rows(whole, pages[0])]
    leads = [*((start, page) for page in pages[:-1]), (seq, pages[-1])]
    return [with_rows({**head, "from": at, "seq": at, "page": number, "last": number == len(pages)}, page)
            for number, (at, page) in enumerate(leads, 1)]  # fmt: skip


def snapshot(channel: str, seq: int, rows: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """A snapshot's pages, ready to be sent; one page where there are no rows."""
    pages = paged(rows)
    head = {"type": "snapshot", "channel": channel, "seq": seq}
    return [with_rows({**head, "page": number, "last": number == len(pages)}, page)
            for number, page in enumerate(pages, 1)]  # fmt: skip


def with_rows(head: Mapping[str, Any], page: list[bytes]) -> bytes:
    """A frame with these rows, ready to be sent."""
    return framed(orjson.dumps({**head, "rows": orjson.Fragment(b"[" + b",".join(page) + b"]")}))


def paged(rows: Iterable[Mapping[str, Any]]) -> list[list[bytes]]:
    """The rows as JSON, in order, as many a page as there is room for; one page where there are none."""
    pages, size = list[list[bytes]]([[]]), 0
    for row in rows:
        text = orjson.dumps(row)
        if len(text) > PAGE:
            text = shortened(row)
        if pages[-1] and size + len(text) > PAGE:
            pages.append([])
            size = 0
        pages[-1].append(text)
        size += len(text) + 1
    return pages


def shortened(row: Mapping[str, Any]) -> bytes:
    """A row that has no room on a page, without its longest fields, so many as it takes: they are not known then."""
    fields = sorted(row.items(), key=lambda field: len(orjson.dumps(field[1])))
    while len(text := orjson.dumps(dict(fields))) > PAGE:
        fields.pop()
    return text
