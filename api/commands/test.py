"""`towerctl test`: the test suite, as a contributor runs it or, with --all, as .ci/run does."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tower.errors import UsageError

NAME = "test"
HELP = "Run the tests; --all for what .ci/run runs; other arguments go to pytest"
PASSES_ON = True

ROOT = Path(__file__).resolve().parents[2]
ALL = ["-m", "not long", "--durations", "20"]
WORKERS = ["-n", "3", "--dist", "worksteal"]
"""Three keep two cores busy: many tests wait for other processes."""
PYTEST_WRONG_CALL, WRONG_CALL = 4, 2
ALONE = ("-n", "--numprocesses", "--pdb", "-s", "--trace", "--collect-only", "--co")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only --all is ours."""
    parser.add_argument("--all", action="store_true", help="also real servers, kills and browsers (25 min)")


def run(arguments: argparse.Namespace) -> int:
    """Run pytest on the checkout; 0 only if tests ran and all passed. Raises UsageError in an installed wheel."""
    if not (ROOT / "tests").is_dir():
        raise UsageError("test: an installed package brings no tests", try_="./towerctl test in a checkout")
    ended = subprocess.call(pytest_command(arguments), cwd=ROOT, env=environment())
    return WRONG_CALL if ended == PYTEST_WRONG_CALL else ended


def environment() -> dict[str, str]:
    """What pytest and all it starts inherit: without bytecode each of hundreds of processes parses all our files."""
    said = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return said | {"PYTHONPATH": str(ROOT)}


def pytest_command(arguments: argparse.Namespace) -> list[str]:
    """The pytest call: in parallel, unless the caller wants to watch."""
    watched = any(word == flag or word.startswith(f"{flag}=") for word in arguments.rest for flag in ALONE)
    workers = [] if watched else WORKERS
    return [sys.executable, "-m", "pytest", *workers, *(ALL if arguments.all else []), *arguments.rest]
