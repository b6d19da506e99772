"""Alive: whether a flow gets on, asked by whoever looks after its container.

    python -m api.alive control

Says when its loop last turned, by its beat in the data folder; 1 and why if that is too long ago. A flow that waits for
a server that is away does not turn: it is as useless as one that hangs, and its container says so.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api.cli import worded
from api.supervisor import tell
from api.worker import FLOWS
from streams.beat import heard
from tower import clock, settings
from tower.errors import TowerError, UsageError

PATIENCE_S: Final = 120.0
"""Kernels that are compiled on a busy machine keep a loop from turning for a minute."""


def main(words: Sequence[str]) -> int:
    """Say it; 0 if it is alive, 1 if not, 2 for no flow of ours."""
    try:
        tell(said(Path(settings.load().data), *words))
    except UsageError as error:
        tell(worded(error))
        return 2
    except TowerError as error:
        tell(worded(error))
        return 1
    return 0


def said(data: Path, flow: str = "", *_: str) -> str:
    """When its loop last turned. Raises TowerError if that is too long ago, UsageError if there is no such flow."""
    if flow not in FLOWS:
        raise UsageError(f"api.alive: no such flow (got {flow or 'nothing'})", f"one of: {', '.join(FLOWS)}")
    beat = heard(data, flow)
    if beat is None:
        raise TowerError(f"{flow} has said nothing yet", f"python -m api.worker {flow}")
    ago = (clock.wall_ms() - beat.turned) / clock.SECOND
    if ago > PATIENCE_S:
        raise TowerError(f"{flow} has not turned for {ago:.0f} s (pid {beat.pid})", "see its log; start it again")
    return f"{flow} turned {max(ago, 0.0):.1f} s ago"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
