"""Figures: what people compare two plans by: name, unit, which way is good, and what each rests on."""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.prices import Prices
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import Week
from simulators.whatif.days import Day
from simulators.whatif.scores import CLASSES, Fate, Score, end, score
from simulators.whatif.stopping import Looks
from tower.clock import MINUTE

NET: Final = "net_cost"
"""The figure that pairs are played for."""
LEGS: Final = frozenset({"shut", "late", "calm", "foreseen"})
"""Changes after which legs do not go as recorded."""


class Figure(NamedTuple):
    """good: 1 if more is better, -1 if less is. validity: replayed, it happened so; modelled, the world's laws say so;
    mixed, prices as told and quantities as modelled. assumed: it rests on what nobody recorded.
    """

    name: str
    title: str
    unit: str
    decimals: int
    good: int
    validity: str
    assumed: bool = True


FIGURES: Final = (
    Figure("legs_cancelled", "Legs cancelled", "legs", 0, -1, "replayed", assumed=False),
    Figure("on_time", "On time, day", "%", 1, 1, "modelled"),
    *(Figure(f"on_time_{name}", f"On time, {name}", "%", 1, 1, "modelled") for name in CLASSES),
    Figure("lines_late", "Lines late", "lines", 0, -1, "modelled"),
    Figure("late_p90_min", "Lateness p90", "min", 0, -1, "modelled"),
    Figure("undelivered", "Undelivered", "lines", 0, -1, "modelled"),
    Figure("value_lost", "Value lost", "cents", 0, -1, "mixed"),
    Figure("extra_cost", "Freight and handling", "cents", 0, -1, "mixed"),
    Figure(NET, "Net cost", "cents", 0, -1, "mixed"),
    Figure("churn", "Unforced moves", "moves", 0, -1, "modelled"),
)  # fmt: skip


def figures(week: Week, told: np.ndarray, ended: Fate, day: Day, prices: Prices) -> Score:
    """Every figure of a run."""
    found = score(week, told, day, prices)
    late = late_min(week, ended, day)
    return {
        "legs_cancelled": found["legs_cancelled"],
        "on_time": 100 * found["on_time_ratio"],
        **{f"on_time_{name}": 100 * found[f"on_time_{name}"] for name in CLASSES},
        "lines_late": float((late > 0).sum()),
        "late_p90_min": float(np.percentile(late, 90)) if late.size else 0.0,
        "undelivered": found["undelivered"],
        "value_lost": found["late_cents"] + found["undelivered_cents"],
        "extra_cost": found["freight_cents"] + found["handling_cents"],
        NET: found["cost_cents"],
        "churn": found["moves_voluntary"],
    }


def counted(week: Week, day: Day) -> np.ndarray:
    """Which lines a day is judged by."""
    first, last = day.counted
    which: np.ndarray = (week.lines.placed >= first) & (week.lines.placed < last)
    return which


def late_min(week: Week, ended: Fate, day: Day) -> np.ndarray:
    """Minutes after its promise of each line that is counted, 0 in time; what never comes is late by the week's end."""
    came = np.where(ended.arrived == NOTHING, end(week), ended.arrived)
    late: np.ndarray = np.maximum(came - week.lines.promise, 0)[counted(week, day)] / MINUTE
    return late


def rows(runs: dict[str, list[Score]], looks: Looks, words: frozenset[str]) -> list[dict[str, Any]]:
    """Every figure of each variant against `base`, as far as played; of variants alone where there is no base.

    words: the changes that any variant has.
    """
    return [row(figure, runs, looks, words) for figure in FIGURES]


def row(figure: Figure, runs: dict[str, list[Score]], looks: Looks, words: frozenset[str]) -> dict[str, Any]:
    """One figure."""
    of = {key: [score[figure.name] for score in scores] for key, scores in runs.items()}
    base = of.pop("base", [])
    validity = "mixed" if figure.validity == "replayed" and words & LEGS else figure.validity
    found = figure._asdict() | {"validity": validity, "assumed": figure.assumed or validity != "replayed"}
    if base:
        found["baseline"] = tidy(sum(base) / len(base), figure)
    return found | {"of": {key: one(figure, base, values, looks) for key, values in of.items()}}


def one(figure: Figure, base: list[float], values: list[float], looks: Looks) -> dict[str, Any]:
    """One variant's figure; against the base's where there is one."""
    found: dict[str, Any] = {"value": tidy(sum(values) / len(values), figure), "runs": len(values)}
    if not base:
        return found
    span = looks.span(np.subtract(values, base))
    said = {f"diff_{name}": tidy(value, figure) for name, value in span._asdict().items() if value is not None}
    return found | {name.replace("_low", "_lo").replace("_high", "_hi"): value for name, value in said.items()}


def tidy(value: float, figure: Figure) -> float:
    """A figure with as many digits as anybody looks at; money in whole cents."""
    return round(value) if figure.unit == "cents" else round(value, figure.decimals + 2)
