"""Playbooks: the highest version counts in whatever order they come; what cannot be is refused by clause."""

from itertools import permutations
from typing import Any

import pytest

from operators.chain import Chain
from streams.control import make
from tests.suites.story import Event, Story, event
from tower import ids
from tower.outcomes import CAUSES, OPTIONS

SNOW: dict[str, Any] = {"title": "Re-plan of EWR", "cause": "weather", "site": "EWR", "option": "joint", "run": "a1",
                        "runs": 8, "net_cents": -1_790_000, "net_low_cents": -2_080_000,
                        "net_high_cents": -1_500_000}  # fmt: skip


def setting(version: object, when: float = 0, **said: object) -> Event:
    return event("playbook.set", when, playbook="snow", version=version, by="ann", document={**SNOW, **said})


def refused(*events: Event) -> list[str]:
    story = Story()
    story.tell(0, *events)
    return [o.names[int(row["reason"])] for o in story.outcomes for row in o.rows("rejected")]


def test_what_is_set_is_told_and_is_there_after_a_restart() -> None:
    story = Story()
    outcome = story.tell(0, setting(1))
    (row,) = outcome.rows("playbooks")
    names = {int(row[name]): outcome.names[int(row[name])] for name in ("playbook", "title", "site", "by", "run")}
    assert list(names.values()) == ["snow", "Re-plan of EWR", "EWR", "ann", "a1"]
    assert (CAUSES[row["cause"]], OPTIONS[row["option"]], row["version"]) == ("weather", "joint", 1)
    assert [row[name] for name in ("net_cents", "net_low_cents", "net_high_cents", "runs", "retired")] == [
        -1_790_000, -2_080_000, -1_500_000, 8, 0,
    ]  # fmt: skip
    again = Chain(make, story.chain.saved(), story.chain.after)
    assert again.saved() == story.chain.saved()
    assert row["key"] == ids.of("playbook", "snow")


def test_the_highest_version_counts_in_any_order_and_may_retire_it() -> None:
    for order in permutations([setting(1, 0), setting(2, 1, option="spare"), setting(3, 2, retired=True)]):
        story = Story()
        for n, said in enumerate(order):
            story.tell(n, said)
        (row,) = story.table("playbooks")
        assert (row["version"], row["retired"], OPTIONS[row["option"]]) == (3, 1, "joint")


@pytest.mark.parametrize("said, why", [
    (setting(0), "clause version: "), (setting(1, cause="snow"), "clause document.cause: not one of weather"),
    (setting(1, option="magic"), "clause document.option: "), (setting(1, colour="red"), "clause document.colour: "),
    (setting(1, title=""), "clause document.title: "), (setting(1, runs=-1), "clause document.runs: "),
    (setting(1, net_cents=0.5), "clause document.net_cents: "), (setting(1, retired=1), "clause document.retired: "),
    (setting(1) | {"document": []}, "clause document: not an object"), (setting(1) | {"by": 7}, "clause by: "),
])  # fmt: skip
def test_what_cannot_be_is_refused_by_clause(said: Event, why: str) -> None:
    (found,) = refused(said)
    assert found.startswith(why)


def test_one_version_that_is_set_otherwise_later_is_refused() -> None:
    (why,) = refused(setting(1), setting(1, 5, option="spare"))
    assert why == "clause version: 1 has been set otherwise before"
