"""Hostile frames: what nobody should send to the hub, seeded."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Message = str | bytes
GOOD: list[dict[str, Any]] = [
    {"type": "subscribe", "id": 1, "channel": "legs", "filter": {"site": ["A"], "severity": 1}, "max_hz": 10},
    {"type": "unsubscribe", "id": 2, "channel": "legs"},
    {"type": "hello", "token": "wall", "resume": {"epoch": "e", "seq": 1}},
]
ODD: list[Any] = [None, True, -1, 1 << 53, 1e308, 0.1, "", "x" * 5000, "\u0000", "\U0001f69a", [], {}, [[]], {"a": {}},
                  ["A"] * 3000, [None], "legs", "NaN", {"$ref": "#"}]  # fmt: skip


def hostile(count: int, seed: int) -> Iterator[Message]:
    """So many messages."""
    draw = random.Random(seed)
    makers: list[Callable[[random.Random], Message]] = [noise, nested, mutated, mutated, mutated, broken]
    for _ in range(count):
        yield draw.choice(makers)(draw)


def noise(draw: random.Random) -> Message:
    """Bytes."""
    return draw.randbytes(draw.randrange(200))


def nested(draw: random.Random) -> Message:
    """Depth, alone and in a field."""
    deep = "[" * (depth := draw.choice([10, 900, 5000])) + "]" * depth
    return deep if draw.random() < 0.5 else f'{{"type": "subscribe", "id": 1, "channel": {deep}}}'


def mutated(draw: random.Random) -> Message:
    """A good frame with something wrong in it."""
    frame = json.loads(json.dumps(draw.choice(GOOD)))
    place = frame
    while isinstance(place[name := draw.choice(list(place))], dict) and draw.random() < 0.5:
        place = place[name]
    change = draw.random()
    if change < 0.2:
        del place[name]
    elif change < 0.4:
        place[str(draw.choice(ODD))[:50]] = draw.choice(ODD)
    else:
        place[name] = draw.choice(ODD)
    return json.dumps(frame)


def broken(draw: random.Random) -> Message:
    """A good frame, cut or with a byte changed."""
    text = json.dumps(draw.choice(GOOD))
    at = draw.randrange(len(text))
    return text[:at] if draw.random() < 0.5 else text[:at] + chr(draw.randrange(32, 600)) + text[at + 1 :]
