"""Predicted: what the chain's own step predicts of a week's legs as it is told of them, for a planner without a chain.

Legs, weather and predictions follow from no plan, so these steps alone, given what carriers and stations say, predict
what the whole chain does.
"""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from operators.admit import Admit
from operators.chain import Chain, State
from operators.chances import AHEAD
from operators.legs import Legs, Stops
from operators.planning.own import LISTEN
from operators.planning.settings import Settings
from operators.predictions import Predictions
from operators.sites import Sites
from operators.step import Step
from operators.telling import BEFORE
from operators.weather import Weather
from simulators.feed import Arrivals, merge
from simulators.scenarios import blizzard
from simulators.scenarios.bundle import numbers
from simulators.scenarios.sources import carriers, weather
from simulators.scenarios.sources.said import Said
from simulators.scenarios.week import Week
from streams.control import given
from streams.replay import Arrival, Replay
from tower import layouts
from tower.ids import pairs
from tower.record import Record
from tower.table import Table, upsert

STEPS: Final = (Admit, Sites, Legs, Stops, Weather, Predictions)


class Predicted:
    """What is predicted of the legs of a week, moment by moment; moments must not fall."""

    def __init__(self, week: Week) -> None:
        self._at, self._rows = predictions(week)
        self._told, self._table = 0, Table(layouts.blank("predictions"))
        self._table.reserve(self._rows.size)

    def tell(self, ways: Any, settings: Settings, now: int) -> None:
        """Write what is predicted by now into `chance` and `late` of these legs, as far as policy wants it."""
        until = int(np.searchsorted(self._at, now, "right"))
        for row in self._rows[self._told : until]:
            self._table.t.rows[upsert(self._table.t, row["key"])] = row
        self._told = until
        LISTEN.call(self._table.t, ways, settings.own_chance, settings.own_late)


def predictions(week: Week) -> tuple[np.ndarray, np.ndarray]:
    """When something was predicted or scored, ms, and the row of `predictions` that says so, in that order. Leg n of
    the week has the key n + 1, as planners of a world have it.
    """
    said = Said()
    arrivals = told(week, said)
    at, rows = heard(merge(arrivals))
    legs = said.ids("leg", week.legs.names)
    order = np.argsort(legs)
    number = order[np.searchsorted(legs, rows["subject"], sorter=order)]
    rows["key"] = pairs((number + 1).astype("u8"), rows["moment"].astype("u8"))
    return at, rows


def heard(arrivals: Iterable[Arrival]) -> tuple[np.ndarray, np.ndarray]:
    """What is said of legs that have not left, and in which record's moment."""
    moments, found, replay = [np.zeros(0, "i8")], [layouts.empty("predictions")], Replay(blizzard.NAME)

    def hear(outcome: Record) -> None:
        rows = outcome.rows("predictions")
        rows = rows[np.isin(rows["moment"], (BEFORE, AHEAD))]
        moments.append(np.full(rows.size, outcome.now))
        found.append(rows)

    replay.chain, replay.hear = Chain(steps), hear
    replay.play(arrivals)
    return np.concatenate(moments), np.concatenate(found)


def steps(saved: State) -> list[Step]:
    """The steps that predictions rest on."""
    made: list[Step] = []
    for kind in STEPS:
        made.append(given(kind, saved, {name: table for step in made for name, table in step.tables.items()}))
    return made


def told(week: Week, said: Said) -> list[Arrivals]:
    """What is said of legs and weather, and where the hubs are."""
    hours = week.of.ms(numbers(week.tables["weather"]["t"]))
    blocks = {
        "reference": [blizzard.hubs_declared(week, said)],
        "carriers": carriers.recorded(said, week.legs),
        "overlay.notices": carriers.notices(said, week.legs),
        "weather": weather.observed(said, week.tables["weather"], hours),
    }
    return [said.arrivals(source, some) for source, some in blocks.items()]
