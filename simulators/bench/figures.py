"""Figures: how a bench tells one, and how CPU time is taken on a machine that others use too."""

import gc
import os
import statistics
from collections.abc import Callable, Sequence
from typing import Any, Literal

from tower import clock

Row = dict[str, Any]
Work = Callable[[], object]


def row(
    bench: str, name: str, value: float, unit: str, better: Literal["high", "low"], load: str, *,
    peer: str = "", against: float | None = None, target: float | None = None, of: Literal["value", "ratio"] = "value",
) -> Row:  # fmt: skip
    """One figure. `against` is the peer's value, the ratio is ours to it; the target is for the value or the ratio."""
    ratio = value / against if against else None
    judged = value if of == "value" else ratio
    met = None if target is None or judged is None else judged >= target if better == "high" else judged <= target
    return {
        "bench": bench, "name": name, "value": short(value), "unit": unit, "better": better, "peer": peer or None,
        "peer_value": short(against), "ratio": short(ratio), "target": target, "met": met, "load": load,
    }  # fmt: skip


def short(value: float | None) -> float | None:
    """Four digits are more than a shared machine can promise."""
    return None if value is None else float(f"{value:.4g}")


def medians(works: Sequence[Work], rounds: int) -> list[float]:
    """CPU seconds of each, the median of some rounds in which they take turns; each was run once before.

    Taking turns, what else the machine does falls on all of them alike: compare them, not runs.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, spans in zip(works, taken, strict=True):
            spans.append(cpu_s(work))
    return [statistics.median(spans[1:]) for spans in taken]


def cpu_s(work: Work) -> float:
    """CPU seconds of one call, without the collection of what others left."""
    gc.collect()
    start = clock.cpu_s()
    work()
    return clock.cpu_s() - start


def environment() -> str:
    """The machine, as a line: processor, cores, Python, load."""
    import platform

    cores, loads = os.cpu_count(), " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{processor()}, {cores} cores, Python {platform.python_version()}, load {loads}"


def busy() -> str:
    """How much the machine had to do in the last minute, everything counted: what waiting times depend on."""
    return f"machine load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else "unknown processor"
