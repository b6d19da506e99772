"""The key of a message in a log's partition: it alone decides whether the message counts.

A writer that does not know the end of the log must not be able to write, and Kafka has no append-if. So each message
says at which offset its writer expected it, and one that lies elsewhere is void, for every reader and for ever.
"""

import struct
from typing import Final

from confluent_kafka import Message

Key = tuple[int, int, int, bytes]
"""Number, expected offset, how many more messages its append has, and the log's id in 16 bytes.

An append counts once its last message lies where it was expected. A plain tuple: each message that is read makes one.
"""
FORMAT: Final = struct.Struct(">qqI16s")
VERSION: Final = 1
BYTES: Final = 1 + FORMAT.size
OPENING: Final = 0
"""The number of a writer's first word; all others are entries."""


def pack(key: Key) -> bytes:
    """The version and the four fields."""
    return bytes((VERSION,)) + FORMAT.pack(*key)


def key_of(message: Message) -> Key | None:
    """The key of a message that lies where its writer expected it; None for a void or a foreign one."""
    raw = message.key()
    if raw is None or len(raw) != BYTES or raw[0] != VERSION:
        return None
    key: Key = FORMAT.unpack_from(raw, 1)
    return key if key[1] == message.offset() else None
