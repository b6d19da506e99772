"""Handling: whose a deviation is, what is put off, what escalates; whatever order people's words come in."""

import random
from typing import Any

import numpy as np
import pytest

from tests.suites.story import Event, Story, at, event, leg, planned
from tower import ids
from tower.record import Record

PEOPLE = ("ann", "bob", "eve")
UNKNOWN = (1 << 64) - 1


def person(name: str) -> int:
    return ids.of("person", name)


def opened(story: Story) -> list[str]:
    """The deviations said so far, as the feed shows them."""
    return [f"#{int(row['id']):016x}" for o in story.outcomes for row in o.rows("deviations") if row["status"] == 0]


def late_leg() -> tuple[Story, str]:
    """A warning about a leg that wants an act by minute 110: it left fifty minutes behind its plan."""
    story = Story()
    story.tell(0, planned(dep=60, arr=180))
    story.tell(10, leg("estimated", 10, dep_estimated=at(110), arr_estimated=at(230)))
    return story, opened(story)[0]


def act(word: str, when: float, deviation: str, **more: Any) -> Event:
    return event(f"deviation.{word}", when, deviation=deviation, **more)


def row(story: Story, deviation: str) -> np.void:
    rows = story.table("handling")
    found: np.void = rows[rows["key"] == np.uint64(int(deviation[1:], 16))][0]
    return found


def reasons(outcome: Record) -> list[str]:
    return [outcome.names[int(code)] for code in outcome.rows("rejected")["reason"]]


def test_the_first_who_acknowledges_has_it_and_the_second_is_refused_for_all_to_see() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann"))
    said = story.tell(21, act("acknowledged", 21, deviation, by="bob", id="second"))
    stands = row(story, deviation)
    assert (stands["taken_by"], stands["acknowledged_by"]) == (person("ann"), person("ann"))
    assert (stands["refused_by"], stands["refused"], stands["refused_at"]) == (person("bob"), 1, at(21))
    assert stands["refused_event"] == ids.of("event", "test\0second")
    assert said.rows("handling").size == 1


def test_only_who_has_it_hands_it_on() -> None:
    story, deviation = late_leg()
    story.tell(20, act("assigned", 20, deviation, by="eve", to="ann"))
    story.tell(21, act("assigned", 21, deviation, by="eve", to="bob"))
    assert row(story, deviation)["taken_by"] == person("ann")
    story.tell(22, act("assigned", 22, deviation, by="ann", to="bob"))
    stands = row(story, deviation)
    assert (stands["taken_by"], stands["taken_at"], stands["assigned_by"]) == (person("bob"), at(22), person("ann"))


def test_only_who_has_it_gives_it_back_and_then_anybody_may_take_it() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann"))
    story.tell(21, act("released", 21, deviation, by="bob"))
    assert (row(story, deviation)["taken_by"], row(story, deviation)["refused_by"]) == (person("ann"), person("bob"))
    story.tell(22, act("released", 22, deviation, by="ann"))
    stands = row(story, deviation)
    assert [stands[name] for name in ("taken_by", "acknowledged_by", "taken_at")] == [UNKNOWN, UNKNOWN, -1]
    story.tell(23, act("acknowledged", 23, deviation, by="bob"))
    assert row(story, deviation)["taken_by"] == person("bob")


def test_what_is_given_back_after_it_wanted_an_act_escalates_at_once() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann"))
    story.tell(150, act("released", 150, deviation, by="ann"))
    assert row(story, deviation)["escalated_at"] == at(150)


def test_whoever_is_earlier_has_it_even_if_he_is_heard_later() -> None:
    story, deviation = late_leg()
    story.tell(30, act("acknowledged", 30, deviation, by="bob"))
    story.tell(31, act("acknowledged", 20, deviation, by="ann"))
    assert row(story, deviation)["taken_by"] == person("ann")


def test_a_source_that_names_nobody_has_it_itself() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation))
    assert row(story, deviation)["taken_by"] == ids.of("source", "test")


def test_notes_are_everybodys_and_the_newest_is_shown_with_their_count() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann"))
    story.tell(22, act("noted", 22, deviation, by="bob", text="crew is short"))
    story.tell(23, act("noted", 21, deviation, by="eve", text="older"))
    stands = row(story, deviation)
    assert (stands["notes"], stands["note"]) == (2, ids.of("text", "crew is short"))


def test_what_is_shelved_comes_back_when_its_time_is_over_and_not_before() -> None:
    story, deviation = late_leg()
    story.tell(20, act("shelved", 20, deviation, by="ann", until=at(40)))
    assert row(story, deviation)["shelved_until"] == at(40)
    story.wait(39.9)
    assert row(story, deviation)["shelved_until"] == at(40)
    assert [int(r["shelved_until"]) for r in story.wait(40).rows("handling")] == [-1]


def test_shelving_until_now_brings_it_back() -> None:
    story, deviation = late_leg()
    story.tell(20, act("shelved", 20, deviation, by="ann", until=at(40)))
    story.tell(25, act("shelved", 25, deviation, by="ann", until=at(25)))
    assert row(story, deviation)["shelved_until"] == -1


def test_what_nobody_takes_escalates_once_at_the_moment_it_wants_an_act() -> None:
    story, deviation = late_leg()
    story.wait(109)
    assert len(story.table("handling")) == 0
    story.wait(115)
    assert row(story, deviation)["escalated_at"] == at(110)
    story.tell(116, act("acknowledged", 116, deviation, by="ann"))
    story.wait(130)
    assert row(story, deviation)["escalated_at"] == at(110)


