"""Start: from nothing but an inbox to the first outcome, beside what Python and Bytewax take to start nothing.

And, unless it has to be quick, from a bare clone: `clone.py`.
"""

import subprocess
import sys
import tempfile
from typing import Final

from simulators.bench import clone
from simulators.bench.figures import Row, busy, row
from simulators.bench.pair import first_outcome, pair, said
from tower import clock

ROUNDS: Final = 3
TARGET_S: Final = 5.0
"""What a kill may cost is what a start costs."""
NOTHING: Final = "import bytewax.dataflow, bytewax.operators, numba, numpy"


def run(*, quick: bool = False) -> list[Row]:
    """The best of some: the first may have to compile."""
    rounds = 1 if quick else ROUNDS
    ours, bare = min(started() for _ in range(rounds)), min(imported() for _ in range(rounds))
    load = f"ingest and control together, kernels compiled before, best of {rounds}, {busy()}"
    first = row("start", "first outcome", ours, "s", "low", load, peer="import numba, bytewax (bound)", against=bare,
                target=TARGET_S)  # fmt: skip
    return [first] if quick else [first, *clone.rows()]


def started() -> float:
    """Seconds from starting both to the first outcome."""
    with tempfile.TemporaryDirectory() as folder:
        said(folder, 1)
        start = clock.steady_s()
        with pair(folder) as flows:
            first_outcome(folder, flows)
            return clock.steady_s() - start


def imported() -> float:
    """Seconds of a process that imports and ends."""
    start = clock.steady_s()
    subprocess.run([sys.executable, "-c", NOTHING], check=True)
    return clock.steady_s() - start
