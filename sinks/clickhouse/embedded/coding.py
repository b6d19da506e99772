"""Codings: bodies packed and unpacked as HTTP and clickhouse-connect name it."""

import gzip
import zlib
from collections.abc import Callable
from typing import Any, Final

import lz4.frame  # type: ignore[import-untyped]
from backports import zstd

from sinks.clickhouse.embedded.refusal import Refusal, too_large

SHORT_BYTES: Final = 512
"""Shorter bodies travel as they are."""

PACKERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
    "gzip": lambda body: gzip.compress(body, 3),
    "deflate": lambda body: zlib.compress(body, 3),
}
UNPACKERS: Final[dict[str, Callable[[], Any]]] = {
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": zstd.ZstdDecompressor,
    "gzip": lambda: zlib.decompressobj(31),
    "deflate": zlib.decompressobj,
}
FAULTS: Final = (RuntimeError, zlib.error, zstd.ZstdError, EOFError)


def packed(body: bytes, accepted: str) -> tuple[bytes, str]:
    """The body in the first coding that the other side accepts and we know, and which that is; "" for none."""
    if len(body) < SHORT_BYTES:
        return body, ""
    wanted = (coding.split(";")[0].strip() for coding in accepted.split(","))
    coding = next((coding for coding in wanted if coding in PACKERS), "")
    return (PACKERS[coding](body), coding) if coding else (body, "")


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """What a body of one or more frames holds; raises Refusal if that is more than `limit` bytes, or no such frames."""
    if coding in {"", "identity"}:
        return body
    if coding not in UNPACKERS:
        raise Refusal(89, "UNKNOWN_COMPRESSION_METHOD", f"Content-Encoding {coding[:20]} is not served here", 400)
    pieces = []
    while body:
        piece, body = frame(body, coding, limit)
        limit -= len(piece)
        pieces.append(piece)
    return b"".join(pieces)


def frame(body: bytes, coding: str, limit: int) -> tuple[bytes, bytes]:
    """What the first frame holds, and the bytes behind it."""
    unpacker = UNPACKERS[coding]()
    try:
        piece = unpacker.decompress(body, limit + 1)
    except FAULTS as cause:
        raise Refusal(271, "CANNOT_DECOMPRESS", f"the body is no {coding}: {cause}", 400) from None
    if len(piece) > limit:
        raise too_large("the unpacked body", limit)
    if not unpacker.eof:
        raise Refusal(271, "CANNOT_DECOMPRESS", f"the body is {coding} cut short", 400)
    return piece, unpacker.unused_data
