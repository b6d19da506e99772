"""Alarm figures after ISA 18.2 and EEMUA 191, of deviations one by one and of the incidents that they become."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from simulators.bench.detect_storm import CHANGED, OPENED, Storm
from simulators.bench.figures import Row, row
from tower import clock

TEN_MIN: Final = 10 * clock.MINUTE
FLOOD: Final = 10
"""More alarms than that in ten minutes are a flood (EEMUA 191)."""
CHATTER, CHATTER_MS = 3, 10 * clock.MINUTE
STALE: Final = clock.DAY
PEAK: Final = clock.DAY
LOAD_TARGET, FLOOD_TARGET, COMPRESSION = 1.0, 0.001, 0.85


def rows(storm: Storm) -> Iterator[Row]:
    """What an operator would have been told, beside what he would be without incidents."""
    deviations = np.concatenate(storm.deviations)
    opened = deviations[deviations["status"] == OPENED]
    alone, joined, incidents = told(deviations), rises(storm), began(storm)
    load = f"{opened.size} deviations in {incidents} incidents, one operator; told when they open or get worse"
    peer = "deviations one by one"
    yield row("detect", "alarms in 10 min, mean", mean(joined, storm), "alarms", "low", load, peer=peer,
              against=mean(alone, storm))  # fmt: skip
    yield row("detect", "alarms in 10 min, without the storm's worst day", calm(joined, storm), "alarms", "low", load,
              peer=peer, against=calm(alone, storm), target=LOAD_TARGET)  # fmt: skip
    yield row("detect", "alarms in 10 min, most", float(periods(joined, storm).max()), "alarms", "low", load,
              peer=peer, against=float(periods(alone, storm).max()))  # fmt: skip
    yield row("detect", "time in flood", flood(joined, storm), "share", "low", load, peer=peer,
              against=flood(alone, storm), target=FLOOD_TARGET)  # fmt: skip
    yield row("detect", "deviations that join an incident that is told already", 1 - incidents / opened.size, "share",
              "high", load, target=COMPRESSION)  # fmt: skip
    yield from habits(deviations, opened, storm)


def habits(deviations: np.ndarray, opened: np.ndarray, storm: Storm) -> Iterator[Row]:
    """How deviations behave."""
    load = f"{opened.size} deviations"
    yield row("detect", "chattering: open three times in 10 min", float(chattering(opened)), "subjects", "low", load)
    yield row("detect", "stale: open for more than a day", float(stale(deviations, storm.end)), "deviations", "low",
              load)  # fmt: skip
    top = Counter(zip(opened["kind"].tolist(), opened["site"].tolist(), strict=True)).most_common(10)
    yield row("detect", "the ten most frequent, by kind and site", sum(n for _, n in top) / opened.size, "share",
              "low", load)  # fmt: skip
    for severity, name in enumerate(("advisory", "warning", "critical"), 1):
        yield row("detect", f"opened as {name}", float((opened["severity"] == severity).mean()), "share",
                  "high" if severity == 1 else "low", load)  # fmt: skip


def began(storm: Storm) -> int:
    """How many incidents there were."""
    return len({int(key) for _, part in storm.incidents for key in part["key"]})


def told(deviations: np.ndarray) -> np.ndarray:
    """When a deviation opens, or becomes more severe."""
    severity, found = dict[int, int](), list[int]()
    for key, status, worse, at in deviations[["id", "status", "severity", "at"]].tolist():
        if status <= CHANGED and worse > severity.get(key, 0):
            found.append(at)
        severity[key] = worse
    return np.array(found, "i8")


def rises(storm: Storm) -> np.ndarray:
    """When an incident begins, or its worst deviation becomes worse than any it has had."""
    severity, found = dict[int, int](), list[int]()
    for now, part in storm.incidents:
        for key, worse in part[["key", "severity"]].tolist():
            if worse > severity.get(key, 0):
                found.append(now)
                severity[key] = worse
    return np.array(found, "i8")


def periods(moments: np.ndarray, storm: Storm) -> np.ndarray:
    """How many fall into each ten minutes of the week."""
    start = int(storm.deviations[0]["at"][0]) // TEN_MIN
    counts: np.ndarray = np.bincount(moments // TEN_MIN - start, minlength=storm.end // TEN_MIN - start + 1)
    return counts


def mean(moments: np.ndarray, storm: Storm) -> float:
    """In the mean of the week."""
    return float(periods(moments, storm).mean())


def calm(moments: np.ndarray, storm: Storm) -> float:
    """In the mean of what is left of the week without the day in which most opened."""
    counts, day = periods(moments, storm), PEAK // TEN_MIN
    if counts.size <= day:
        return float(counts.mean())
    sums = np.convolve(counts, np.ones(day), "valid")
    return float((counts.sum() - sums.max()) / (counts.size - day))


def flood(moments: np.ndarray, storm: Storm) -> float:
    """The share of ten minutes that had more than anybody can take in."""
    return float((periods(moments, storm) > FLOOD).mean())


def chattering(opened: np.ndarray) -> int:
    """Subjects of a kind that opened three times within ten minutes."""
    order = np.lexsort((opened["at"], opened["subject"], opened["kind"]))
    kind, subject, at = (opened[name][order] for name in ("kind", "subject", "at"))
    same = (kind[2:] == kind[:-2]) & (subject[2:] == subject[:-2]) & (at[2:] - at[:-2] <= CHATTER_MS)
    return len(set(zip(kind[2:][same].tolist(), subject[2:][same].tolist(), strict=True)))


def stale(deviations: np.ndarray, end: int) -> int:
    """Deviations that were open for more than a day."""
    first, last = dict[int, int](), dict[int, int]()
    for key, status, at in deviations[["id", "status", "at"]].tolist():
        (first if status == OPENED else last if status > 1 else {}).setdefault(key, at)
    return sum(last.get(key, end) - at > STALE for key, at in first.items())
