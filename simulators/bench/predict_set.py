"""Predict, its data: flown legs and hourly weather as columns, and the order in which things could be known.

Moments are minutes since 1970, UTC. What happens to a leg is used when it happens and not before: `order` is the one
clock for all questions, models and peers.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from operators.predict.following import ARRIVED, ASKED, DEPARTED, DUE, GIVEN_UP
from operators.predict.questions import Question
from operators.predict.situation import GIVE_UP_MIN, WEATHER, Leg
from simulators.recorded import weather
from simulators.recorded.air import Air
from simulators.recorded.airports import KNOWN_BY as AIRPORTS
from simulators.recorded.airports import Clocks, airports
from simulators.recorded.blocks import Block
from simulators.recorded.flights import Legs, legs
from simulators.recorded.names import Names
from simulators.recorded.sheets import table, table_if_any
from simulators.recorded.zones import DAY_MIN

HOUR_MIN: Final = 60
FIELDS: Final = ("temp_c", "wind_mps", "gust_mps", "visibility_m", "precip_mm_h", "pressure_hpa")
BY_LEG: Final = ("departed", "arrived", "dep_late", "late", "planned", "origin")
OLDEST_H: Final = 6
"""Weather older than this is not known."""
BEFORE_H: Final = 30


class Flown(NamedTuple):
    """Legs (`leg` has columns), when they left and came (NaN if never), how late (NaN where the list does not say), and
    weather by (origin, hour from `first_hour`, field); `origin` numbers them.
    """

    leg: Leg
    departed: np.ndarray
    arrived: np.ndarray
    dep_late: np.ndarray
    late: np.ndarray
    planned: np.ndarray
    origin: np.ndarray
    weather: np.ndarray
    first_hour: int

    @property
    def day(self) -> np.ndarray:
        """The day of the plan, from the first."""
        planned: np.ndarray = self.leg.dep_planned
        return (planned - planned.min()) // DAY_MIN

    def until(self, day: int) -> "Flown":
        """The first days alone."""
        rows = self.day < day
        columns = {name: getattr(self, name)[rows] for name in BY_LEG}
        return self._replace(leg=Leg._make(column[rows] for column in self.leg), **columns)


class Order(NamedTuple):
    """What happens when, in order: kinds as in `following`, and the row of the leg; `taught` the kinds as who answers
    takes them: ARRIVED is when a label comes. `label` is what that is, and `known` when; `asked` is when each row is
    asked about, `base` what an estimate starts from, `known_weather` (legs, WEATHER).
    """

    moments: np.ndarray
    kinds: np.ndarray
    taught: np.ndarray
    rows: np.ndarray
    label: np.ndarray
    known: np.ndarray
    asked: np.ndarray
    base: np.ndarray
    known_weather: np.ndarray


def read(path: str) -> Flown:
    """The legs at a path. Raises UsageError."""
    air = Air.at(path)
    known, _ = airports(table(air.others, AIRPORTS, "airports"))
    found, rows, _ = legs(air.flights, known)
    recorded = ~np.isnan(rows.number("arr_delay")[rows.used])
    clock = Clocks(found.origin, known).to_local(found.dep_planned)
    service = pa.array([name.rsplit("/", 1)[-1] for name in found.name.to_pylist()])
    texts = (found.carrier, found.origin, found.dest, found.tail, service)
    ids = [numbered(column) for column in texts]
    leg = Leg._make([*ids, found.dep_planned, found.arr_planned, clock % DAY_MIN, clock // DAY_MIN % 7])
    late = np.where(recorded, found.arrived - found.arr_planned, np.nan)
    origins, origin = np.unique(ids[1], return_inverse=True)
    hour = (found.dep_planned // HOUR_MIN).astype("i8")
    first = int(hour.min()) - BEFORE_H
    count = np.zeros((origins.size, int(hour.max()) - first + BEFORE_H))
    np.add.at(count, (origin, hour - first), 1)
    planned = np.stack([count[origin, hour - first], count[origin, hour - first + 1]], axis=1)
    seen = observed(air, found, origin, count.shape, first)
    return Flown(leg, found.departed, found.arrived, found.departed - found.dep_planned, late, planned, origin, seen,
                 first)  # fmt: skip


def numbered(texts: pa.Array) -> np.ndarray:
    """Numbers from 1 for texts; 0 where there is none."""
    return texts.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype("i8") + 1


def observed(air: Air, found: Legs, origin: np.ndarray, shape: tuple[int, int], first: int) -> np.ndarray:
    """Weather by origin and hour; NaN where nobody observed."""
    seen = np.full((*shape, len(FIELDS)), np.nan)
    sheet = table_if_any(air.others, weather.KNOWN_BY, "weather")
    if sheet is None:
        return seen
    names = Names()
    blocks, _, _ = weather.weather_blocks(sheet, names)
    places = dict(zip(found.origin.to_pylist(), origin.tolist(), strict=True))
    for block in blocks:
        fill(seen, block, np.array([places.get(names.texts[s], -1) for s in block.subjects.tolist()]), first)
    return seen


def fill(seen: np.ndarray, block: Block, place: np.ndarray, first: int) -> None:
    """Put what was observed where it belongs."""
    hour = block.at // (HOUR_MIN * 60_000) - first
    rows = (place >= 0) & (hour >= 0) & (hour < seen.shape[1])
    for number, name in enumerate(FIELDS):
        seen[place[rows], hour[rows], number] = block.columns[name][rows]
    for name in ("gust_mps", "precip_mm_h"):  # not written where there was none
        at = seen[place[rows], hour[rows], FIELDS.index(name)]
        seen[place[rows], hour[rows], FIELDS.index(name)] = np.nan_to_num(at)


def known(flown: Flown, asked: np.ndarray) -> np.ndarray:
    """The weather of the last full hour before each row is asked about, or of one that is not too old before it."""
    hour = np.nan_to_num(asked // HOUR_MIN, nan=flown.first_hour + BEFORE_H).astype("i8") - 1 - flown.first_hour
    hour = np.clip(hour, OLDEST_H, flown.weather.shape[1] - 1)
    now = np.full((len(asked), len(FIELDS)), np.nan)
    for age in range(OLDEST_H):
        now = np.where(np.isnan(now), flown.weather[flown.origin, hour - age], now)
    rain = sum(np.nan_to_num(flown.weather[flown.origin, hour - age, FIELDS.index("precip_mm_h")]) for age in range(3))
    trend = now[:, -1] - flown.weather[flown.origin, hour - 3, -1]
    told = np.column_stack([now, rain, trend, np.full(len(now), np.nan)])  # nobody observes where they go
    assert told.shape[1] == WEATHER
    return told


def order(flown: Flown, question: Question) -> Order:
    """Everything that happens, with each question asked once of each leg that a label will come for."""
    left, lasts = ~np.isnan(flown.departed), ~np.isnan(flown.late)
    plan = flown.leg.dep_planned
    asked = np.where(left, flown.departed if question.has_left else plan - float(question.lead_min or 0), np.nan)
    due = np.flatnonzero(~left | (flown.departed > plan))
    gone = due[~(left[due] & (flown.departed[due] <= plan[due] + GIVE_UP_MIN))]
    labelled = left if question.of_departure else lasts & left
    rows = (due, np.flatnonzero(labelled), np.flatnonzero(left), np.flatnonzero(lasts & left), gone)
    moments = (plan[due], asked[rows[ASKED]], flown.departed[rows[DEPARTED]], flown.arrived[rows[ARRIVED]],
               plan[gone] + GIVE_UP_MIN + 1)  # fmt: skip
    kinds = np.repeat([DUE, ASKED, DEPARTED, ARRIVED, GIVEN_UP], [len(r) for r in rows])
    by_time = np.lexsort((kinds, np.concatenate(moments)))
    base = np.minimum(flown.dep_late, 300.0) if question.has_left else np.where(left, 0.0, np.nan)
    label, known_at = (flown.dep_late, flown.departed) if question.of_departure else (flown.late, flown.arrived)
    kinds = kinds[by_time]
    return Order(np.concatenate(moments)[by_time], kinds, taught(kinds, question), np.concatenate(rows)[by_time], label,
                 known_at, asked, base, known(flown, asked))  # fmt: skip


def taught(kinds: np.ndarray, question: Question) -> np.ndarray:
    """The kinds as who answers takes them: where labels are of departures, these bring them."""
    if not question.of_departure:
        return kinds
    return np.choose(kinds, [DUE, ASKED, ARRIVED, DUE, GIVEN_UP])


def another(flown: Flown, moment: float, seed: int = 1) -> Flown:
    """The same until `moment`, and another world after: what happens then happens at other times, in other weather."""
    draw: Any = np.random.default_rng(seed)
    departed, arrived = flown.departed.copy(), flown.arrived.copy()
    for column in (departed, arrived):
        rows = np.flatnonzero(column > moment)
        column[rows] += draw.integers(1, 300, rows.size)
    arrived = np.where(np.isnan(arrived) | (arrived > departed), arrived, departed + 30)
    seen = flown.weather.copy()
    later = seen[:, max(0, int(moment // HOUR_MIN) - flown.first_hour) :]
    later[:] = draw.uniform(0, 20, later.shape)
    late = np.where(arrived == flown.arrived, flown.late, arrived - flown.leg.arr_planned)
    return flown._replace(departed=departed, arrived=arrived, dep_late=departed - flown.leg.dep_planned, late=late,
                          weather=seen)  # fmt: skip
