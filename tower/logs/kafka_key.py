"""The key of a message in a log's partition: it alone decides whether the message counts.

A writer that does not know the end of the log must not be able to write, and Kafka has no append-if. So each message
says at which offset its writer expected it, and one that lies elsewhere is void, for every reader and for ever.
"""

import struct
from typing import NamedTuple

from confluent_kafka import Message

FORMAT = struct.Struct(">BqqI16s")
VERSION = 1
OPENING = 0


class Key(NamedTuple):
    """Where a message belongs; `number` OPENING is a writer's first word, all others are entries."""

    number: int
    offset: int
    left: int
    """How many more messages the append has: an append counts once its last message lies where it was expected."""
    log: bytes
    """The log's id, 16 bytes."""

    def pack(self) -> bytes:
        """The bytes, 37 of them."""
        return FORMAT.pack(VERSION, *self)


def key_of(message: Message) -> Key | None:
    """The key of a message that lies where its writer expected it; None for a void or a foreign one."""
    raw = message.key()
    if raw is None or len(raw) != FORMAT.size:
        return None
    version, number, offset, left, log = FORMAT.unpack(raw)
    if version != VERSION or offset != message.offset():
        return None
    return Key(number, offset, left, log)
