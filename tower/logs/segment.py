"""The format of a file log: how its files are named and what their bytes mean.

    <first>.seg  a head, then entries: size u4, more u4, check u8, the bytes, zeros up to a multiple of 8
    <first>.idx  pairs (number i8, position i8), about one each 64 kB: hints, verified when used, made again when lost
    writer       the last committed number i8, then who writes; locked by the writer, absent in an archive
    id           the log's id as 32 hex digits

`more` is how many entries of the same append follow: an append of which the last is missing never happened. An append
lies in one segment. The check is xxh3_64 of the bytes, seeded with number + more * 2^40: an entry in the place
of another is not an entry.

The head is 48 bytes: magic, version u4, zero u4, first number i8, the log's id, xxh3_64 of all that. Magic and version
stay where they are in every later version; the rest may change with the version. All integers are little-endian.
"""

import os
from collections.abc import Sequence
from struct import Struct

from xxhash import xxh3_64_intdigest

from tower.errors import FormatError

MAGIC = b"TOWERLOG"
VERSION = 1
HEAD = Struct("<8sIIq16sQ")
ENTRY = Struct("<IIQ")
MORE = 40
PAIR = Struct("<qq")
HINT_BYTES = 1 << 16
FOREVER = (1 << 63) - 1
PADS = tuple(bytes(-size & 7) for size in range(8))


def segment_path(folder: str, first: int) -> str:
    """The file that holds the entries from number `first` on."""
    return f"{folder}/{first:020}.seg"


def hints_path(folder: str, first: int) -> str:
    """The file of hints beside that segment."""
    return f"{folder}/{first:020}.idx"


def firsts(folder: str) -> list[int]:
    """The first number of each segment, ascending; [] if there is no log."""
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    return sorted(int(name[:-4]) for name in names if name.endswith(".seg") and name[:-4].isdigit())


def pack_head(first: int, log_id: str) -> bytes:
    """The head of a segment."""
    bare = HEAD.pack(MAGIC, VERSION, 0, first, bytes.fromhex(log_id), 0)[:-8]
    return bare + xxh3_64_intdigest(bare).to_bytes(8, "little")


def read_head(raw: bytes, path: str) -> str:
    """The id of the log that the segment belongs to; empty if the head is not whole.

    Raises FormatError for a version that this build does not know.
    """
    magic, version, _, _, log_id, check = HEAD.unpack(raw.ljust(HEAD.size, b"\0")[: HEAD.size])
    if magic == MAGIC and version > VERSION:
        what = f"{path} is a log segment of version {version}: this build reads up to {VERSION}"
        raise FormatError(what, "read it with the build that wrote it, or a newer one")
    whole = magic == MAGIC and check == xxh3_64_intdigest(raw[: HEAD.size - 8])
    return bytes(log_id).hex() if whole else ""


def entry_bytes(length: int) -> int:
    """How much of a segment an entry of this length takes."""
    return ENTRY.size + length + (-length & 7)


def pack_entries(first: int, entries: Sequence[bytes]) -> tuple[bytes, list[int]]:
    """The bytes of the entries, the first of which is number `first`, and how many each takes."""
    parts: list[bytes] = []
    sizes: list[int] = []
    more = len(entries)
    for number, data in enumerate(entries, first):
        length = len(data)
        more -= 1
        check = xxh3_64_intdigest(data, number + (more << MORE))
        parts += ENTRY.pack(length, more, check), data, PADS[length & 7]
        sizes.append(ENTRY.size + length + (-length & 7))
    return b"".join(parts), sizes
