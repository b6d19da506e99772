"""Declared: what a data set says of places and carriers, before anything happens there."""

import json
from collections.abc import Mapping
from typing import Final

import numpy as np

from simulators.recorded.airports import Airport
from simulators.recorded.blocks import Block
from simulators.recorded.names import Names, event_ids
from tower.clock import MINUTE

SOURCE: Final = "reference"


def before(first: int) -> int:
    """The moment of declarations: the whole minute before the first event."""
    return (first // MINUTE - 1) * MINUTE


def declared(kind: str, said: Mapping[str, Mapping[str, object]], at: int, names: Names) -> Block:
    """A declaration of each thing of that kind, by name; what is None is not said."""
    things = sorted(said)
    subjects = np.array([names.one(kind, thing) for thing in things], "u8")
    ids = event_ids(SOURCE, (f"{kind}/{thing}".encode() for thing in things), "/declared")
    documents = [_document({kind: thing, **said[thing]}) for thing in things]
    return Block(f"{kind}.declared", ids, np.full(len(things), at, "i8"), subjects, documents=documents)


def _document(said: dict[str, object]) -> bytes:
    known = {name: value for name, value in said.items() if value is not None}
    return json.dumps(known, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sites(airports: Mapping[str, Airport], used: set[str], stations: set[str]) -> dict[str, dict[str, object]]:
    """What is said of each airport that is used; a weather station of the same name is its own."""
    out: dict[str, dict[str, object]] = {}
    for code in used:
        a, station = airports[code], code if code in stations else None
        out[code] = {"name": a.name, "lat": a.lat, "lon": a.lon, "tz": a.zone, "station": station}
    return out
