"""`towerctl version`: what runs here, as outcomes' headers and bug reports name it."""

import argparse
import json
import platform

from tower.build import build, commit, version

NAME = "version"
HELP = "Say which build this is"

def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Only how to say it."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the build and the Python below it."""
    said = {"build": build(), "version": version(), "commit": commit(), "python": platform.python_version()}
    print(json.dumps(said) if arguments.json else f"towerctl {said['build']} (Python {said['python']})")
    return 0