def test_what_somebody_has_does_not_escalate() -> None:
    story, deviation = late_leg()
    story.tell(100, act("assigned", 100, deviation, by="ann", to="bob"))
    story.wait(150)
    assert row(story, deviation)["escalated_at"] == -1


def test_what_is_put_off_escalates_when_it_comes_back() -> None:
    story, deviation = late_leg()
    story.tell(20, act("shelved", 20, deviation, by="ann", until=at(125)))
    story.wait(150)
    assert row(story, deviation)["escalated_at"] == at(125)


def test_an_advisory_wants_no_act() -> None:
    story = Story()
    story.tell(0, planned(dep=60, arr=180))
    story.tell(10, leg("estimated", 10, dep_estimated=at(80), arr_estimated=at(200)))
    story.wait(81)
    assert opened(story)
    advisory = opened(story)[0]
    assert all(f"#{int(key):016x}" != advisory for key in story.table("handling")["key"])


def test_acts_on_what_is_unknown_over_or_unreadable_are_rejected_with_the_reason_and_counted_so() -> None:
    story, deviation = late_leg()
    said = story.tell(
        20, act("acknowledged", 20, "#00000000000000ff"), act("noted", 20, "leg late", text="x"),
        act("shelved", 20, deviation), act("shelved", 20, deviation, until="tomorrow"),
        act("assigned", 20, deviation), act("noted", 20, deviation), act("acknowledged", 20, deviation, by=7),
    )  # fmt: skip
    assert reasons(said) == ["deviation: unknown", "deviation: not # and 16 hex digits", "until: missing",
                             "until: not a time", "to: missing", "text: missing", "by: not a name"]  # fmt: skip
    story.tell(30, leg("estimated", 30, dep_estimated=at(60), arr_estimated=at(180)))
    assert reasons(story.tell(31, act("acknowledged", 31, deviation, by="ann"))) == ["deviation: closed"]
    counts = story.ledger()
    assert counts["rejected"] == 8
    assert counts["received"] == counts["accepted"] + counts["duplicate"] + counts["late"] + counts["rejected"]
    assert len(story.table("handling")) == 0


def test_an_act_taken_back_leaves_what_the_others_said() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann", id="mine"))
    story.tell(21, act("acknowledged", 21, deviation, by="bob"))
    story.tell(22, act("noted", 22, deviation, by="ann", text="not mine", corrects={"id": "mine", "reason": "wrong"}))
    stands = row(story, deviation)
    assert (stands["taken_by"], stands["refused"], stands["notes"]) == (person("bob"), -1, 1)


def test_the_row_goes_a_day_after_the_deviation_is_over() -> None:
    story, deviation = late_leg()
    story.tell(20, act("acknowledged", 20, deviation, by="ann"))
    story.tell(30, leg("estimated", 30, dep_estimated=at(60), arr_estimated=at(180)))
    assert row(story, deviation)["closed_at"] == at(30)
    story.tell(31, leg("departed", 31), leg("arrived", 32))
    story.wait(30 + 23 * 60)
    assert len(story.table("handling")) == 1
    story.wait(30 + 26 * 60)
    assert [len(story.table(name)) for name in ("handling", "acts", "followed")] == [0, 0, 0]


def acts_of(seed: int, deviation: str) -> list[Event]:
    """A handful of acts, some of equal moments, some taken back."""
    draw = random.Random(seed)
    told: list[Event] = []
    for i in range(12):
        word = draw.choice(("acknowledged", "shelved", "assigned", "noted", "released"))
        words: dict[str, Event] = {"shelved": {"until": at(draw.randrange(10, 90))}, "acknowledged": {}, "released": {},
                                   "assigned": {"to": draw.choice(PEOPLE)}, "noted": {"text": draw.choice("12")}}
        told.append(act(word, draw.randrange(10, 16), deviation, by=draw.choice(PEOPLE), id=f"a{i}", **words[word]))
    wrong = [act("noted", 19, deviation, by="eve", text=f"instead of {e['id']}", id=f"c{e['id']}",
                 corrects={"id": e["id"], "reason": "typed"}) for e in told if draw.random() < 0.2]  # fmt: skip
    return told + wrong


def stands_after(parts: list[list[Event]]) -> list[object]:
    story, deviation = late_leg()
    for part in parts:
        story.tell(20, *part)
    stands = row(story, deviation)
    return [stands[name].item() for name in stands.dtype.names or () if name != "position"]


@pytest.mark.parametrize("seed", range(12))
def test_any_order_repetition_and_grouping_of_acts_leave_the_same_row(seed: int) -> None:
    straight = acts_of(seed, late_leg()[1])
    expected = stands_after([straight])
    draw = random.Random(seed + 500)
    for _ in range(2):
        shuffled = straight + draw.sample(straight, 4)
        draw.shuffle(shuffled)
        cut = draw.randrange(1, len(shuffled))
        assert stands_after([shuffled[:cut], shuffled[cut:]]) == expected
    assert stands_after([[one] for one in straight]) == expected


def test_an_act_on_what_is_over_for_no_longer_than_a_second_counts() -> None:
    """So it does not matter which of the two the record tells first."""
    story, deviation = late_leg()
    story.tell(30, leg("estimated", 30, dep_estimated=at(60), arr_estimated=at(180)))
    assert reasons(story.tell(30, act("acknowledged", 30, deviation, by="ann"))) == []
    assert row(story, deviation)["taken_by"] != UNKNOWN
