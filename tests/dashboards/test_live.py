"""The pages on the real demo: what the tower says is what they show, and what is said on them comes back."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from api.embedded import free_ports
from tests.dashboards.conftest import Watched, keep
from tests.dashboards.deciding import ENOUGH_S, Deciding
from tests.dashboards.looks import cut, scrolls
from tests.dashboards.patience import drawn, soon
from tests.suites.running_demo import Demo
from tower import clock

pytestmark = [pytest.mark.full, pytest.mark.timeout(1200)]
NOON = "2013-02-06T12:30:00-05:00"
"""Twelve hours into the data: warm soon, something is open, and soon legs are cancelled and lines are stranded."""
UNTIL = 120_000
"""Milliseconds that a busy machine may take for anything."""
CAUGHT_UP = 400_000
"""And for the half day that the demo takes in first."""


@pytest.fixture(scope="module")
def demo(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo, warm."""
    port = free_ports(28_200, 5)[0]
    running = Demo(tmp_path_factory.mktemp("live") / "data", "--from", NOON, "--speed", "60", port=port)
    try:
        running.until("The tower is up.")
        running.until("driver ")
        yield running
    finally:
        os.killpg(running.process.pid, signal.SIGINT)
        ended = running.ended(120)
    assert ended == 0, running.err.read_text()[-2000:]


@pytest.fixture
def wall(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The wall of whoever may only look."""
    with Watched(browser) as page:
        page.goto(demo.door("wall"))
        expect(page.locator(".badge")).to_have_text(re.compile("RECORDED"), timeout=CAUGHT_UP)
        yield page


@pytest.fixture
def desk(browser: Browser, demo: Demo) -> Iterator[Page]:
    """The dispatcher's desk."""
    with Watched(browser, 1440, 900) as page:
        page.goto(demo.door("desk"))
        expect(page.locator(".badge")).to_have_text(re.compile("RECORDED"), timeout=CAUGHT_UP)
        expect(page.locator(".top .pill")).to_have_text("dispatcher", timeout=UNTIL)
        yield page


def test_rows_come_by_the_feed_and_acts_and_speed_go_back_by_the_api(wall: Page, desk: Page) -> None:
    expect(wall.locator(".hub b").first).to_have_text("EWR")
    expect(wall.locator(".item.first .what, .item.first .clip").first).to_have_text(re.compile(r"\w"), timeout=UNTIL)
    expect(wall.locator(".foot .source b").last).to_have_text(re.compile(r"\d"))
    drawn(wall)
    assert soon(wall, scrolls, wanted=False) is False
    assert soon(wall, cut, {}) == {}
    keep(wall, "live-wall-1920")
    check_speed(wall, desk)
    check_acknowledging(wall, desk)


def check_speed(wall: Page, desk: Page) -> None:
    """Slower and faster, pause and play, as the wall's badge says them."""
    desk.keyboard.press(".")
    expect(wall.locator(".badge")).to_have_text("RECORDED \u00d7120", timeout=UNTIL)
    desk.get_by_role("button", name="slower").click()
    expect(wall.locator(".badge")).to_have_text("RECORDED \u00d760", timeout=UNTIL)
    desk.keyboard.press("Space")
    expect(wall.locator(".badge")).to_have_text("RECORDED, paused", timeout=UNTIL)
    expect(desk.get_by_role("button", name="play")).to_be_visible()
    stood = wall.locator(".keep .value").inner_text()
    wall.wait_for_timeout(1500)
    assert wall.locator(".keep .value").inner_text() == stood
    desk.keyboard.press("Space")
    expect(wall.locator(".badge")).to_have_text("RECORDED \u00d760", timeout=UNTIL)


def check_acknowledging(wall: Page, desk: Page) -> None:
    """Take all of what the wall shows first; both say who has it."""
    first = wall.locator(".item.first .clip").inner_text()
    desk.locator(".card", has_text=first).first.click()
    expect(desk.locator(".detail h1")).to_have_text(first)
    desk.keyboard.press("Shift+A")
    desk.keyboard.press("Enter")
    expect(desk.locator(".hint")).to_have_text(re.compile(r"acknowledge: \d+ of \d+ done"), timeout=UNTIL)
    expect(desk.locator(".card.chosen")).to_contain_text("taken", timeout=UNTIL)
    expect(desk.locator(".facts")).to_contain_text("dispatcher,", timeout=UNTIL)
    told = re.compile("taken|dispatcher has it|plan saves")  # what a plan saves is said in place of who has it
    expect(wall.locator(".why")).to_have_text(told, timeout=UNTIL)
    keep(desk, "live-desk-1440")
    keep(wall, "live-wall-acknowledged-1920")


def test_what_is_foretold_of_a_leg_and_who_answers_is_what_the_api_has(browser: Browser, demo: Demo) -> None:
    with Watched(browser, 1440, 900) as page:
        desk = Deciding(page, demo)
        leg = foretold(desk)
        page.keyboard.press("/")
        page.get_by_label("Find").fill(leg)
        page.keyboard.press("Enter")
        expect(page.locator(".side h2.large")).to_have_text(leg, timeout=UNTIL)
        page.keyboard.press("o")
        sheet = page.get_by_role("dialog", name="Outlook")
        expect(sheet.get_by_role("heading", name=f"Outlook: {leg}")).to_be_visible(timeout=UNTIL)
        expect(sheet.get_by_role("option")).to_have_count(desk.get(f"predictions?leg={leg}")["count"], timeout=UNTIL)
        expect(sheet.get_by_role("option").last).to_contain_text(re.compile("no answer: too few|was cancelled"))
        keep(page, "live-desk-outlook-1440")
        page.keyboard.press("O")
        models = page.get_by_role("dialog", name="Models").get_by_role("option")
        expect(models).to_have_count(desk.get("models")["count"], timeout=UNTIL)


def foretold(desk: Deciding) -> str:
    """A cancelled leg of which something was said before: nothing more will be."""
    until = clock.steady_s() + ENOUGH_S
    while clock.steady_s() < until:
        for one in desk.get("deviations?kind=leg.cancelled&limit=200")["items"]:
            if desk.get(f"predictions?leg={one['subject']}")["count"]:
                return str(one["subject"])
        desk.page.wait_for_timeout(500)
    raise AssertionError("no leg was cancelled of which anything had been said")


def test_the_day_is_forked_compared_and_the_comparison_stopped(browser: Browser, demo: Demo) -> None:
    with Watched(browser, 1440, 900) as page:
        page.goto(demo.door("what if"))
        expect(page.locator(".badge")).to_have_text(re.compile("RECORDED"), timeout=CAUGHT_UP)
        page.keyboard.press("f")
        expect(page.locator(".sentence")).to_contain_text("Forked at", timeout=UNTIL)
        page.get_by_label("A: plan").select_option("greedy")
        page.get_by_role("button", name="Compare").click()
        expect(page.locator(".sentence")).to_contain_text("pairs of runs", timeout=UNTIL)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".proof")).to_contain_text("stopped by hand", timeout=UNTIL)
        assert soon(page, cut, {}) == {}


