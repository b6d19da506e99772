"""The life of a decision as a table: every pair of state and event is a step or a refusal that is told."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from operators import deciding
from operators.deciding import EVENTS, GOES, OVER, Refused, check, moved
from tower.outcomes import DECISION_STATES

STATES = range(len(DECISION_STATES))
TABLE = {
    "proposed": {"approve", "adjust", "reject", "expire", "supersede"},
    "approved": {"approve", "adjust", "reject", "expire", "supersede"},
    "adjusted": {"approve", "adjust", "reject", "expire", "supersede"},
    "acting": {"acknowledge", "execute", "fail", "roll back"},
    "undoing": {"acknowledge", "execute", "fail"},
    "executed": {"roll back"}, "failed": {"roll back"},
    "rejected": set(), "expired": set(), "superseded": set(), "rolled_back": set(),
}  # fmt: skip


def test_the_table_of_steps_is_this_one() -> None:
    found: dict[str, set[str]] = {DECISION_STATES[state]: set() for state in STATES}
    for state, event in GOES:
        found[DECISION_STATES[state]].add(event)
    assert found == TABLE


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_every_pair_is_a_step_or_is_refused_in_a_word_that_says_why(state: int, event: str) -> None:
    if (state, event) in GOES:
        assert set(check(state, event)) <= set(STATES)
        return
    with pytest.raises(Refused) as why:
        check(state, event)
    word, _, words = str(why.value).partition(": ")
    assert word in {"expired", "superseded", "taken", "too early", "over"}
    assert DECISION_STATES[state] in words


def test_nothing_leads_out_of_what_is_over_and_everything_leads_there() -> None:
    assert all(state not in OVER for state, _ in GOES)
    reached = {deciding.PROPOSED}
    for _ in STATES:
        reached |= {to for (state, _), tos in GOES.items() if state in reached for to in tos}
    assert reached == set(STATES)


def test_a_step_that_the_table_does_not_have_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        moved(deciding.PROPOSED, deciding.APPROVE, deciding.REJECTED)


@given(some.lists(some.tuples(some.sampled_from(EVENTS), some.integers(0, 3)), max_size=40))
def test_any_sequence_of_events_only_ever_walks_along_the_table(events: list[tuple[str, int]]) -> None:
    state, walked = deciding.PROPOSED, [deciding.PROPOSED]
    for event, nth in events:
        try:
            tos = check(state, event)
        except Refused:
            continue
        before, state = state, moved(state, event, tos[nth % len(tos)])
        assert state in GOES[before, event]
        walked.append(state)
    assert all(state not in OVER for state in walked[:-1])
