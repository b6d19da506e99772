"""Situations: what is known of a leg is what a naive look at all that happened before gives."""

import math

import numpy as np
import pytest

from operators.predict import cuts, following, kept, questions, situation
from operators.predict.situation import AT, SIGNALS
from simulators.bench import predict, predict_models, predict_set

FLOWN = predict.made(1_500, seed=9)
ORDER = predict_set.order(FLOWN, questions.DEPARTED)
SIGNALS_OF = predict_models.watched(FLOWN, ORDER, questions.DEPARTED)


def before(i: int, kind: int) -> list[int]:
    """The legs of which that had happened when i was asked about."""
    at = np.flatnonzero((ORDER.kinds == following.ASKED) & (ORDER.rows == i))[0]
    return ORDER.rows[:at][ORDER.kinds[:at] == kind].tolist()


def same(i: int, *fields: str) -> list[bool]:
    columns = [getattr(FLOWN.leg, field) for field in fields]
    return [all(column[j] == column[i] for column in columns) for j in range(len(FLOWN.late))]


@pytest.mark.parametrize("i", [200, 700, 1_100, 1_400])
def test_overdue_legs_are_counted_without_the_one_asked_about(i: int) -> None:
    moment, plan = FLOWN.departed[i], FLOWN.leg.dep_planned
    left = set(before(i, following.DEPARTED))
    waits = [j for j in range(len(plan)) if j != i and j not in left and plan[j] <= moment <= plan[j] + 240
             and not FLOWN.departed[j] <= plan[j]]  # one that never left waits too, until it is given up
    for name, fields in (("overdue_n", ()), ("overdue_origin_n", ("origin",)), ("overdue_dest_n", ("dest",)),
                         ("overdue_carrier_n", ("carrier", "origin"))):  # fmt: skip
        alike = same(i, *fields)
        found = [moment - plan[j] for j in waits if alike[j]]
        assert SIGNALS_OF[i, AT[name]] == len(found)
        assert SIGNALS_OF[i, AT[name] + 1] == pytest.approx(np.mean(found) if found else 0)


@pytest.mark.parametrize("i", [300, 901, 1_450])
def test_series_and_recent_sums_are_those_of_what_happened_before(i: int) -> None:
    alike, mean = same(i, "carrier"), 0.0
    for n, j in enumerate([j for j in before(i, following.ARRIVED) if alike[j]], 1):
        mean += max(0.02, 1 / (n + 3)) * (min(max(FLOWN.late[j], -60), 240) - mean)
    assert SIGNALS_OF[i, AT["arr_carrier"]] == pytest.approx(mean)
    here = [j for j in before(i, following.DEPARTED) if same(i, "origin")[j]]
    faded = [math.exp((FLOWN.departed[j] - FLOWN.departed[i]) / 45) for j in here]
    late = [min(max(FLOWN.dep_late[j], -30), 240) for j in here]
    assert SIGNALS_OF[i, AT["recent_origin_n"]] == pytest.approx(sum(faded))
    assert SIGNALS_OF[i, AT["recent_origin"]] == pytest.approx(np.dot(late, faded) / (sum(faded) + 0.1))


def test_the_aircraft_is_followed() -> None:
    found = SIGNALS_OF[:, AT["inbound_known"]]
    assert set(found[~np.isnan(found)]) == {0, 1, 2}
    for i in np.flatnonzero(found == 1)[:20].tolist():
        came = [j for j in before(i, following.ARRIVED) if FLOWN.leg.vehicle[j] == FLOWN.leg.vehicle[i]]
        assert SIGNALS_OF[i, AT["inbound_late_min"]] == FLOWN.late[came[-1]]


def test_a_restored_situation_goes_on_bit_for_bit() -> None:
    half, told = len(ORDER.rows) // 2, []
    for stop in (False, True):
        s, signals = situation.empty(1 << 12), np.full((len(FLOWN.late), len(SIGNALS)), np.nan)
        for part in (slice(0, half), slice(half, None)):
            following.watch(ORDER.moments[part], ORDER.kinds[part], ORDER.rows[part], FLOWN.leg, FLOWN.late,
                            FLOWN.dep_late, FLOWN.planned, ORDER.known_weather, True, s, signals)  # fmt: skip
            s = kept.to_situation(kept.of_situation(s)) if stop else s
        told.append(signals.tobytes() + kept.of_situation(s))
    assert told[0] == told[1]


def test_every_signal_is_cut_and_unknown_is_a_bin_of_its_own() -> None:
    assert len(SIGNALS) == SIGNALS_OF.shape[1] == len(questions.EDGES)
    assert not np.isnan(SIGNALS_OF[1_000, : AT["inbound_known"]]).any()
    edges = np.array([0.0, 1.0, 5.0])
    assert [cuts.code_of_number(v, edges, 3) for v in (-9.0, 0.0, 0.5, 5.0, 99.0, math.nan)] == [1, 2, 2, 4, 4, 0]
    assert cuts.code_of_id(0) == 0
    assert 1 <= cuts.code_of_id(-(1 << 62)) <= 65_521
