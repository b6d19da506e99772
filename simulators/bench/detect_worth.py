"""What each kind of deviation was worth: whether a promise was missed after it, and how long before it was said.

A deviation is about lines: its own, those on its leg, to its site, on what leaves its site or goes with its carrier
within twelve hours, or, of stock, those of its article that have no goods then or are ordered within twelve hours. It
was right if one of them, whose promise lay ahead, missed it. Of a miss the warning is the time from the first deviation
about the line to its promise. Kinds about legs are also held against what they say: that the leg comes a quarter of an
hour late or more, or never; `stock.running_out` too: that by when more comes there was too little.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from simulators.bench.detect_storm import Storm
from simulators.bench.figures import Row, row
from tower import clock

WARNING_MIN, RIGHT = 90.0, 0.6
LATE_MIN: Final = 15.0
SAYING: Final = ("leg.late", "leg.overdue")
"""Kinds that say that a leg will be late."""
LEADS: Final = ("line.at_risk", "line.stranded")
"""Kinds about single promises."""


def rows(storm: Storm) -> Iterator[Row]:
    """Precision and warning of each kind that spoke of lines, then of all kinds together."""
    missed = misses(storm)
    ahead = [line for line, promise in storm.promised.items() if 0 <= promise <= storm.end]
    base = len(missed) / max(len(ahead), 1)
    by_kind = defaultdict[str, list[tuple[int, list[int]]]](list)
    for at, kind, lines in storm.openings:
        if open_lines := [line for line in lines if storm.promised.get(line, -1) > at]:
            by_kind[kind].append((at, open_lines))
    for kind, openings in sorted(by_kind.items()):
        yield from worth(kind, openings, missed, base)
    for kind in SAYING:
        yield from came_true(kind, storm)
    if gone := storm.shelves.came_true(storm.end):
        yield row("detect", "stock.running_out: what it says came true", sum(gone) / len(gone), "share", "high",
                  f"{len(gone)} times", target=RIGHT)  # fmt: skip
    yield from together([opening for kind in LEADS for opening in by_kind.get(kind, [])], missed)


def misses(storm: Storm) -> dict[int, int]:
    """The lines whose promise was missed within the week, with the promise."""
    return {line: promise for line, promise in storm.promised.items()
            if 0 <= promise <= storm.end and line not in storm.cancelled
            and not 0 <= storm.delivered[line] <= promise}  # fmt: skip


def worth(kind: str, openings: list[tuple[int, list[int]]], missed: dict[int, int], base: float) -> Iterator[Row]:
    """How often it was right, and how early."""
    right = [at for at, lines in openings if any(line in missed for line in lines)]
    load = f"{len(openings)} openings about promises that lay ahead"
    yield row("detect", f"{kind}: precision", len(right) / len(openings), "share", "high", load,
              peer="promises missed, of all", against=base, target=RIGHT)  # fmt: skip
    if early := warnings(openings, missed):
        yield row("detect", f"{kind}: warning", statistics.median(early), "min", "high",
                  f"first of its kind about each of {len(early)} missed promises", target=WARNING_MIN)  # fmt: skip


def together(openings: list[tuple[int, list[int]]], missed: dict[int, int]) -> Iterator[Row]:
    """How many missed promises were told of before, by a deviation of the line itself."""
    if missed:
        early = warnings(openings, missed)
        yield row("detect", "missed promises told of before, by line", len(early) / len(missed), "share", "high",
                  f"{len(missed)} missed")  # fmt: skip
    if missed and early:
        yield row("detect", "from the first word to a missed promise", statistics.median(early), "min", "high",
                  f"median of {len(early)}", target=WARNING_MIN)  # fmt: skip


def came_true(kind: str, storm: Storm) -> Iterator[Row]:
    """How often a leg of which it was said came late or never, and how long before that was known; of legs that did."""
    said = {leg: at for at, named, leg in reversed(storm.words) if named == kind and leg in storm.came}
    if not said:
        return
    late = [late >= LATE_MIN for late, _ in storm.came.values()]
    right = [leg for leg in said if storm.came[leg][0] >= LATE_MIN]
    yield row("detect", f"{kind}: what it says came true", len(right) / len(said), "share", "high",
              f"{len(said)} legs", peer="legs 15 min late or cancelled, of all", against=sum(late) / len(late),
              target=RIGHT)  # fmt: skip
    yield row("detect", f"{kind}: of such legs told of before", len(right) / max(sum(late), 1), "share", "high",
              f"{sum(late)} legs")  # fmt: skip
    if right:
        early = [(storm.came[leg][1] - said[leg]) / clock.MINUTE for leg in right]
        yield row("detect", f"{kind}: before it came or was cancelled", statistics.median(early), "min", "high",
                  f"median of {len(right)} legs")  # fmt: skip


def warnings(openings: list[tuple[int, list[int]]], missed: dict[int, int]) -> list[float]:
    """Minutes from the first deviation about each missed promise to that."""
    first = dict[int, int]()
    for at, lines in sorted(openings, key=lambda opening: opening[0]):
        for line in lines:
            if line in missed:
                first.setdefault(line, at)
    return [(missed[line] - at) / clock.MINUTE for line, at in first.items()]
