"""The hub in a process of its own: `python -m api.hub`."""

import asyncio
import logging
import os
import resource
import signal
import sys

from api.cli import worded
from api.supervisor import tell
from tower import compiled, saying, settings
from tower.errors import TowerError

CLOSING_S = 1.0


async def run() -> int:
    """Open the port, follow the logs, tell; until SIGTERM, or a log that cannot be followed."""
    from api.hub.tower import Tower

    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    tower = Tower(settings.load(), ended)
    server = await tower.open()
    if tower.failed is None:
        tell("hub ready")
    await ended.wait()
    tower.close()
    server.close(close_connections=False)
    await asyncio.sleep(0 if not tower.hub.clients else CLOSING_S / 2)
    if tower.failed is not None:
        raise tower.failed
    return 0


def main() -> int:
    """Run it; 1, and one error with its fix, where a person can mend it."""
    compiled.off("the hub tells what others compute")  # before anything is imported that holds kernels
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a connection each
    try:
        saying.speak(settings.load().log_format, "hub")
        logging.getLogger("websockets").setLevel(logging.CRITICAL)  # strangers who hang up are no news
        return asyncio.run(run())
    except TowerError as error:
        tell(worded(error))
        return 1


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # readers may be waiting in a log: nothing of theirs is lost
