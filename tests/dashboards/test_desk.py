"""The desk's promises, in a browser: keys do everything, what is said reaches the API, refusals are shown."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.dashboards import samples
from tests.dashboards.conftest import Watched, keep
from tests.dashboards.looks import scrolls
from tests.dashboards.patience import drawn, soon
from tests.dashboards.stage import Stage

pytestmark = pytest.mark.full


class Door:
    """The HTTP door as the desk knows it: says who one is, takes what is said, refuses what it is told to refuse.

    `gone`: an option that was, whose moves are told only of then; `asked`: the moments that were asked for.
    """

    def __init__(self, role: str = "dispatcher") -> None:
        self.role, self.said, self.taken = role, list[tuple[str, Any]](), ""
        self.looks, self.unserved = list[Any](), list[dict[str, Any]]()
        self.asked, self.gone = list[str](), dict[str, Any]()
        named = {"order": "O", "from_leg": "UA1", "to_leg": "UA2"}
        self.moves = [{"id": f"#m{n}", "order_line": str(n), "cost_cents": 100 * n, **named} for n in range(12)]

    def __call__(self, route: Route) -> None:
        path = route.request.url.split("?")[0].split("/v1/")[1]
        if path == "where":
            route.fallback()
        elif path == "me":
            route.fulfill(json={"name": "ann", "role": self.role, "networks": ["blizzard"]})
        elif path == "moves":
            then = parse_qs(urlsplit(route.request.url).query).get("at", [])
            items, self.asked = self.moves if then or not self.gone else [], self.asked + then
            route.fulfill(json={"items": items, "count": len(items)})
        elif path.startswith("options/"):
            route.fulfill(json={"item": self.gone})
        elif path == "candidates":
            here = {"dep": samples.moment(3600), "arr": samples.moment(7200), "late_min": 0, "is_here": False}
            costs = {"UA2": 5_000, "UA3": 6_200, "UA4": 4_100, "UA5": 9_900}
            legs = [here | {"leg": leg, "cost_cents": cost, "room": 1, "has_room": leg != "UA5"}
                    for leg, cost in costs.items()]  # fmt: skip
            route.fulfill(json={"items": legs})
        elif path.endswith("/look"):
            self.looks.append(route.request.post_data_json)
            route.fulfill(json={})
        elif path.startswith("decisions/"):
            self.said.append((path, route.request.post_data_json))
            route.fulfill(json={})
        elif route.request.method == "POST":
            body: Any = route.request.post_data_json
            self.said.append((path, body))
            answer = {"status": 409, "answer": {"detail": self.taken}} if self.taken else {"status": 200, "answer": {}}
            route.fulfill(json={"results": [{"id": one, **answer} for one in body.get("ids", [])]})
        else:
            nothing: dict[str, Any] = {"timeline": [], "evidence": None, "hits": [], "items": [], "item": {}}
            route.fulfill(json=nothing | {"unserved": self.unserved})


@contextmanager
def desk(browser: Browser, door: Door, theme: str = "light", sample: samples.Sample | None = None) -> Iterator[Page]:
    """The desk on the storm, or on another moment."""
    with Stage(sample or members(samples.storm())) as stage, Watched(browser, 1440, 900) as page:
        page.route("**/v1/**", door)
        page.goto(stage.url("desk", f"?theme={theme}"))
        expect(page.locator(".badge")).to_have_text(re.compile("RECORDED"))
        expect(page.locator(".top .pill")).to_contain_text(door.role)
        drawn(page)
        yield page


def members(sample: samples.Sample) -> samples.Sample:
    """The sample with every deviation in its first incident."""
    first = sample.rows["incidents"][0]["id"]
    for row in sample.rows["deviations"]:
        row["incident"] = first
    return sample


def chosen(page: Page, part: str) -> Locator:
    """What the cursor is on."""
    return page.locator(f".{part}.chosen .{'name' if part == 'card' else 'clip'}").first


def test_the_desk_shows_the_queue_and_why(browser: Browser) -> None:
    with desk(browser, Door()) as page:
        keep(page, "desk-storm-1440-light")
        expect(page.locator(".queue")).to_contain_text("Snow at EWR")
        assert not scrolls(page)


def test_the_dark_desk(browser: Browser) -> None:
    with desk(browser, Door(), "dark") as page:
        keep(page, "desk-storm-1440-dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 31, 34)"


def test_keys_walk_the_queue_and_the_deviations(browser: Browser) -> None:
    with desk(browser, Door()) as page:
        first = chosen(page, "card").inner_text()
        page.keyboard.press("j")
        expect(chosen(page, "card")).not_to_have_text(first)
        page.keyboard.press("k")
        expect(chosen(page, "card")).to_have_text(first)
        with_weather = page.locator(".card", has_text="Snow at EWR").first
        with_weather.click()
        before = chosen(page, "member").inner_text()
        page.keyboard.press("ArrowDown")
        expect(chosen(page, "member")).not_to_have_text(before)


def test_acknowledging_says_so_to_the_api_and_shows_that_it_was_done(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        page.locator(".card", has_text="Snow at EWR").first.click()
        page.keyboard.press("a")
        expect(page.locator(".hint")).to_have_text("acknowledge: 1 of 1 done")
    ((path, body),) = door.said
    assert path == "deviations/acknowledge"
    assert len(body["ids"]) == 1


def test_many_are_acknowledged_only_after_a_second_key(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        page.locator(".card", has_text="Snow at EWR").first.click()
        page.keyboard.press("Shift+A")
        expect(page.locator(".hint")).to_contain_text("confirms")
        assert door.said == []
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_contain_text("done")
    assert sum(len(body["ids"]) for _, body in door.said) > 1


def test_what_somebody_else_has_taken_is_said_in_words(browser: Browser) -> None:
    door = Door()
    door.taken = "deviation #1 is taken by bob"
    with desk(browser, door) as page:
        page.locator(".card", has_text="Snow at EWR").first.click()
        page.keyboard.press("a")
        expect(page.locator(".hint")).to_have_text("acknowledge: 0 of 1 done; deviation #1 is taken by bob")


def test_shelving_asks_for_how_long_and_notes_for_words(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        page.locator(".card", has_text="Snow at EWR").first.click()
        page.keyboard.press("z")
        page.keyboard.press("2")
        expect(page.locator(".hint")).to_contain_text("shelve: 1 of 1 done")
        page.keyboard.press("n")
        page.locator(".ask input").fill("gate says 14:30")
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_contain_text("note: 1 of 1 done")
    assert [path for path, _ in door.said] == ["deviations/shelve", "deviations/note"]
    assert door.said[0][1]["until"] > samples.moment(60 * 119)
    assert door.said[1][1]["text"] == "gate says 14:30"


def test_a_key_that_may_only_look_cannot_act(browser: Browser) -> None:
    with desk(browser, Door("viewer")) as page:
        page.locator(".card", has_text="Snow at EWR").first.click()
        expect(page.get_by_role("button", name="Acknowledge")).to_be_disabled()
        expect(page.locator(".hint")).to_contain_text("may look, not act")


def test_the_day_is_paused_and_sped_up_from_the_keyboard(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        page.keyboard.press("Space")
        page.keyboard.press(".")
        wanted = [("scenarios/blizzard/pause", {"paused": True}), ("scenarios/blizzard/speed", {"speed": 120})]
        assert soon(page, lambda _: [*door.said], wanted) == wanted


def test_rules_that_do_not_hold_are_told_beside_the_ledger(browser: Browser) -> None:
    with desk(browser, Door()) as page:
        expect(page.locator(".scrub .end")).to_contain_text("= out; stock allocation: 41 off")


def test_all_keys_are_told(browser: Browser) -> None:
    with desk(browser, Door()) as page:
        page.keyboard.press("?")
        expect(page.locator(".help")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(".help")).to_be_hidden()


def told_of_the_first(**said: str) -> samples.Sample:
    """The storm, where something more is told of the deviation that the desk shows first."""
    sample = members(samples.storm())
    first = max(sample.rows["deviations"], key=lambda row: (row["severity"], row["value_at_risk_cents"]))
    first |= said
    return sample


def test_nobody_works_on_what_somebody_else_has_taken(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=told_of_the_first(taken_by="bob", taken_at=samples.moment(-60))) as page:
        expect(page.locator(".facts")).to_contain_text("bob, 12:57:20")
        expect(page.locator(".hint")).to_have_text("bob has it; only bob can assign it to you.")
        for name in ("Acknowledge", "Assign", "Shelve"):
            expect(page.get_by_role("button", name=name)).to_be_disabled()
        expect(page.get_by_role("button", name="Note")).to_be_enabled()
        page.keyboard.press("a")
        page.keyboard.press("z")
        expect(page.locator(".ask")).to_be_hidden()
        expect(page.locator(".card.chosen")).to_contain_text("1 of 1,375 taken")
    assert door.said == []


def test_whoever_has_it_gives_it_back(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=told_of_the_first(taken_by="ann", taken_at=samples.moment(-60))) as page:
        expect(page.get_by_role("button", name="Acknowledge")).to_be_hidden()
        expect(page.get_by_role("button", name="Give back")).to_be_visible()
        page.keyboard.press("g")
        expect(page.locator(".hint")).to_have_text("release: 1 of 1 done")
    assert [path for path, _ in door.said] == ["deviations/release"]


def test_what_nobody_took_in_time_is_seen_in_queue_detail_and_row(browser: Browser) -> None:
    escalated = told_of_the_first(escalated_at=samples.moment(-120), act_by=samples.moment(-120))
    with desk(browser, Door(), sample=escalated) as page:
        expect(page.locator(".card.chosen .late")).to_have_text("1 escalated")
        expect(page.locator(".detail .pill.late")).to_have_text("1 escalated")
        expect(page.locator(".lead")).to_contain_text("Nobody took 1 in time.")
        expect(page.locator(".member.chosen .late")).to_have_text("escalated")
        expect(page.locator(".facts")).to_contain_text("nobody in time, escalated 12:56:20")


def test_why_the_plan_leaves_lines_without_a_leg_is_said_where_it_leaves_any(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        expect(page.locator(".facts")).to_contain_text("Taken by")
        expect(page.get_by_text("On no leg", exact=True)).to_be_hidden()
        door.unserved = [{"says": "UA1545-EWR-2013-02-08 full: 3 loads short", "lines": 3},
                         {"says": "no stock of 22423 within promise: 12 units wanted", "lines": 1}]  # fmt: skip
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("On no leg", exact=True)).to_be_visible()
        expect(page.locator(".facts")).to_contain_text(
            "UA1545-EWR-2013-02-08 full: 3 loads short (3 lines); no stock of 22423 within promise: 12 units wanted"
        )
        assert not scrolls(page)


def test_the_cursor_stays_on_what_is_first_until_somebody_chooses(browser: Browser) -> None:
    with desk(browser, Door()) as page:
        top = page.locator(".card").first
        expect(top).to_contain_class("chosen")
        page.get_by_role("button", name="by value lost").click()
        page.get_by_role("button", name="by value at risk").click()
        expect(page.get_by_role("button", name="by time left")).to_be_visible()
        expect(top).to_contain_class("chosen")
        page.keyboard.press("j")
        expect(top).not_to_contain_class("chosen")
        kept = chosen(page, "card").inner_text()
        page.keyboard.press("s")
        page.keyboard.press("s")
        page.keyboard.press("s")
        expect(page.get_by_role("button", name="by value at risk")).to_be_visible()
        expect(chosen(page, "card")).to_have_text(kept)


def test_what_was_put_off_can_be_brought_back(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=told_of_the_first(shelved_until=samples.moment(3600))) as page:
        expect(page.locator(".facts")).to_contain_text("shelved until 13:58:20")
        page.keyboard.press("z")
        page.get_by_role("button", name="Bring back").click()
        expect(page.locator(".hint")).to_contain_text("shelve: 1 of 1 done")
    assert door.said[0][1]["until"] < samples.moment(60)
