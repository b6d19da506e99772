"""`demo`: the whole tower on this machine, on a recorded day."""

import argparse

from api.asked import above_zero

NAME = "demo"
HELP = "Run the whole tower here, on a recorded day"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario, its clock, and where things go."""
    parser.add_argument("--scenario", default="blizzard", help="which recorded day (blizzard, christmas)")
    parser.add_argument("--from", dest="start", metavar="T", help="where to start, as 2013-02-08T04:00:00-05:00")
    parser.add_argument("--speed", type=above_zero, metavar="X", help="scenario seconds a second")
    parser.add_argument("--port", type=int, default=8080, help="the tower's first port; the next free ones are taken")
    parser.add_argument("--data", metavar="DIR", help="keep the data here and go on from it next time")
    parser.add_argument("--exit-after", type=above_zero, metavar="S", help="drain and end so long after warming up")
    parser.add_argument("--json", action="store_true", help="the closing ledger as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Start, play, drain, and say whether in = out."""
    from api.demo import play

    return play(arguments)
