"""A tower's data folder with a small recorded day in it, and its commands, called as a person would."""

from pathlib import Path
from typing import NamedTuple

import pytest

from api import cli
from tests.suites.small_day import Day, small_day


class Said(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """The lines on stdout."""
        return self.out.splitlines()


def recorded(folder: Path) -> Day:
    """A small day, recorded as files."""
    return small_day(str(folder / "states"), root=f"file:{folder}/logs")


def say(capfd: pytest.CaptureFixture[str], *words: str) -> Said:
    """Run a command line."""
    code = cli.main(words)
    told = capfd.readouterr()
    return Said(code, told.out, told.err)
