"""Forecasts: the compiled and the plain are equal; explanations add up; bands cover, and say when they cannot."""

import numpy as np
import pytest

from operators.predict import cancel, following, forecast, kept, plain
from operators.predict.forecast import ISSUED
from operators.predict.questions import COLUMNS, DEPARTED, GROUPS
from tests.operators.predict.rows import Rows, made, part, played
from tower.errors import FormatError

AT = {name: number for number, name in enumerate(ISSUED)}


def test_the_plain_twin_issues_the_same_numbers() -> None:
    rows, twin = made(900), plain.Plain(DEPARTED, bits=12)
    compiled = played(rows, forecast.empty(DEPARTED, 12))
    told: dict[int, list[float]] = {}
    for kind, i in zip(rows.kinds.tolist(), rows.rows.tolist(), strict=True):
        row = rows.codes[i].tolist(), float(rows.base[i]), int(rows.carrier[i]), float(rows.clock_min[i])
        if kind == following.ASKED:
            told[i] = twin.issue(*row)
        else:
            twin.release(*row, float(rows.labels[i]), told[i])
    assert np.array([told[i] for i in range(900)]).tobytes() == compiled.tobytes()
    assert set(compiled[:, AT["why"]]) >= {forecast.FEW, forecast.SURE, forecast.BLIND, forecast.MISSING}


def test_what_groups_add_is_the_whole_difference_from_the_base() -> None:
    rows, f, room = made(900), forecast.empty(DEPARTED, 12), forecast.room(DEPARTED)
    played(rows, f)
    issued = np.zeros(len(ISSUED))
    for i in (3, 500, 899):
        forecast.issue(f, rows.codes[i], 12.0, int(rows.carrier[i]), float(rows.clock_min[i]), room, issued)
        for head in range(3):
            total = 12.0
            for group in range(len(GROUPS)):
                total += room.tiles.parts[group, head]
            assert issued[head] == total
        assert np.count_nonzero(room.tiles.parts[:, 1]) == len(GROUPS)


def test_nine_of_ten_labels_lie_in_their_bands_and_bands_are_in_order() -> None:
    rows = made(9_000, seed=8)
    issued = played(rows, forecast.empty(DEPARTED))
    told = ~np.isnan(issued[:, AT["p50"]])
    low, middle, high = (issued[told, AT[name]] for name in ("p05", "p50", "p95"))
    assert ((low <= middle) & (middle <= high)).all()
    known = told & ~np.isnan(rows.labels) & (np.arange(9_000) > 4_000)
    inside = (issued[known, AT["p05"]] <= rows.labels[known]) & (rows.labels[known] <= issued[known, AT["p95"]])
    assert inside.mean() == pytest.approx(0.9, abs=0.015)
    chance, late = issued[known, AT["p_late"]], rows.labels[known] > 15
    assert chance.mean() == pytest.approx(late.mean(), abs=0.02)
    assert ((chance - late) ** 2).mean() < 0.5 * late.var()


def test_a_band_that_was_too_narrow_widens_until_it_covers_again() -> None:
    rows = made(9_000, seed=8)
    wild = rows.labels.copy()
    wild[5_000:] += np.random.default_rng(1).normal(0, 40, 4_000)
    issued = played(rows._replace(labels=wild), forecast.empty(DEPARTED))
    last = np.flatnonzero(~np.isnan(wild) & ~np.isnan(issued[:, AT["p05"]]))[-1500:]
    inside = (issued[last, AT["p05"]] <= wild[last]) & (wild[last] <= issued[last, AT["p95"]])
    assert inside.mean() > 0.85


def width(issued: np.ndarray) -> float:
    return float(issued[AT["p95"]] - issued[AT["p05"]])


def asked(f: forecast.Forecast, codes: np.ndarray, base: float = 5.0) -> np.ndarray:
    issued = np.zeros(len(ISSUED))
    forecast.issue(f, codes, base, 1, 600.0, forecast.room(DEPARTED), issued)
    return issued


def test_before_enough_labels_it_abstains_and_says_so() -> None:
    issued = asked(forecast.empty(DEPARTED, 12), made(1).codes[0])
    assert np.isnan(issued[AT["p05"] : AT["why"]]).all()
    assert forecast.REASONS[int(issued[AT["why"]])] == "too few labels"


def test_doubt_widens_and_blindness_abstains() -> None:
    rows, f = made(1_500), forecast.empty(DEPARTED)
    played(rows, f)
    codes = rows.codes[1_000]
    without_carrier, strange, blind = codes.copy(), codes.copy(), np.zeros_like(codes)
    without_carrier[COLUMNS["carrier"]] = 0
    strange[: len(codes) // 4] = 77
    assert [asked(f, c)[AT["why"]] for c in (codes, without_carrier, strange, blind)] == [
        forecast.SURE, forecast.MISSING, forecast.UNSEEN, forecast.BLIND]  # fmt: skip
    assert width(asked(f, without_carrier)) > width(asked(f, codes))
    assert np.isnan(width(asked(f, blind)))
    assert asked(f, codes, float("nan"))[AT["why"]] == forecast.BLIND


def test_nothing_is_learned_from_what_is_no_label() -> None:
    rows, f = made(700), forecast.empty(DEPARTED, 12)
    played(rows, f)
    before = kept.of_forecast(f, DEPARTED)
    room, issued = forecast.room(DEPARTED), asked(f, rows.codes[9])
    forecast.release(f, rows.codes[9], 5.0, 1, 600.0, float("nan"), room, issued)
    forecast.release(f, rows.codes[9], float("nan"), 1, 600.0, 4.0, room, issued)
    assert kept.of_forecast(f, DEPARTED) == before
    forecast.release(f, rows.codes[9], 5.0, 1, 600.0, 1e12, room, issued)
    assert np.abs(f.weights[..., 0]).max() < 100


@pytest.fixture(scope="module")
def halves() -> tuple[Rows, Rows]:
    rows = made(1_600, seed=4)
    return part(rows, slice(0, 1_700)), part(rows, slice(1_700, None))


def test_a_restored_forecast_goes_on_bit_for_bit(halves: tuple[Rows, Rows]) -> None:
    straight = forecast.empty(DEPARTED, 13)
    played(halves[0], straight)
    data = kept.of_forecast(straight, DEPARTED)
    again = kept.to_forecast(data, DEPARTED)
    assert kept.of_forecast(again, DEPARTED) == data
    assert played(halves[1], straight).tobytes() == played(halves[1], again).tobytes()
    assert kept.of_forecast(again, DEPARTED) == kept.of_forecast(straight, DEPARTED)


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: b"\0" * 40,
                                    lambda d: d.replace(b'"version": 1', b'"version": 2')])  # fmt: skip
def test_other_bytes_are_refused(change: object) -> None:
    data = kept.of_forecast(forecast.empty(DEPARTED, 8), DEPARTED)
    with pytest.raises(FormatError):
        kept.to_forecast(change(data), DEPARTED)  # type: ignore[operator]


@pytest.mark.parametrize("short", ["slopes", "seen", "total"])
def test_what_was_learned_of_fewer_signals_or_series_is_refused(short: str) -> None:
    known = cancel.empty(64)
    fewer = known._replace(**{short: getattr(known, short)[:-1]})
    assert kept.to_plain(kept.of_plain(known, "fate"), "fate", cancel.empty(64)).seen.tolist() == known.seen.tolist()
    with pytest.raises(FormatError, match="another layout"):
        kept.to_plain(kept.of_plain(fewer, "fate"), "fate", cancel.empty(64))
