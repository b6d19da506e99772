"""`towerctl up`: a tower on real sources."""

import argparse

from api.asked import above_zero

NAME = "up"
HELP = "Run a tower on real sources: what the settings name is used, the rest is embedded"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is not said here is in the settings."""
    parser.add_argument("--data", metavar="DIR", help="the folder that logs and state are kept in")
    parser.add_argument("--networks", metavar="NAMES", help="east,west; else those that have logs, or `main`")
    parser.add_argument("--port", type=int, help="the HTTP door; the hub is at the next one")
    parser.add_argument("--exit-after", type=above_zero, metavar="S", help="drain and end after so many seconds")
    parser.add_argument("--json", action="store_true", help="the closing ledger as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run until it is stopped."""
    from api import up

    return up.run(arguments)
