"""Saying: what a process says of itself on stderr: lines for people, or JSON for machines, one object a line."""

import logging
import sys
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Final

import orjson

from tower import clock

OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
LOGGER: Final = logging.getLogger("tower")


class Lines(logging.Formatter):
    """JSON: moment, level, program, logger, what it says, and whatever was said beside it."""

    def __init__(self, program: str = "") -> None:
        super().__init__()
        self._program = {"program": program} if program else {}

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said = {"at": clock.render(int(record.created * 1000)), "level": record.levelname.lower(), **self._program,
                "logger": record.name, "message": record.getMessage()}  # fmt: skip
        beside = {name: value for name, value in vars(record).items() if name not in OWN}
        if record.exc_info:
            beside["error"] = self.formatException(record.exc_info)
        return orjson.dumps({**said, **beside}, default=str).decode()


class Voice:
    """How this process speaks: as a text until it is told otherwise."""

    is_json = False


def speak(form: str, program: str = "") -> None:
    """Speak in that form from here on: `text` only what somebody should look at, `json` all, also what ends it."""
    Voice.is_json = form == "json"
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(program) if Voice.is_json else logging.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO if Voice.is_json else logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(Voice.is_json)
    if Voice.is_json:
        sys.excepthook = _ended_by
        threading.excepthook = lambda what: _ended_by(what.exc_type, what.exc_value, what.exc_traceback)


def say(line: str, **beside: Any) -> None:
    """A line for whoever started this; an error if it begins as one."""
    if Voice.is_json:
        level = logging.ERROR if line.startswith("Error:") else logging.INFO
        LOGGER.log(level, "%s", line, extra=beside)
        return
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def lines(said: str) -> Iterator[str]:
    """What was said, line by line, whichever way it was."""
    for line in said.splitlines():
        yield from _unpacked(line) if line.startswith('{"at":') else [line]


def _unpacked(line: str) -> list[str]:
    try:
        found: dict[str, Any] = orjson.loads(line)
    except ValueError:
        return [line]
    return [*str(found.get("message", "")).splitlines(), *str(found.get("error", "")).splitlines()]


def _ended_by(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        LOGGER.critical("ended by %s", kind.__name__, exc_info=(kind, error or kind(), trace))
