"""Worker: one flow in a process of its own.

    python -m api.worker control
"""

import importlib
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from api.cli import worded
from api.supervisor import tell
from streams import ending
from tower import compiled, saying, settings
from tower.errors import TowerError, UsageError

if TYPE_CHECKING:
    from bytewax.dataflow import Dataflow

FLOWS: Final = ("kafka_in", "ingest", "control", "views", "record", "plan", "alerts")
COMPUTING: Final = ("control", "plan")
"""The flows that run kernels."""


def main(words: Sequence[str]) -> int:
    """Run the flow until it is asked to end; 1, and one error with its fix, where a person can mend it.

    Positions are in the logs, so it may also be killed anywhere.
    """
    signal.signal(signal.SIGTERM, ending.at_once)
    try:
        saying.speak(settings.load().log_format, words[0] if words else "")
        run(*words)
    except Exception as error:
        known = cause(error)
        if known is None:
            raise
        tell(worded(known))
        return 1
    return 0


def run(name: str = "", *_: str) -> None:
    """Run that flow; raises UsageError if there is none of that name."""
    if name not in FLOWS:
        raise UsageError(f"api.worker: no such flow (got {name or 'nothing'})", f"one of: {', '.join(FLOWS)}")
    if name not in COMPUTING:
        compiled.off(f"flow {name}")
    from bytewax.run import cli_main

    from streams.beat import Beat

    flow = importlib.import_module(f"streams.{name}").flow()
    Beat(Path(settings.load().data), name).start()
    ending.listen()
    tell(f"{name} ready")
    cast("Callable[[Dataflow], None]", cli_main)(flow)


def cause(error: BaseException | None) -> TowerError | None:
    """What a person can mend among an error and its causes: Bytewax wraps what a flow raises."""
    while error is not None and not isinstance(error, TowerError):
        error = error.__cause__
    return error


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
