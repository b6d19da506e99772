"""Hostile: messages that are broken, cut short or meant to hurt. The same ones for the same seed."""

import random
from collections.abc import Callable, Iterator

import orjson

from streams.adapters import ALL, columns, decode
from streams.adapters.docs import example
from tests.streams.adapters.wire import NOW
from tower.envelope import Envelope
from tower.events import KINDS

VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1 << 62, 1 << 63, (1 << 64) - 1, -(1 << 63), 1e308, -0.0, 5e-324, 1.5, "", " ", "x" * 64,
    "x" * 65, "é" * 40, "x" * 2000, "\0", "\x7f", "\u202e", "null", "NaN", [], {}, [[]], [{}], {"id": "x"},
    "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z", "1990-01-01T00:00:00Z", "2013-02-08T09:00:00+99:99", "tomorrow",
    631151999999, 253402300800000,
    "leg.flew", "leg.departed", "order.placed", ["a", "b"], {"bol": "x"},
    {"kind": "leg.departed", "subject": "L", "moment": 5},
)  # fmt: skip
RAW = (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 400, b"\xff\xfe", b'"\xed\xa0\x80"', b'"\\ud800"',
       b"[" * 40 + b"]" * 40, b"[" * 2000, b"{}{}", b"'x'", b"\xef\xbb\xbf",
       b"\x00", b"// no", b"1_000", b'{"id":1,"id":2}', b"")  # fmt: skip
STRANGE = {"source", "network", "corrects", "references", "x", ""}
FIELDS = sorted({name for kind in KINDS for name in example(kind)} | STRANGE)
TYPES = ("", "text/plain", "nonsense", *sorted({name for adapter in ALL for name in adapter.TYPES}))


def messages(seed: int, count: int) -> Iterator[Envelope]:
    """So many of them."""
    draw = random.Random(seed)
    for _ in range(count):
        way = draw.choice(WAYS)
        content_type = draw.choice(TYPES) if draw.random() < 0.3 else NATURAL.get(way, "")
        headers = {name: draw.choice(SAID) for name in HEADERS if draw.random() < 0.1}
        source = draw.choice(("inbox",) * 9 + ("", "x" * 99))
        yield Envelope(source, NOW, content_type, way(draw), headers if draw.random() < 0.2 else {})


SAID = ("1.0", "", "x", "%ff%00", "leg.departed")
HEADERS = ("ce-specversion", "ce-id", "ce-type", "ce-source", "ce-time", "ce_specversion", "ce_id", "network", "x")


def events(draw: random.Random) -> list[object]:
    """Events of any kind with some fields gone or replaced."""
    found: list[object] = []
    for _ in range(draw.choice((1, 1, 2, 7))):
        event = example(draw.choice(KINDS), draw.randrange(9))
        for _ in range(draw.choice((0, 0, 1, 3))):
            event[draw.choice(FIELDS)] = draw.choice(VALUES)
        if draw.random() < 0.1:
            event.pop(draw.choice(list(event)))
        found.append(draw.choice(VALUES) if draw.random() < 0.05 else event)
    return found


def array(draw: random.Random) -> bytes:
    return orjson.dumps(events(draw))


def lines(draw: random.Random) -> bytes:
    return b"\n".join(orjson.dumps(event) for event in events(draw))


def single(draw: random.Random) -> bytes:
    return orjson.dumps(events(draw)[0])


def cloud(draw: random.Random) -> bytes:
    outer = {"specversion": "1.0", "id": "e", "type": "leg.departed", "source": "s", "time": NOW, "data": {"leg": "L"}}
    outer[draw.choice(list(outer))] = draw.choice(VALUES)
    return orjson.dumps([outer] if draw.random() < 0.5 else outer)


def broken(draw: random.Random) -> bytes:
    """Cut short, or with a byte or a strange word in the middle."""
    data = draw.choice((array, lines, single, cloud))(draw)
    at = draw.randrange(len(data) + 1)
    start, rest = data[:at], data[at:]
    return draw.choice((start, start + draw.choice(RAW) + rest, start + draw.randbytes(1) + rest[1:]))


def noise(draw: random.Random) -> bytes:
    return draw.choice((draw.choice(RAW), draw.randbytes(draw.randrange(200))))


def packed(draw: random.Random) -> bytes:
    """Columns with a few bytes changed, or cut short."""
    batch = decode(Envelope("inbox", NOW, "", array(draw)), 1, "network-1")
    data = bytearray(columns.packed(batch))
    for _ in range(draw.randrange(4)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[: draw.choice((len(data), len(data), draw.randrange(len(data))))])


Way = Callable[[random.Random], bytes]
WAYS: tuple[Way, ...] = (array, array, array, lines, single, cloud, broken, broken, noise, packed)
NATURAL: dict[Way, str] = {packed: columns.MEDIA_TYPE, array: "application/json"}
