"""Faults put into simulated counts: how many are found, how soon, and how often there was nothing to find.

Counts are Poisson by quarter of an hour, with a day and a week in their rate. Each site is watched for five weeks by
the production kernels (`operators.expect.flows`), which learn what is usual from it; then each fault begins at an hour
of its own. Beside them, on the same expectation: a fixed z-score, and River's Page-Hinkley and ADWIN on residuals.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from river import drift

from operators.expect import flows
from operators.expect.usual import BIN, DAY_BINS
from simulators.bench.figures import Row, row
from tower.table import kernel

RATES: Final = (20.0, 5.0)
"""Counts a quarter of an hour, in the mean of a week."""
WARM: Final = 35 * DAY_BINS
CALM: Final = 60 * DAY_BINS
WATCHED: Final = 2 * DAY_BINS
"""A fault that has not been found in two days is not found."""
SITES, PLACES = 12, 6
START: Final = 1_360_108_800_000
SEED: Final = 20130208
FAULTS: Final[dict[str, Callable[[np.ndarray], np.ndarray]]] = {
    "outage": lambda bins: np.full(bins.size, 0.1), "silence": lambda bins: np.zeros(bins.size),
    "x2": lambda bins: np.full(bins.size, 2.0), "x1.5": lambda bins: np.full(bins.size, 1.5),
    "-30 %": lambda bins: np.full(bins.size, 0.7), "slow drift": lambda bins: 1.0 + np.minimum(bins / DAY_BINS, 1.0),
}  # fmt: skip
"""What the rate is multiplied by, by quarters of an hour since the fault began; a slow drift doubles in a day."""
SOON: Final = ("outage", "x2")
FOUND, SOON_BINS, SOON_FROM, FALSE = 0.95, 2, 20.0, 1.0
"""What is to be found so soon is asked of the larger rate: at five a bin two bins hold too little to tell."""
Z: Final = 3.58
"""Two-sided, once in 30 days of quarters of an hour."""


class Watch(NamedTuple):
    """What one detector does with a stretch of counts: the bins in which it opens an alarm."""

    name: str
    openings: Callable[[np.ndarray, np.ndarray], list[int]]


@kernel
def play(flow: Any, counts: Any, start: int, opened: Any, expected: Any) -> None:
    """Take in a site's counts from the quarter of an hour that begins at `start`; mark those in which it opens."""
    for i in range(counts.size):
        before = flow.shift
        flow.count = counts[i]
        flows.end_bin(flow, start + (i + 1) * BIN)
        expected[i] = flow.usual
        opened[i] = flow.shift != 0.0 and before == 0.0


