"""Benches: figures, each beside a peer or a bound in the same run, one file each, listed in ALL."""

import difflib
import importlib
from collections.abc import Iterable
from typing import Any, Final

from tower.errors import UsageError

ALL: Final = ("spine", "replay", "latency", "idle", "start", "decode", "logs", "kafka", "sinks", "feed", "storm",
              "plan", "predict", "detect")  # fmt: skip
"""In the order in which they run when none is named."""
SHORTENED: Final = ("spine", "replay", "latency", "idle", "start", "feed", "storm", "plan", "predict", "detect")
"""Those whose `run` takes `quick`."""
PLAYING: Final = ("replay", "predict", "detect")
"""Those whose `run` takes `data`, the path of a data set."""
THOROUGH: Final = ("predict",)
"""Those whose `run` takes `thorough`: peers that take many minutes."""
COLUMNS: Final = (
    "bench", "name", "value", "unit", "better", "peer", "peer_value", "ratio", "target", "met", "load",
)  # fmt: skip
"""What every figure says of itself, as `towerctl bench --json` promises."""


def run(
    name: str, *, quick: bool = False, data: str | None = None, thorough: bool = False
) -> list[dict[str, Any]]:  # fmt: skip
    """The figures of one bench; `quick` takes seconds and proves nothing, `data` is a data set for those that play one,
    `thorough` runs the slowest peers too.

    Raises UsageError.
    """
    known([name])
    if data is not None and name not in PLAYING:
        raise UsageError(f"bench {name}: plays no data set (got --data {data})", f"bench {PLAYING[0]} --data {data}")
    bench = importlib.import_module(f"simulators.bench.{name}")
    options = {"quick": quick} if name in SHORTENED else {}
    if thorough and name in THOROUGH:
        options["thorough"] = True
    rows: list[dict[str, Any]] = bench.run(**options, **({"data": data} if data is not None else {}))
    return rows


def known(names: Iterable[str]) -> list[str]:
    """The names, or all where there are none. Raises UsageError that names the nearest."""
    wanted = list(names)
    for name in wanted:
        if name not in ALL:
            near = difflib.get_close_matches(name, ALL, n=1)
            raise UsageError(f"bench: no such bench (got {name})", f"one of: {', '.join(near or ALL)}")
    return wanted or list(ALL)
