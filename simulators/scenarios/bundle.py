"""Bundle: the recorded tables of a scenario, as they lie in the repository."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from simulators.scenarios.pack import Column, Tables, Words, unpack


@cache
def tables(name: str) -> Tables:
    """Every table of a scenario."""
    return unpack((files("simulators.scenarios") / "data" / f"{name}.pack").read_bytes())


def texts(column: Column) -> list[str]:
    """The texts of a column of words."""
    assert isinstance(column, Words)
    return column.texts()


def numbers(column: Column) -> np.ndarray:
    """The numbers of a column."""
    assert isinstance(column, np.ndarray)
    return column


class Legs(NamedTuple):
    """Recorded legs; moments in minutes of the scenario's clock, departed and arrived -1 where cancelled."""

    row: np.ndarray
    carrier: list[str]
    flight: np.ndarray
    tail: list[str]
    origin: list[str]
    dest: list[str]
    planned: np.ndarray
    arrives: np.ndarray
    departed: np.ndarray
    arrived: np.ndarray
    cancelled: np.ndarray

    def names(self, dates: np.ndarray) -> list[str]:
        """A text for each leg: carrier, flight, lane and the date (MMDD) of its departure at its origin."""
        parts = zip(self.carrier, self.flight.tolist(), self.origin, self.dest, dates.tolist(), strict=True)
        return [f"{c}{f}-{o}-{d}-{date:04d}" for c, f, o, d, date in parts]


def ordered(legs: dict[str, Column], arr_late: np.ndarray) -> Legs:
    """The legs by planned departure, then carrier, flight and lane; `row` is their place in the bundle."""
    codes = [c.codes for c in (legs[n] for n in ("dest", "origin")) if isinstance(c, Words)]
    carrier = legs["carrier"]
    assert isinstance(carrier, Words)
    planned, late = numbers(legs["planned"]), numbers(legs["dep_late"])
    order = np.lexsort((*codes, numbers(legs["flight"]), carrier.codes, planned))
    cancelled = np.array([s == "cancelled" for s in texts(legs["status"])])
    arrives = planned + numbers(legs["block"])
    carriers, tails, origins, dests = (taken(texts(legs[n]), order) for n in ("carrier", "tail", "origin", "dest"))
    return Legs(
        order, carriers, numbers(legs["flight"])[order], tails, origins, dests, planned[order], arrives[order],
        np.where(cancelled, -1, planned + late)[order], np.where(cancelled, -1, arrives + arr_late)[order],
        cancelled[order],
    )  # fmt: skip


def taken(column: list[str], order: np.ndarray) -> list[str]:
    """These rows of a column of texts."""
    return [column[i] for i in order.tolist()]
