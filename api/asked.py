"""Asked: what people write on a command line, as what it means, or refused with the way to write it."""

import argparse
from pathlib import Path

from tower import clock
from tower.errors import UsageError


def moment(text: str, flag: str) -> int:
    """A moment, ms UTC. Raises UsageError.

    >>> moment("2013-02-08T04:00:00-05:00", "--from")
    1360314000000
    """
    try:
        return clock.parse(text)
    except ValueError:
        what = f"{flag}: not a time with its zone (got {text})"
        raise UsageError(what, f"{flag} 2013-02-08T04:00:00-05:00") from None


def above_zero(text: str) -> float:
    """A number above 0, as argparse reads one.

    >>> above_zero("0.5")
    0.5
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"a number above 0 (got {text})")
    return number


def folder(path: Path, flag: str) -> Path:
    """A folder that is there from now on. Raises UsageError where none can be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise UsageError(f"{flag}: no folder can be made there: {cause.strerror} (got {path})",
                         f"{flag} with a path that you may write to") from None  # fmt: skip
    return path
