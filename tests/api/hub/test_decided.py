"""What the feed tells of options, decisions and actions: as the story went, in the shapes that are promised."""

from typing import Any

from api.hub import filters
from api.hub.frames import Filter
from api.hub.picture import Picture
from api.hub.rows import ROWS
from tests.suites.choices import Choice
from tests.suites.small_api import rows
from tower import ids
from tower.ids import UNKNOWN
from tower.outcomes import WHYS
from tower.record import Record

CHANNELS = ("options", "decisions", "actions", "plans", "prices")


def told(story: Choice, *more: Record) -> Picture:
    """The picture after the story; every row has the shape that its channel promises."""
    picture = Picture("n")
    picture.draw()
    for outcome in (*story.outcomes, *more):
        picture.take(outcome)
    for channel in CHANNELS:
        for row in picture.rows(channel).values():
            ROWS[channel].model_validate(row)
    return picture


def only(picture: Picture, channel: str) -> dict[str, Any]:
    (row,) = picture.rows(channel).values()
    return dict(row)


def test_an_option_and_its_decision_are_told_while_they_stand() -> None:
    story = Choice()
    decision = story.proposed()
    picture = told(story)
    option = only(picture, "options")
    assert (option["id"], option["net_cents"], option["moves"]) == (f"#{ids.of('option', 'usual'):016x}", 50_000, 2)
    row = only(picture, "decisions")
    assert (row["id"], row["option"], row["state"], row["mode"]) == (decision, option["id"], "proposed", "approve")
    story.drop("usual")
    story.tell(4)
    picture = told(story)
    assert picture.rows("options") == {}
    assert only(picture, "decisions")["reason"] == "nothing is better than leaving it"


def test_an_action_is_told_with_its_lines_and_again_when_one_of_them_is_done() -> None:
    story = Choice()
    decision = story.proposed()
    story.say(4, "approved", decision)
    before = only(told(story), "actions")
    assert (before["state"], {line["state"] for line in before["lines"]}) == ("sent", {"asked"})
    assert {(line["from_site"], line["to_leg"]) for line in before["lines"]} == {("A", "L2")}
    failed = [{"order": "O2", "line": "1", "reason": "picked"}]
    story.answer(5, "executed", int(story.decision(decision)["action"]), failed=failed)
    after = only(told(story), "actions")
    assert (after["state"], after["done"], after["failed"]) == ("executed", 1, 1)
    assert sorted((line["state"], line.get("reason")) for line in after["lines"]) == [
        ("done", None), ("failed", "picked")]  # fmt: skip


def test_a_price_is_told_while_its_leg_is_scarce() -> None:
    story = Choice()
    row = {"key": 7, "resource": ids.of("leg", "L2"), "window_start": story.records[0].now, "last_unit_cents": 500,
           "next_unit_cents": 0}  # fmt: skip
    number = len(story.outcomes)
    scarce = Record(number + 1, story.records[-1].now, {"prices": rows("prices", row)})
    price = only(told(story, scarce), "prices")
    assert (price["resource"], price["last_unit_cents"], price["next_unit_cents"]) == ("L2", 500, 0)
    assert price["what"] == "leg"
    over = Record(number + 2, story.records[-1].now, {"prices": rows("prices", {**row, "keep_until": 0})})
    assert told(story, scarce, over).rows("prices") == {}


def test_a_price_of_goods_names_the_article_and_the_site() -> None:
    story = Choice()
    row = {"key": 7, "what": 2, "resource": ids.of("sku", "S"), "site": ids.of("site", "A"), "last_unit_cents": 500,
           "next_unit_cents": 900}  # fmt: skip
    scarce = Record(len(story.outcomes) + 1, story.records[-1].now, {"prices": rows("prices", row)})
    price = only(told(story, scarce), "prices")
    assert (price["what"], price["resource"], price["site"], price["next_unit_cents"]) == ("goods", "S", "A", 900)


def test_a_line_is_told_while_the_plan_has_it_elsewhere_and_in_words_why_it_has_it_nowhere() -> None:
    story = Choice()
    named = {"order": ids.of("order", "O2"), "order_line": ids.of("line", "1"), "from_leg": ids.of("leg", "L1")}
    row = {**named, "key": 7, "line": 7, "to_leg": ids.of("leg", "L2"), "cost_cents": -500,
           "why": WHYS.index("stranded")}  # fmt: skip
    number, now = len(story.outcomes), story.records[-1].now
    moves = Record(number + 1, now, {"plans": rows("plans", row)})
    plan = only(told(story, moves), "plans")
    assert (plan["line"], plan["from_leg"], plan["to_leg"], plan["why"]) == (f"#{7:016x}", "L1", "L2", "stranded")
    assert (plan["order"], plan["order_line"]) == ("O2", "1")
    assert (plan["cost_cents"], plan.get("says")) == (-500, None)
    left = {**row, "to_leg": UNKNOWN, "why": WHYS.index("full"), "resource": ids.of("leg", "L2"), "short": 3}
    stays = Record(number + 2, now, {"plans": rows("plans", left)})
    assert only(told(story, moves, stays), "plans")["says"] == "L2 full: 3 loads short"
    over = Record(number + 3, now, {"plans": rows("plans", {**left, "keep_until": 0})})
    assert told(story, moves, stays, over).rows("plans") == {}


def test_a_plan_is_of_the_sites_that_it_takes_a_line_from_and_to() -> None:
    passes = filters.passes("plans", Filter(site=["EWR"]))
    told = [{"from_site": "EWR", "to_site": "JFK"}, {"to_site": "EWR"}, {"from_site": "JFK"}, {"why": "no_candidate"}]
    assert [passes(row) for row in told] == [True, True, False, False]
