"""Clock: the only place where the tower looks at a watch. Steps know no time but the log's."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
OLDEST: Final = 631_152_000_000
"""1990-01-01: events are not older."""
AHEAD: Final = 400 * DAY
"""How far events may lie ahead of `now`."""
LATENESS: Final = 7 * DAY
"""How old an event may be when it comes; an older one is late."""


def wall_ms() -> int:
    """Milliseconds since 1970, UTC, by this machine's clock."""
    return time.time_ns() // 1_000_000


def steady_s() -> float:
    """Seconds that never jump, from anywhere."""
    return time.monotonic()


def cpu_s() -> float:
    """CPU seconds this process has used."""
    return time.process_time()


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def parse(text: str) -> int:
    """RFC 3339 as ms UTC; ValueError if it is not, or has no zone.

    >>> parse("2013-02-08T04:00:00-05:00")
    1360314000000
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: expected RFC 3339, as 2013-02-08T04:00:00-05:00")
    return round(moment.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """Ms UTC as Python has it."""
    return EPOCH + timedelta(milliseconds=ms)


def render(ms: int) -> str:
    """Ms UTC as RFC 3339.

    >>> render(1360314000000)
    '2013-02-08T09:00:00.000Z'
    """
    # a float of seconds would lose the last ms of far years
    return moment(ms).isoformat(timespec="milliseconds").replace("+00:00", "Z")
