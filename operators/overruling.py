"""Overruling: who serves a question, as people say: `model.promoted` names somebody, `model.rolled_back` leaves it to
the rule again. Of what is said of a model the newest `at` counts, so it does not matter in which order it comes.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from operators.acts import LONGEST_TEXT, Unfit, person
from operators.clauses import brief
from operators.gates import ROLES
from operators.predict import contest
from operators.standing import CHANCES, KEYS, NAMES
from operators.telling import Side
from operators.work import Work
from tower.events import NUMBER
from tower.outcomes import SERVERS
from tower.table import T, upsert

PROMOTED, ROLLED_BACK = NUMBER["model.promoted"], NUMBER["model.rolled_back"]
APPROVER: Final = ROLES.index("approver")
BY_RULE, BY_HAND = 0, 1


def overrule(work: Work, row_of: int, said: Mapping[str, Any], sides: Sequence[Side], models: T) -> int | None:
    """Take in what the event in that row says; which question it is about, None where something newer was said of it.
    Raises Unfit.
    """
    head: Any = work.heads[row_of]
    question, server = question_of(said), server_of(head, said)
    if said.get("role", "approver") not in ROLES[APPROVER:]:
        who = ", ".join(ROLES[APPROVER:])
        raise Unfit(f"role: promoting and rolling back takes one of {who} (got {brief(said['role'])})")
    by, reason = person(work, "by", said), why(work, said)
    row: Any = models.rows[upsert(models, KEYS[question])]
    if row["ruled_at"] >= 0 and (row["ruled_at"], row["ruled_event"]) >= (head["at"], head["id"]):
        return None
    row["by"], row["reason"], row["ruled_at"], row["ruled_event"] = by, reason, head["at"], head["id"]
    row["ruled"], row["ruled_position"] = BY_HAND if server >= 0 else BY_RULE, work.position() + row_of
    sides[question].contest.tally[contest.BY_HAND] = server + 1
    return question


def question_of(said: Mapping[str, Any]) -> int:
    """Which question's model it is about."""
    if said.get("model") not in NAMES[:CHANCES]:
        raise Unfit(f"model: not one of {', '.join(NAMES[:CHANCES])} (got {brief(said.get('model'))})")
    return NAMES.index(str(said["model"]))


def server_of(head: Any, said: Mapping[str, Any]) -> int:
    """Who shall serve; -1: whom the rule says."""
    if head["kind"] == ROLLED_BACK:
        return -1
    if said.get("serves") not in SERVERS:
        raise Unfit(f"serves: not one of {', '.join(SERVERS)} (got {brief(said.get('serves'))})")
    return SERVERS.index(str(said["serves"]))


def why(work: Work, said: Mapping[str, Any]) -> int:
    """The id of the reason, which has to be told."""
    reason = said.get("reason")
    if not isinstance(reason, str) or not reason or len(reason.encode()) > LONGEST_TEXT:
        raise Unfit(f"reason: not a text of 1 to {LONGEST_TEXT:,} bytes (got {brief(reason)})")
    return work.id_of("text", reason)
