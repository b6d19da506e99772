"""Verdicts: what people say of decisions, and what receivers say of actions, read strictly from the documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from operators.acts import LONGEST_TEXT, Unfit, person
from operators.gates import ROLES
from operators.holding import paired
from operators.work import Work
from tower.events import NUMBER
from tower.ids import UNKNOWN, of

APPROVED, REJECTED, ADJUSTED, ROLLED_BACK = VERDICTS = tuple(
    NUMBER[f"decision.{word}"] for word in ("approved", "rejected", "adjusted", "rolled_back")
)
ACKNOWLEDGED, EXECUTED, FAILED = ANSWERS = tuple(
    NUMBER[f"action.{word}"] for word in ("acknowledged", "executed", "failed")
)
DIGITS: Final = re.compile(r"#[0-9a-f]{16}", re.ASCII)
MOST_MOVES: Final = 10_000
APPROVER: Final = ROLES.index("approver")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line and where somebody wants it to go; `leg` UNKNOWN: it stays where it is."""

    line: int
    leg: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody says of a decision. `role` is what the door says he is: an approver where it says nothing."""

    kind: int
    decision: int
    by: int
    role: int = APPROVER
    option: int = int(UNKNOWN)
    moves: tuple[Wanted, ...] = ()
    reason: int = int(UNKNOWN)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver says of an action; `failed`: lines that it did not move, each with the reason's id."""

    kind: int
    action: int
    reason: int = int(UNKNOWN)
    failed: Mapping[int, int] = field(default_factory=dict)


def verdict(work: Work, head: Any, said: Mapping[str, Any]) -> Verdict:
    """What a document says of a decision. Without `by` its source said it. Raises Unfit."""
    kind = int(head["kind"])
    by = int(head["source"]) if said.get("by") is None else person(work, "by", said)
    option = UNKNOWN if said.get("option") is None else digits(said, "option")
    return Verdict(
        kind, digits(said, "decision"), by, role(said.get("role", "approver")), int(option),
        wanted(said.get("moves")) if kind == ADJUSTED else (), text(work, said.get("reason")),
    )  # fmt: skip


def answer(work: Work, head: Any, said: Mapping[str, Any]) -> Answer:
    """What a document says of an action. Raises Unfit."""
    failed = said.get("failed", [])
    if not isinstance(failed, list) or len(failed) > MOST_MOVES or not all(isinstance(one, dict) for one in failed):
        raise Unfit("failed: not a list of lines")
    why = {line_of(one): text(work, one.get("reason")) for one in failed}
    return Answer(int(head["kind"]), digits(said, "action"), text(work, said.get("reason")), why)


def digits(said: Mapping[str, Any], name: str) -> int:
    """The id behind # and 16 hex digits."""
    found = said.get(name)
    if not isinstance(found, str) or not DIGITS.fullmatch(found):
        raise Unfit(f"{name}: not # and 16 hex digits")
    return int(found[1:], 16)


def role(said: object) -> int:
    """A role by its place."""
    if said not in ROLES:
        raise Unfit(f"role: not one of {', '.join(ROLES)}")
    return ROLES.index(str(said))


def wanted(said: object) -> tuple[Wanted, ...]:
    """Where somebody wants lines to go."""
    if not isinstance(said, list) or not said or len(said) > MOST_MOVES:
        raise Unfit(f"moves: not a list of 1 to {MOST_MOVES:,} lines")
    if not all(isinstance(one, dict) for one in said):
        raise Unfit("moves: not a list of objects with order, line and leg")
    return tuple(Wanted(line_of(one), leg_of(one)) for one in said)


def leg_of(said: Mapping[str, Any]) -> int:
    """The leg that is named; UNKNOWN for null."""
    leg = said.get("leg")
    if leg is None:
        return int(UNKNOWN)
    if not isinstance(leg, str) or not leg:
        raise Unfit("leg: not a name, nor null")
    return of("leg", leg)


def line_of(said: Mapping[str, Any]) -> int:
    """The key of a line: `key` itself, or from the names of its order and line."""
    if said.get("key") is not None:
        return digits(said, "key")
    order, line = said.get("order"), said.get("line")
    if not isinstance(order, str) or not isinstance(line, str) or not order or not line:
        raise Unfit("order, line: not two names")
    return paired(of("order", order), of("line", line))


def text(work: Work, said: object) -> int:
    """The id of a text; UNKNOWN for none."""
    if said is None or said == "":
        return int(UNKNOWN)
    if not isinstance(said, str) or len(said.encode()) > LONGEST_TEXT:
        raise Unfit(f"reason: not a text of at most {LONGEST_TEXT:,} bytes")
    return work.id_of("text", said)
