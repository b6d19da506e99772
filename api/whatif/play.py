"""Play: one run in a process of its own: `python -m api.whatif.play RUN.json RUN.found [ROOT]`.

It gives way to all others, may use so much CPU and no more, and ends when whoever started it does: its standard input
is then at its end.
"""

import os
import resource
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.whatif.kept import put, read
from tower import clock, saying
from tower.build import build
from tower.errors import TowerError

if TYPE_CHECKING:
    import numpy as np

    from simulators.whatif.trial import Trial

NICE: Final = 10
CPU_S: Final = 900
"""Twenty runs of four variants under the dearest plan take half of it."""


def main() -> int:
    """Play; 1, and one line that says why, where that cannot be."""
    asked, found, *root = sys.argv[1:]
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        hand = read(Path(asked).with_suffix(".hand")) or {}
        play(read(Path(asked)) or {}, hand, Path(found), "".join(root))
    except TowerError as error:
        saying.say(f"Error: {error.what}")
        return 1
    return 0


def leave_with_parent() -> None:
    """End at once when nobody holds the other end of standard input any more."""
    while os.read(0, 1):
        pass
    os._exit(3)


def play(asked: dict[str, Any], hand: dict[str, Any], found: Path, root: str) -> None:
    """Put down what is known after each luck; after the first, whether the past is the log's too."""
    trial, began, log = trial_of(asked, hand), clock.steady_s(), dict[str, Any]()
    for known in trial.go():
        known["proof"] |= log
        if not log:
            put(found, {**known, **told(asked, known, clock.steady_s() - began)})
            log = agreed(asked["fork"], trial.before, root)
            known["proof"] |= log
        put(found, {**known, **told(asked, known, clock.steady_s() - began)})


def agreed(fork: dict[str, Any], before: "np.ndarray", root: str) -> dict[str, Any]:
    """Whether the world has said before the fork what the log's own world had; of logs on this machine only."""
    from simulators.whatif.prefix import agreement

    found = agreement(root, fork["network"], before, fork["moment"]) if root.startswith("file:") else None
    return {"said_in_log": found._asdict() if found else None}


def told(asked: dict[str, Any], known: dict[str, Any], took_s: float) -> dict[str, Any]:
    """What only this process knows of it."""
    is_over = "stopped_because" in known
    left = None if is_over else round(took_s / known["runs_done"] * (known["runs_most"] - known["runs_done"]), 1)
    fork = asked["fork"]
    proof = {"from_position": fork["position"], "state_hash": fork["state_hash"], "build": build(),
             "policy": {one["key"]: one["policy"] for one in asked["variants"]}, **known["proof"]}  # fmt: skip
    return {"cpu_s": round(clock.cpu_s(), 1), "eta_s": left, "proof": proof}


def trial_of(asked: dict[str, Any], hand: dict[str, Any]) -> "Trial":
    """The trial that was asked for; hand: what was done before the fork, is at it by variant, and was after it. Raises
    UsageError.
    """
    from api.whatif.words import Words, day_of
    from simulators import scenarios
    from simulators.scenarios.obeying import remembered
    from simulators.whatif.branch import Branch, Root
    from simulators.whatif.stopping import Looks
    from simulators.whatif.trial import Trial

    fork = asked["fork"]
    scenario, day = scenarios.with_world(fork["of"]), day_of(fork, asked["day"])
    done, later = (tuple((one["at"], tuple(map(remembered, one["moves"]))) for one in hand.get(name, ()))
                   for name in ("done", "later"))  # fmt: skip
    moves, branches = hand.get("moves", {}), dict[str, Branch]()
    for one in asked["variants"]:
        words = Words.model_validate(one["words"])
        branches[one["key"]] = Branch(words.variant(fork["of"], day, hand.get("in_force")),
                                      tuple(map(remembered, moves.get(one["key"], ()))),
                                      later if words.goes_on else ())  # fmt: skip
    looks = Looks(asked["runs"], max(len(branches) - 1, 1), asked["precision"])
    assert scenario.week is not None
    return Trial(Root(scenario.seed, fork["moment"], done, scenario.week), branches, looks)


if __name__ == "__main__":
    raise SystemExit(main())
