"""Weather: what stations observe and forecast, and the hazard of each site that still has legs to come or go."""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.registers import Registers
from operators.step import Step
from operators.work import Work
from tower import clock
from tower.outcomes import kinds_of
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

WINDOW: Final = 6 * clock.HOUR
"""How far ahead a hazard concerns a leg."""
STALE: Final = 3 * clock.HOUR
"""An observation says nothing after that."""


@kernel
def severity(value, advisory, warning, critical):
    """0 .. 3 by three rising limits."""
    return (value >= advisory) * 1.0 + (value >= warning) * 1.0 + (value >= critical) * 1.0


@kernel
def hazard_of(w):
    """0 calm .. 3 closed, the worst of sight (2, 1, 1/2 mile), gusts (17, 22, 28 m/s) and snow or rain.

    Limits in the ranges where the US National Weather Service issues advisories and warnings.
    """
    sight = severity(-w.observed_visibility_m, -3219.0, -1609.0, -805.0)
    wind = severity(w.observed_gust_mps, 17.0, 22.0, 28.0)
    snow = w.observed_temp_c <= 0.0
    fall = w.observed_precip_mm_h
    water = severity(fall, 0.3, 1.0, 3.0) if snow else severity(fall, 1.3, 7.6, 25.0)
    return max(sight, wind, water)


@kernel
def settle(t, numbers):
    """Say how bad it is at these stations."""
    for i in numbers:
        t.rows[i].hazard = hazard_of(t.rows[i])


SETTLE: Final = Direct(settle)


class Weather(Registers):
    """Table `weather`: one row a station."""

    families: ClassVar = ("weather_report",)
    publishes: ClassVar = ("weather",)
    kinds: ClassVar = kinds_of("weather_report")

    def settle(self, work: Work) -> None:
        """Touched stations."""
        SETTLE.call(self.things.t, self.things.touched())


@kernel
def concerned(legs, site, now):
    """How many legs leave or come within the window at a site, and the first of these moments (-1: none)."""
    n = 0
    first = np.int64(-1)
    for i in range(legs.meta[0]):
        leg = legs.rows[i]
        if leg.cancelled_at >= 0:
            continue
        moment = np.int64(-1)
        if leg.origin == site and leg.departed_at < 0:
            moment = leg.dep_expected
        elif leg.dest == site and leg.arrived_at < 0:
            moment = leg.arr_expected
        if now <= moment <= now + WINDOW:
            n += 1
            first = moment if first < 0 or moment < first else first
    return n, first


@kernel
def weigh(hazards, stations, weather, numbers, legs, now):
    """Bring the hazards of the sites at these stations up to date."""
    for i in numbers:
        station = weather.rows[i]
        k = find(stations, station.key)
        if k < 0:
            continue
        j = upsert(hazards, stations.rows[k].site)
        site = hazards.rows[j]
        site.hazard, site.since, site.position = station.hazard, station.observed_at, station.observed_position
        refresh(hazards, j, legs, now)


@kernel
def refresh(hazards, j, legs, now):
    """Count the legs again, and once more in half an hour while it is not calm."""
    site = hazards.rows[j]
    touch(hazards, j)
    if now > site.since + STALE:
        site.hazard = 0.0
    site.legs, site.next_leg_at = 0, -1
    if site.hazard > 0:
        site.legs, site.next_leg_at = concerned(legs, site.key, now)
    look_at(hazards, j, now + 30 * clock.MINUTE if site.hazard > 0 else -1)


@kernel
def refresh_all(hazards, numbers, legs, now):
    """Count the legs of these sites again."""
    for j in numbers:
        refresh(hazards, j, legs, now)


class Hazards(Step):
    """Table `hazards`: one row a site that has declared its station."""

    watches: ClassVar = ("weather",)
    publishes: ClassVar = ("hazards",)

    def __init__(self, saved: Mapping[str, bytes] | None, weather: Table, legs: Table, stations: Table) -> None:
        super().__init__(saved)
        self.weather, self.legs, self.stations = weather, legs, stations

    def room(self, work: Work) -> int:
        """A site per station."""
        return int(self.weather.touched().size)

    def run(self, work: Work) -> None:
        """Bring up to date the sites of touched stations and those whose half hour is over."""
        hazards, numbers = self.tables["hazards"], self.weather.touched()
        refresh_all(hazards.t, hazards.due(work.now), self.legs.t, work.now)
        weigh(hazards.t, self.stations.t, self.weather.t, numbers, self.legs.t, work.now)
