"""Logs: what a process says while it runs, as lines for people or as JSON, one object a line, for machines."""

import logging
from typing import Final

import orjson

from tower import clock

OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class Lines(logging.Formatter):
    """JSON: moment, level, logger, what it says, and whatever was said beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said = {"at": clock.render(int(record.created * 1000)), "level": record.levelname.lower(),
                "logger": record.name, "message": record.getMessage()}  # fmt: skip
        beside = {name: value for name, value in vars(record).items() if name not in OWN}
        if record.exc_info:
            beside["error"] = self.formatException(record.exc_info)
        return orjson.dumps({**said, **beside}, default=str).decode()


def logged(form: str) -> None:
    """Say things on stderr in that form: `text` only what somebody should look at, `json` each request too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines() if form == "json" else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO if form == "json" else logging.WARNING, handlers=[handler], force=True)
