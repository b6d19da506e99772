"""Clocks against the standard library's, at gaps and folds too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from simulators.recorded import zones

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["America/New_York", "America/Phoenix", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu",
         "Africa/Casablanca", "America/Puerto_Rico"]  # fmt: skip


def moments(seed: int = 7) -> np.ndarray:
    """Minutes all over 1999..2014, and each quarter of an hour of the weeks of 2013 in which clocks are changed."""
    spread = np.random.default_rng(seed).integers(15_250_000, 23_300_000, 2000)
    weeks = [np.arange(start, start + 31 * 1440, 15) for start in (22_713_120, 23_015_520)]
    return np.concatenate([spread, *weeks]).astype("f8")


def wall(minute: float, zone: str, fold: int = 0) -> datetime:
    return datetime(1970, 1, 1, tzinfo=ZoneInfo(zone), fold=fold) + timedelta(minutes=minute)


@pytest.mark.parametrize("zone", ZONES)
def test_local_clocks_are_what_the_standard_library_makes_of_them(zone: str) -> None:
    local = moments()
    expected = [(wall(m, zone).astimezone(UTC) - EPOCH) / timedelta(minutes=1) for m in local.tolist()]
    assert zones.to_utc(local, zone).tolist() == expected


@pytest.mark.parametrize("zone", ZONES)
def test_utc_comes_back_from_the_clock_it_shows(zone: str) -> None:
    utc = moments()
    assert zones.to_utc_near(zones.to_local(utc, zone), zone, near=utc).tolist() == utc.tolist()


def test_what_a_clock_shows_twice_is_the_moment_nearer_to_what_is_expected() -> None:
    half_past_one = np.full(2, 23_057_280.0 + 90)  # 3 November 2013, 01:30
    both = zones.to_utc(half_past_one, "America/New_York") + np.array([0, 60])
    assert zones.to_utc_near(half_past_one, "America/New_York", near=both).tolist() == both.tolist()


def test_what_is_not_known_stays_unknown() -> None:
    nothing = np.array([np.nan])
    assert np.isnan(zones.to_utc(nothing, "Europe/London")).all()
    assert np.isnan(zones.to_local(nothing, "Europe/London")).all()


def test_a_clock_is_found_on_the_nearest_day() -> None:
    near = np.array([1439.0, 1441.0, 720.0])
    assert zones.nearest(np.array([10.0, 1430.0, 719.0]), near).tolist() == [1450.0, 1430.0, 719.0]
