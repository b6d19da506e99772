"""The API in a process of its own: `python -m api.http`."""

import os
import sys
from typing import Final

from api.cli import worded
from api.supervisor import tell
from tower import compiled, saying, settings
from tower.errors import TowerError

CLOSING_S: Final = 3


def main() -> int:
    """Serve until SIGTERM; 1, and one error with its fix, where a person can mend it."""
    compiled.off("the API tells what others compute")  # before anything is imported that holds kernels
    told = settings.load()
    saying.speak(told.log_format, "api")
    try:
        return serve(told)
    except TowerError as error:
        tell(worded(error))
        return 1


def serve(told: settings.Settings) -> int:
    """Start, say so, serve."""
    import uvicorn

    from api.http.app import made
    from api.http.opened import opened
    from api.http.server import Server

    here, follows = opened(told)
    config = uvicorn.Config(made(here), host=told.host, port=told.port, log_config=None, access_log=False,
                            server_header=False, timeout_graceful_shutdown=CLOSING_S, limit_concurrency=1000,
                            timeout_keep_alive=30, h11_max_incomplete_event_size=64 << 10, lifespan="off")  # fmt: skip
    server = Server(config)
    try:
        server.run()
    finally:
        for follow in follows:
            follow.stop()
        here.close()
    return 0 if server.started else 1


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # readers may be waiting in a log: nothing of theirs is lost
