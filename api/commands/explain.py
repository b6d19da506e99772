"""`towerctl explain`: why a deviation is there, down to the message that shows it; how a decision came about."""

import argparse
import base64
import json
import re
import sys
from typing import TYPE_CHECKING, Any

from tower.errors import UsageError

if TYPE_CHECKING:
    from api.evidence import Event, Message, Plans, Told
    from api.reading import Texts

NAME = "explain"
HELP = "Say why a deviation is there, down to the message that shows it, or how a decision came about"
FORMS = "an id of a deviation or a decision, #0123456789abcdef, or an event's place, network/record/row"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to explain, and how."""
    parser.add_argument("id", metavar="ID", help=FORMS)
    parser.add_argument("--network", help="look in this network only")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="as one JSON object")
    forms.add_argument("--raw", action="store_true", help="only the message, byte for byte")


def run(arguments: argparse.Namespace) -> int:
    """Print the way back: deviation, event, message. Raises UsageError for an id that is none or is not there."""
    from api import where
    from api.reading import Texts
    from streams import names

    settings, texts = where.told(arguments.data), Texts()
    root = names.root_of(settings)
    networks = where.networks_of(root, arguments.network)
    if (receipt := receipt_of(root, names.states_of(settings), networks, arguments.id)) is not None:
        from api.receipt_words import worded

        print(json.dumps(receipt) if arguments.json else worded(receipt))
        return 0 if receipt["recomputed"]["equal"] else 1
    network, told, plans, event = traced(root, networks, arguments.id, texts)
    if arguments.raw:
        sys.stdout.buffer.write(found(event, arguments.id).envelope.data)
    elif arguments.json:
        print(json.dumps(as_json(network, told, plans, event, texts)))
    else:
        print_story(told, plans, texts)
        print_event(event)
    return 0


def receipt_of(root: str, states: str, networks: list[str], asked: str) -> dict[str, Any] | None:
    """The receipt of the decision of that id; None if there is none."""
    from api import receipt
    from api.reading import Texts

    if not re.fullmatch(r"#?[0-9a-fA-F]{16}", asked):
        return None
    for network in networks:
        texts = Texts()
        found = receipt.story(root, network, int(asked.removeprefix("#"), 16), texts)
        if found is not None:
            return receipt.receipt(found, receipt.recomputed(root, states, found), texts)
    return None


def traced(root: str, networks: list[str], asked: str, texts: "Texts") -> "tuple[str, list[Told], Plans, Event | None]":
    """The network, what was said about the deviation, the plan for its lines, and the event that shows it; None if no
    event does.
    """
    from api.evidence import event_at, story
    from tower.outcomes import POSITION

    if place := re.fullmatch(r"(.+)/(\d+)/(\d+)", asked):
        network, position = place[1], int(place[2]) * POSITION + int(place[3])
        if network not in networks:
            raise UsageError(f"explain: no such network (got {asked})", f"{networks[0]}/{place[2]}/{place[3]}")
        return network, [], {}, event_at(root, network, position, texts)
    if not re.fullmatch(r"#?[0-9a-fA-F]{16}", asked):
        raise UsageError(f"explain: this is {FORMS} (got {asked})", "towerctl tail")
    for network in networks:
        told, plans = story(root, network, int(asked.removeprefix("#"), 16), texts)
        if told:
            shown = [int(one.row["evidence"]) for one in told if one.row["evidence"] > 0]
            return network, told, plans, event_at(root, network, shown[-1], texts) if shown else None
    raise UsageError(f"explain: no such deviation in {', '.join(networks)} (got {asked})", "towerctl tail")


def found(event: "Event | None", asked: str) -> "Message":
    """The event's message; raises UsageError if there is none."""
    if event is None or event.message is None:
        raise UsageError(f"explain: no message shows it, or its inbox is trimmed (got {asked})", f"explain {asked}")
    return event.message


def print_story(told: "list[Told]", plans: "Plans", texts: "Texts") -> None:
    """A line for each thing that was said about the deviation, and for each reason why the plan leaves lines of it
    without a leg.
    """
    from api.reading import worded
    from api.unserved import counted

    for one in told:
        print(f"{worded(one.row, one.now, texts)}  record {one.number}")
    for reason in counted(plans.values(), texts):
        print(f"planned on no leg: {reason['says']}" + (f" ({reason['lines']} lines)" if reason["lines"] > 1 else ""))


def print_event(event: "Event | None") -> None:
    """The event and its message."""
    from api.reading import moment

    if event is None:
        print("because time passed: no event shows it")
        return
    print(f"because of event {event.network}/{event.number}/{event.row}\n  {json.dumps(event.said)}")
    if event.message is None:
        print("its message is no longer in the inbox")
        return
    envelope, message = event.message.envelope, event.message
    said = f"{envelope.content_type or 'no content type'}, {len(envelope.data)} bytes"
    print(f"row {event.in_message} of message {message.position} of inbox {message.source}, received "
          f"{moment(envelope.received)}, {said}:")  # fmt: skip
    print(envelope.data.decode("utf-8", "backslashreplace"))


def as_json(network: str, told: "list[Told]", plans: "Plans", event: "Event | None", texts: "Texts") -> dict[str, Any]:
    """All of it; a message that is no text is base64."""
    from api.reading import why
    from api.unserved import counted
    from tower import clock
    from tower.render import render_rows

    said = [
        {"number": one.number, "now": clock.render(one.now), "why": why(one.row, texts),
         **render_rows("deviations", one.row.reshape(1), texts)[0]}
        for one in told
    ]  # fmt: skip
    return {"network": network, "deviation": said, "unserved": counted(plans.values(), texts),
            "event": None if event is None else event_json(event)}  # fmt: skip


def event_json(event: "Event") -> dict[str, Any]:
    """The event's place, what it says, and its message."""
    place = {"position": f"{event.network}/{event.number}/{event.row}", "says": event.said}
    return {**place, "message": None if event.message is None else message_json(event.message, event.in_message)}


def message_json(message: "Message", row: int) -> dict[str, Any]:
    """A message as it came."""
    from tower import clock

    envelope = message.envelope
    try:
        body = {"text": envelope.data.decode("utf-8")}
    except UnicodeDecodeError:
        body = {"base64": base64.b64encode(envelope.data).decode()}
    return {
        "inbox": message.source, "position": message.position, "row": row, "received": clock.render(envelope.received),
        "content_type": envelope.content_type, "headers": dict(envelope.headers), **body,
    }  # fmt: skip
