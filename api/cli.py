"""The command line: finds the command's file, reads its arguments, runs it, and words what went wrong.

Data goes to stdout, everything else to stderr. Exit 0 is ok, 1 failed, 2 a wrong call, 130 stopped by Ctrl-C.
"""

import argparse
import difflib
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from typing import NoReturn, Protocol, cast

from api import commands
from tower.errors import TowerError, UsageError

OK, FAILED, WRONG_CALL, STOPPED = 0, 1, 2, 130
MOST_USED = ("demo", "up", "replay", "compare", "bench", "sql", "tail", "explain", "test", "doctor")


class Command(Protocol):
    """What a file in api/commands holds; its imports are light, `run` imports what is heavy.

    `PASSES_ON = True` beside these lets unknown arguments through, as `arguments.rest`.
    """

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command takes."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it; the exit code. Raises TowerError, and drains on KeyboardInterrupt before letting it through."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong as every other error is said; raises UsageError."""

    def error(self, message: str) -> NoReturn:
        """Turn argparse's complaint into ours."""
        raise UsageError(f"{self.prog}: {message}", try_=f"{self.prog} --help")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command line; the exit code. Never shows a traceback for what a person can mend."""
    try:
        return run(sys.argv[1:] if words is None else list(words))
    except TowerError as error:
        print(worded(error), file=sys.stderr)
        return WRONG_CALL if isinstance(error, UsageError) else FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # the reader, `head` say, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK


def worded(error: TowerError) -> str:
    """`Error: what` and, where there is a fix, a line `Try: fix`."""
    return f"Error: {error.what}" + (f"\nTry: {error.try_}" if error.try_ else "")


def run(words: list[str]) -> int:
    """Run the command that the first word names; without one, say what there is."""
    if not words or words[0] in {"-h", "--help", "help"}:
        print(overview(), file=sys.stdout if words else sys.stderr)
        return OK if words else WRONG_CALL
    name = "version" if words[0] == "--version" else words[0]
    command = load(name)
    arguments = parse(command, words[1:])
    code = command.run(arguments)
    sys.stdout.flush()
    return code


def parse(command: Command, words: list[str]) -> argparse.Namespace:
    """The command's arguments; raises UsageError."""
    parser = Parser(prog=f"towerctl {command.NAME}", description=command.HELP, allow_abbrev=False)
    command.add_arguments(parser)
    arguments, rest = parser.parse_known_args(words)
    if rest and not getattr(command, "PASSES_ON", False):
        parser.error(f"unknown argument (got {rest[0]})")
    arguments.rest = rest
    return arguments


def names() -> list[str]:
    """Every command, the most used first."""
    found = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    return [name for name in MOST_USED if name in found] + sorted(found - set(MOST_USED))


def load(name: str) -> Command:
    """The command called `name`; raises UsageError that names the nearest."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1)
        raise UsageError(f"towerctl: no such command (got {name})", try_=f"towerctl {near[0] if near else '--help'}")
    return cast("Command", importlib.import_module(f"api.commands.{name}"))


def overview() -> str:
    """Every command with what it does, a line each."""
    lines = [f"  {name:<10} {load(name).HELP}" for name in names()]
    return "\n".join(["usage: towerctl COMMAND [arguments]", "", *lines, "", "towerctl COMMAND --help says more."])


if __name__ == "__main__":
    sys.exit(main())
