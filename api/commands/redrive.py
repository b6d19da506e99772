"""`towerctl redrive`: what was rejected goes through the front door again, after a build or a reference was mended."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.redriving import Refusal

NAME = "redrive"
HELP = "Send messages of which something was rejected through the front door again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which messages, and whether to send them."""
    parser.add_argument("--source", metavar="S", help="only what this source said")
    parser.add_argument("--reason", metavar="TEXT", help="only what was rejected for a reason that says this")
    parser.add_argument("--network", help="this network only")
    parser.add_argument("--again", action="store_true", help="also what this build has looked at again already")
    parser.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    parser.add_argument("--json", action="store_true", help="as one JSON object a network")


def run(arguments: argparse.Namespace) -> int:
    """Send them and say how many, a line a reason."""
    from api import where
    from api.reading import Texts
    from api.redriving import refusals, send, sent
    from streams import names

    root, texts = names.root_of(where.told(arguments.data)), Texts()
    for network in where.networks_of(root, arguments.network):
        found = refusals(root, network, texts, arguments.source, arguments.reason)
        done = set() if arguments.again else sent(root, network)
        there = [(refusal.message, refusal) for refusal in found if refusal.message]
        ready = [(m, refusal) for m, refusal in there if (m.source, m.position) not in done]
        if ready and not arguments.dry_run:
            send(root, network, [message for message, _ in ready])
        told = summary(network, [refusal for _, refusal in ready], len(found) - len(there), len(there) - len(ready))
        print(json.dumps(told)) if arguments.json else show(told, sent=not arguments.dry_run)
    return 0


def summary(network: str, ready: "list[Refusal]", gone: int, done: int) -> dict[str, Any]:
    """What is sent again, by reason; what can not be (its inbox is trimmed) or was already."""
    reasons: dict[str, int] = {}
    for refusal in ready:
        for why, count in refusal.reasons.items():
            reasons[why] = reasons.get(why, 0) + count
    return {"network": network, "messages": len(ready), "reasons": reasons, "gone": gone, "done_before": done}


def show(told: dict[str, Any], *, sent: bool) -> None:
    """In words: how many on stdout, what else there is to say on stderr."""
    print(f"{told['network']}: {told['messages']} messages {'sent again' if sent else 'would be sent again'}")
    for why, count in sorted(told["reasons"].items(), key=lambda reason: -reason[1]):
        print(f"{count:>9,}  {why}")
    if told["gone"]:
        print(f"{told['gone']} messages are not in their inboxes any more", file=sys.stderr)
    if told["done_before"]:
        print(f"{told['done_before']} were sent again by this build before (--again repeats it)", file=sys.stderr)
