"""Worker: one flow in a process of its own.

    python -m api.worker control
"""

import importlib
import os
import signal
import sys

from tower.errors import TowerError

FLOWS = ("ingest", "control", "views", "record", "alerts", "plan")


def main() -> int:
    """Run the flow until it is told to stop. Positions are in the logs, so it may be stopped anywhere."""
    from bytewax.run import cli_main

    name = sys.argv[1]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        flow = importlib.import_module(f"streams.{name}").flow()
        print(f"{name} ready", file=sys.stderr, flush=True)
        cli_main(flow)
    except TowerError as error:
        print(f"Error: {error.what}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
