"""`towerctl config show`: what the tower was told, and where it was told so."""

import argparse
import json

NAME = "config"
HELP = "Show the settings in force; --origin says where each comes from"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One verb, `show`."""
    parser.add_argument("verb", choices=["show"])
    parser.add_argument("--origin", action="store_true", help="say where each value comes from")
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print each setting; secrets are starred. Raises SettingError."""
    from tower import settings

    told = settings.gather()
    values = settings.checked(told).model_dump(mode="json")
    origins = {name: told[name].origin if name in told else "default" for name in values}
    if arguments.json:
        rows = {name: {"value": values[name], "origin": origins[name]} for name in values}
        print(json.dumps(rows if arguments.origin else values))
        return 0
    for name, value in values.items():
        print(f"{name} = {'' if value is None else value}" + (f"    # {origins[name]}" if arguments.origin else ""))
    return 0
