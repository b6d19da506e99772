"""Receipt in words: how a decision came about, for people, line by line."""

from collections.abc import Iterator, Mapping
from typing import Any

Told = Mapping[str, Any]


def worded(told: Told) -> str:
    """The whole receipt."""
    return "\n".join([*decided(told), *seen(told), *said(told), *done(told), recomputed(told["recomputed"])])


def decided(told: Told) -> Iterator[str]:
    """What it is, under which policy, and its way."""
    decision = told["decision"]
    yield f"decision {decision['key']} of {told['network']}: {decision['state']}"
    yield f"policy version {told['policy']}, build {told['build']}, history {told['chain']} at record {told['record']}"
    for step in told["steps"]:
        yield f"  {moment(step['at'])}  {step['state']:<12} record {step['record']}"


def seen(told: Told) -> Iterator[str]:
    """The options that there were."""
    for one in told["options"]:
        mark = "  <- decided on" if one["key"] == told["decision"]["option"] else ""
        worth = f"rank {one.get('rank')}, net {one.get('net_cents')} cents, {one.get('moves', 0)} moves"
        yield f"option {one['key']}  {one.get('kind', ''):<8} {worth}{mark}"


def said(told: Told) -> Iterator[str]:
    """Who said what, and where in the log."""
    yield f"approved by {', '.join(told['approvers']) or 'nobody'}"
    for word in told["words"]:
        yield f"  {moment(word['at'])}  {word['kind']} by {word['by']}, event {word['position']}"


def done(told: Told) -> Iterator[str]:
    """What left, and what came of it, line by line."""
    for one in told["actions"]:
        yield f"action {one['key']}  {one['type']}, {one['state']}: {one['done']} of {one['moves']} lines moved"
    for one in told["lines"]:
        why = f": {one['reason']}" if "reason" in one else ""
        way = f"{one.get('from_leg', 'no leg')} -> {one.get('to_leg', 'no leg')}"
        yield f"  {one.get('order')}/{one.get('order_line')}  {way}  {one['state']}{why}"


def recomputed(again: Told) -> str:
    """Whether the log says the same when it is taken again."""
    if again["why_not"]:
        return f"cannot be recomputed: {again['why_not']}"
    verdict = "equal" if again["equal"] else f"NOT EQUAL at records {', '.join(map(str, again['differ']))}"
    return f"recomputed from {again['records']} records of the log, state {again['state_hash']}: {verdict}"


def moment(text: str) -> str:
    """A time to the second."""
    return f"{text[:19]}Z"
