"""Decode: events a second from bytes to a sealed batch, beside a bare JSON parser and a model for each event."""

from collections.abc import Callable
from typing import Final

import orjson

from streams.adapters import columns, decode, decode_all
from streams.adapters.docs import example
from tower import clock
from tower.batch import Batch
from tower.envelope import Envelope
from tower.events import KINDS

NOW: Final = 1_360_314_000_000
EVENTS: Final = 4096
LEGS: Final = 3000
ROUNDS: Final = 15
TARGET: Final = 250_000
Event = dict[str, object]


def run() -> list[Event]:
    """One row for each form in which the same departures come, and one for all kinds mixed."""
    departures = [departure(i) for i in range(EVENTS)]
    data, kinds = orjson.dumps(departures), _mixed()
    bound, models = rate(lambda: orjson.loads(data)), rate(_models(data))
    load = f"{EVENTS} leg.departed a message, {len(data) // EVENTS} bytes each"
    packed = columns.packed(_decode(data, "application/json")())
    lines = b"\n".join(map(orjson.dumps, departures))
    array = rate(_decode(data, "application/json"))
    return [
        _row("json array", array, "orjson.loads alone", bound, load, TARGET),
        _row("json array", array, "pydantic model an event", models, load),
        _row("ndjson", rate(_decode(lines, "application/x-ndjson")), "orjson.loads alone", bound, load),
        _row("columns", rate(_decode(packed, columns.MEDIA_TYPE)), "orjson.loads alone", bound, load),
        _row("one event a message", rate(_decode_all(departures)), "orjson.loads alone", bound, load),
        _row("all kinds", rate(_decode(kinds, "application/json")), "orjson.loads alone",
             rate(lambda: orjson.loads(kinds)), f"{EVENTS} events of {len(KINDS)} kinds, all fields told"),
    ]  # fmt: skip


def departure(number: int) -> Event:
    """A departure as a carrier reports it: one of a few thousand legs, a second after the one before."""
    return {"id": f"flt-{number:08d}", "kind": "leg.departed", "network": "us", "at": clock.render(NOW + number * 1000),
            "source": "carrier-edi", "leg": f"UA{number % LEGS}-0208", "stop": 1}  # fmt: skip


def _mixed() -> bytes:
    return orjson.dumps([example(KINDS[i % len(KINDS)], i % LEGS) | {"id": f"e{i}"} for i in range(EVENTS)])


def _decode(data: bytes, content_type: str) -> Callable[[], Batch]:
    envelope = Envelope("bench", NOW + clock.DAY, content_type, data)
    return lambda: decode(envelope, 1, "us")


def _decode_all(events: list[Event]) -> Callable[[], Batch]:
    told = [(i, Envelope("bench", NOW + clock.DAY, "", orjson.dumps(event))) for i, event in enumerate(events)]
    return lambda: decode_all(told, "us")


def _models(data: bytes) -> Callable[[], object]:
    """The usual way: each event an object that checks itself; no ids, no columns yet."""
    from datetime import datetime
    from typing import Annotated, Literal

    from pydantic import BaseModel, Field, TypeAdapter

    class Departed(BaseModel):
        id: Annotated[str, Field(min_length=1, max_length=64)]
        kind: Literal["leg.departed"]
        at: datetime
        leg: Annotated[str, Field(min_length=1, max_length=64)]
        network: str | None = None
        source: str | None = None
        stop: Annotated[int, Field(ge=0)] | None = None
        sequence: int | None = None
        said_at: datetime | None = None

    events = TypeAdapter(list[Departed])
    return lambda: events.validate_json(data)


def rate(work: Callable[[], object]) -> float:
    """Events a CPU second: the best of some rounds, after one that warms up; the same for every peer."""
    work()
    taken = []
    for _ in range(ROUNDS):
        start = clock.cpu_s()
        work()
        taken.append(clock.cpu_s() - start)
    return EVENTS / min(taken)


def _row(name: str, value: float, peer: str, peer_value: float, load: str, target: float | None = None) -> Event:
    return {
        "bench": "decode", "name": name, "value": round(value), "unit": "events/cpu-s", "better": "high", "peer": peer,
        "peer_value": round(peer_value), "ratio": round(value / peer_value, 2), "target": target,
        "met": None if target is None else value >= target, "load": load,
    }  # fmt: skip


if __name__ == "__main__":
    for row in run():
        print(row)
