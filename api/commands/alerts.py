"""`towerctl alerts`: who is subscribed, what was sent to them and what came of it; sends a message again."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from tower.errors import UsageError

if TYPE_CHECKING:
    from sinks.webhooks.outbox import Outbox

NAME = "alerts"
HELP = "Show subscriptions and what was sent to them, or send a message again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to show or to do."""
    parser.add_argument("--resend", metavar="ID", help="send this message once more, under its id, at once")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="at most so many tries")
    parser.add_argument("--json", action="store_true", help="as one JSON object a network")


def run(arguments: argparse.Namespace) -> int:
    """Print or do it. Raises UsageError where there is no outbox, or no such message."""
    from api import where
    from sinks.webhooks.outbox import Outbox

    found = sorted((where.told(arguments.data).data / "alerts").glob("*.sqlite"))
    if not found:
        raise UsageError("alerts: there is no outbox here", "--data DIR of a tower that runs, or has run")
    boxes = {path: Outbox(path) for path in found}
    if arguments.resend:
        return resend(list(boxes.values()), arguments.resend)
    for path, box in boxes.items():
        show(path, box, arguments.most, as_json=arguments.json)
    return 0


def resend(boxes: "list[Outbox]", message: str) -> int:
    """Have a message sent again by whichever outbox has it."""
    for box in boxes:
        try:
            box.again(message)
        except UsageError:
            continue
        print(f"{message} is sent again")
        return 0
    raise UsageError(f"alerts: no such message (got {message})", "towerctl alerts")


def show(path: Path, box: "Outbox", most: int, *, as_json: bool) -> None:
    """One network."""
    counts = box.counts()
    served = [{"subscription": name, "to": said.get("url") or said.get("topic"), "why_not": why, **counts.get(name, {})}
              for name, said, why in box.subscriptions()]  # fmt: skip
    if as_json:
        print(json.dumps({"network": path.stem, "subscriptions": served, "tries": list(box.log(most))}))
        return
    print(path.stem)
    for row in served:
        print("  " + "  ".join(f"{name} {value}" for name, value in row.items() if value))
    for one in reversed(box.log(most)):
        said = one["at"], one["id"], one["subscription"], one["status"] or "-", one["state"] or "forgotten", one["why"]
        print("  " + "  ".join(map(str, said)))
