"""`towerctl models`: who answers questions about legs and visits, and how far off each is; has another one serve."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from tower.errors import UsageError

if TYPE_CHECKING:
    from api.caller import Caller

NAME = "models"
HELP = "Show who serves predictions and how far off each is, or have another one serve"
VERBS = ("promote", "rollback")
WHO = ("tiles", "linear", "blend", "schedule")
UNKNOWN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do to which model, and of which tower."""
    parser.add_argument("verb", nargs="?", choices=VERBS, help="promote: --serves answers from now on; rollback: the "
                        "rule says again who does; without it the list")  # fmt: skip
    parser.add_argument("model", nargs="?", metavar="MODEL", help="as the list names it")
    parser.add_argument("--serves", choices=WHO, help="whom to promote")
    parser.add_argument("--reason", metavar="TEXT", help="why, which stays with the model")
    parser.add_argument("--network", help="this network; may be left out where the key is for one")
    parser.add_argument("--key", help="the key; better said as TOWERCTL_KEY in the environment")
    parser.add_argument("--url", help="where the tower's API is; else that of the data folder")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    parser.add_argument("--json", action="store_true", help="as JSON, one object a model")


def run(arguments: argparse.Namespace) -> int:
    """Print the list, or say it and print the model as it then is. Raises TowerError, UsageError."""
    body = said(arguments)
    from api import where
    from api.caller import caller, named

    door = caller(where.told(arguments.data), arguments.url, arguments.key, arguments.network)
    if body is None:
        rows = listed(door)
    else:
        rows = [door.say(f"/v1/models/{named(arguments.model)}/{arguments.verb}", body)["model"]]
    print("\n".join(map(json.dumps, rows) if arguments.json else table(rows)))
    return 0


def said(arguments: argparse.Namespace) -> dict[str, str] | None:
    """What is said of a model; None where the list is asked for. Raises UsageError for what is missing."""
    if arguments.verb is None:
        return None
    shown = f"towerctl models {arguments.verb} arrival_at_departure"
    serves = {"serves": arguments.serves} if arguments.verb == "promote" else {}
    wanted = {"MODEL": arguments.model, "--reason": arguments.reason}
    wanted |= {f"--{name}": value for name, value in serves.items()}
    if missing := [name for name, value in wanted.items() if not value]:
        fix = f'{shown}{" --serves linear" if serves else ""} --reason "tiles drift"'
        raise UsageError(f"models {arguments.verb}: {', '.join(missing)} is not said", fix)
    return {**serves, "reason": arguments.reason}


def listed(door: "Caller") -> list[dict[str, Any]]:
    """Every model, by name."""
    return sorted(door.get("/v1/models")["items"], key=lambda row: str(row["name"]))


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The models in lines: who serves, by rule or by whose word; mean errors in minutes; labels; what is wrong."""
    cells = [("model", "serves", *WHO, "labels", "learning"), *map(cells_of, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(aligned, range(len(widths)), row, widths)).rstrip() for row in cells]


def aligned(place: int, cell: str, width: int) -> str:
    """A cell of a column: words to the left, figures to the right."""
    return cell.rjust(width) if 1 < place < len(WHO) + 3 else cell.ljust(width)


def cells_of(row: dict[str, Any]) -> tuple[str, ...]:
    """A model: what is not known is a dash."""
    errors = (row.get(f"{who}_error_min") for who in WHO)
    by = f" ({row['by']}: {row.get('reason', UNKNOWN)})" if row.get("ruled") == "by_hand" else ""
    frozen = row.get("why", "none")
    return (str(row["name"]), f"{row.get('serves', UNKNOWN)}{by}",
            *(UNKNOWN if error is None else f"{error:.1f}" for error in errors), f"{row.get('learned', 0):,}",
            "goes on" if frozen == "none" else f"frozen: {frozen.replace('_', ' ')}")  # fmt: skip