def run(*, quick: bool = False) -> list[Row]:
    """A row for each fault and rate, and one for false alarms, each beside its peers."""
    sites, places = (2, 1) if quick else (SITES, PLACES)
    return [figure for rate in RATES for figure in at_rate(rate, sites, places, CALM // 10 if quick else CALM)]


def at_rate(rate: float, sites: int, places: int, calm: int) -> Iterator[Row]:
    """The rows of one rate."""
    draw = np.random.default_rng(SEED)
    found: dict[tuple[str, str], list[int]] = {}
    false: dict[str, int] = {}
    for _ in range(sites):
        site = Site(rate, draw)
        for name, openings in site.calm(calm).items():
            false[name] = false.get(name, 0) + openings
        for fault, shape in FAULTS.items():
            for _ in range(places):
                for name, delay in site.fault(shape).items():
                    found.setdefault((fault, name), []).append(delay)
    for fault in FAULTS:
        yield from told(fault, rate, found)
    yield from silence(rate, false, sites * calm / (30 * DAY_BINS))


def told(fault: str, rate: float, found: dict[tuple[str, str], list[int]]) -> Iterator[Row]:
    """How many of one kind were found, and how soon."""
    own = found[fault, OURS]
    load = f"{len(own)} faults, {rate:g} a bin of 15 min"
    for peer in PEERS:
        theirs = found[fault, peer.name]
        yield row("detect", f"{fault}, {rate:g} a bin: found", share(own), "share", "high", load, peer=peer.name,
                  against=share(theirs), target=FOUND)  # fmt: skip
        soon = SOON_BINS if fault in SOON and rate >= SOON_FROM else None
        yield row("detect", f"{fault}, {rate:g} a bin: median delay", delay_of(own), "bins", "low", load,
                  peer=peer.name, against=delay_of(theirs), target=soon)  # fmt: skip


def silence(rate: float, false: dict[str, int], months: float) -> Iterator[Row]:
    """How often there was nothing to find."""
    for peer in (name for name in false if name != OURS):
        yield row("detect", f"nothing wrong, {rate:g} a bin: false alarms", false[OURS] / months,
                  "a site in 30 days", "low", f"{months:.0f} months of sites", peer=peer, against=false[peer] / months,
                  target=FALSE)  # fmt: skip


def share(delays: list[int]) -> float:
    """Of all, those that were found."""
    return sum(delay > 0 for delay in delays) / len(delays)


def delay_of(delays: list[int]) -> float:
    """The middle one, those that were not found counted as the longest."""
    return float(np.median([delay if delay > 0 else WATCHED for delay in delays]))


class Site:
    """One site, known for five weeks."""

    def __init__(self, rate: float, draw: np.random.Generator) -> None:
        self.rate, self.draw = rate, draw
        self.flow, self.at = flows.FLOW.copy(), 0
        self._expected = self._play(self.flow, self._counts(WARM))[1]

    def calm(self, bins: int) -> dict[str, int]:
        """Alarms while nothing is wrong, by detector."""
        counts = self._counts(bins)
        opened, expected = self._play(self.flow, counts)
        self.at += bins
        return {OURS: int(opened.sum()), **{w.name: len(w.openings(counts, expected)) for w in PEERS}}

    def fault(self, shape: Callable[[np.ndarray], np.ndarray]) -> dict[str, int]:
        """In which bin of a fault each detector finds it; 0: in none. It begins at any hour of a week."""
        lead = int(self.draw.integers(DAY_BINS, 8 * DAY_BINS))
        bins = np.arange(lead + WATCHED) - lead
        counts = self._counts(bins.size, np.where(bins < 0, 1.0, shape(np.maximum(bins, 0))))
        opened, expected = self._play(self.flow.copy(), counts)
        told = {OURS: np.flatnonzero(opened).tolist(), **{w.name: w.openings(counts, expected) for w in PEERS}}
        return {name: next((b - lead + 1 for b in bins if b >= lead), 0) for name, bins in told.items()}

    def _counts(self, bins: int, times: np.ndarray | float = 1.0) -> np.ndarray:
        """Counts from now on, the rate being multiplied: a day between a third and five thirds, and quiet weekends."""
        bin_ = self.at + np.arange(bins)
        hour = bin_ * BIN / 3_600_000 + START / 3_600_000
        rate = self.rate * (1 - 2 / 3 * np.cos(2 * np.pi * hour / 24)) * np.where(hour // 24 % 7 < 2, 0.7, 1.12)
        return self.draw.poisson(rate * times)

    def _play(self, flow: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        opened, expected = np.zeros(counts.size, "u1"), np.zeros(counts.size)
        play(flow[0], counts, START + self.at * BIN, opened, expected)
        if flow is self.flow and self.at == 0 and counts.size == WARM:
            self.at = WARM
        return opened, expected


def by_z(counts: np.ndarray, expected: np.ndarray) -> list[int]:
    """A bin too far from what is usual, where the one before was not."""
    odd = np.abs(counts - expected) > Z * np.sqrt(np.maximum(expected, 1.0))
    return np.flatnonzero(odd & ~np.concatenate([[False], odd[:-1]])).tolist()


def by_drift(make: Callable[[], Any]) -> Callable[[np.ndarray, np.ndarray], list[int]]:
    """One of River's detectors on residuals in standard deviations."""

    def openings(counts: np.ndarray, expected: np.ndarray) -> list[int]:
        watch, found = make(), []
        for i, z in enumerate(((counts - expected) / np.sqrt(np.maximum(expected, 1.0))).tolist()):
            watch.update(z)
            if watch.drift_detected:
                found.append(i)
        return found

    return openings


OURS: Final = "ours"
PEERS: Final = (
    Watch("z-score 3.58", by_z), Watch("River ADWIN", by_drift(drift.ADWIN)),
    Watch("River PageHinkley(20, .25)", by_drift(lambda: drift.PageHinkley(threshold=20, delta=0.25))),
)  # fmt: skip