def test_what_is_approved_with_two_keys_is_done_by_the_world_and_told_back_by_the_feed(
    browser: Browser, demo: Demo
) -> None:
    with Watched(browser, 1440, 900) as page:
        desk = Deciding(page, demo)
        done = desk.executed()
        keep(page, "live-desk-executed-1440")
        receipt = desk.receipt(done)
        assert (receipt["recomputed"]["equal"], receipt["approvers"]) == (True, ["approver"]), receipt["recomputed"]
        there = desk.moved(receipt)
        assert desk.stand(there)
        desk.confirms("u")
        desk.shows("rolled back")
        back = desk.moved(desk.receipt(done))
        assert desk.stand(back)
        assert {(one["line"], one["from_leg"]) for one in back} <= {(one["line"], one["to_leg"]) for one in there}
        refused = desk.decided(lambda: desk.rejects("the runway opens at two"))
        expect(page.locator(".decide")).to_contain_text("approver: the runway opens at two")
        receipt = desk.receipt(refused)
        assert receipt["recomputed"]["equal"], receipt["recomputed"]
        assert ([one["kind"] for one in receipt["words"]], receipt["actions"]) == (["decision.rejected"], [])


def test_a_hub_that_hangs_freezes_the_wall_and_one_that_is_killed_comes_back(demo: Demo, wall: Page) -> None:
    hub = demo.pid("hub")
    os.kill(hub, signal.SIGSTOP)  # its sockets stay open
    expect(wall.locator(".badge")).to_have_text(re.compile(r"NO DATA 00:\d\d"), timeout=UNTIL)
    expect(wall.get_by_text("last frame, not now")).to_be_visible()
    keep(wall, "live-wall-frozen-1920")
    os.kill(hub, signal.SIGKILL)
    expect(wall.locator(".badge")).to_have_text(re.compile("RECORDED|BEHIND"), timeout=UNTIL)
    expect(wall.locator("#wall.frozen")).to_have_count(0)
    assert demo.pid("hub") != hub
