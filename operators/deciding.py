"""Deciding: the life of a decision as a table: from each state, by each event, to which state; all else is refused.

    proposed -> approved (by one of two) | adjusted | rejected | expired | superseded
             -> acting -> executed | failed;  acting, executed, failed -> undoing -> rolled_back | failed

Pure: no clock, no tables. A pair of state and event that is not in GOES is told as a refusal, by one word first:
expired, superseded, taken, or too late.
"""

from typing import Final

from tower.outcomes import DECISION_STATES

(PROPOSED, APPROVED, ADJUSTED, REJECTED, EXPIRED, SUPERSEDED, ACTING, EXECUTED, FAILED, ROLLED_BACK,
 UNDOING) = range(len(DECISION_STATES))  # fmt: skip
APPROVE, ADJUST, REJECT, ROLL_BACK, EXPIRE, SUPERSEDE, ACKNOWLEDGE, EXECUTE, FAIL = EVENTS = (
    "approve", "adjust", "reject", "roll back", "expire", "supersede", "acknowledge", "execute", "fail",
)  # fmt: skip
WAITING: Final = (PROPOSED, APPROVED, ADJUSTED)
"""Somebody still has to say something."""
UNDER_WAY: Final = (ACTING, UNDOING)
OVER: Final = (REJECTED, EXPIRED, SUPERSEDED, ROLLED_BACK)
"""Nothing follows any more."""

_WAITS: Final[dict[str, tuple[int, ...]]] = {
    APPROVE: (APPROVED, ACTING, EXECUTED, SUPERSEDED), ADJUST: (ADJUSTED,), REJECT: (REJECTED,), EXPIRE: (EXPIRED,),
    SUPERSEDE: (SUPERSEDED,),
}  # fmt: skip
GOES: Final[dict[tuple[int, str], tuple[int, ...]]] = {
    **{(state, event): to for state in WAITING for event, to in _WAITS.items()},
    (ACTING, ACKNOWLEDGE): (ACTING,), (ACTING, EXECUTE): (EXECUTED,), (ACTING, FAIL): (FAILED,),
    (UNDOING, ACKNOWLEDGE): (UNDOING,), (UNDOING, EXECUTE): (ROLLED_BACK,), (UNDOING, FAIL): (FAILED,),
    **{(state, ROLL_BACK): (UNDOING,) for state in (ACTING, EXECUTED, FAILED)},
}  # fmt: skip
"""From a state by an event to one of these. Approving leads to `approved` while a second person is wanted, to `acting`
once something is sent, to `executed` where nothing has to be done, to `superseded` where nothing of it holds."""
WORD: Final[dict[int, str]] = {
    REJECTED: "taken", EXPIRED: "expired", SUPERSEDED: "superseded", ACTING: "taken", EXECUTED: "taken",
    FAILED: "taken", ROLLED_BACK: "taken", UNDOING: "taken",
}  # fmt: skip


class Refused(ValueError):
    """Why an event changes nothing: a word, colon, what is so."""


def check(state: int, event: str) -> tuple[int, ...]:
    """The states that may follow. Raises Refused."""
    if (state, event) in GOES:
        return GOES[state, event]
    if event in (EXPIRE, SUPERSEDE):
        raise Refused(f"taken: it is {DECISION_STATES[state]} and waits for nobody")
    if event in (ACKNOWLEDGE, EXECUTE, FAIL) or (event == ROLL_BACK and state in WAITING):
        raise Refused(f"too early: it is {DECISION_STATES[state]} and nothing has been sent" if state in WAITING
                      else f"over: it is {DECISION_STATES[state]}")  # fmt: skip
    raise Refused(f"{WORD[state]}: it is {DECISION_STATES[state]}")


def moved(state: int, event: str, to: int) -> int:
    """The state that it comes to; a step that the table does not have is a bug."""
    if to not in check(state, event):
        raise AssertionError(f"{DECISION_STATES[state]} by {event} to {DECISION_STATES[to]}")
    return to
