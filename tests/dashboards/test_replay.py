"""What if, in a browser: what differs and how sure it is, while it is played and after; forks, runs and keys."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboards import forked, samples
from tests.dashboards.access import faint, faults
from tests.dashboards.conftest import Watched, keep, slowed
from tests.dashboards.forked import Door, run
from tests.dashboards.looks import cut, meeting, scrolls, texts
from tests.dashboards.patience import drawn, soon
from tests.dashboards.stage import Stage

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The pages, and a hub that tells the storm."""
    with Stage(samples.storm()) as found:
        yield found


@pytest.fixture(scope="module")
def opened(browser: Browser, stage: Stage) -> Iterator[Page]:
    """One page for all."""
    with Watched(browser, 1440, 900) as page:
        page.route("**/v1/**", Door())
        page.goto(stage.url("replay"))
        expect(page.locator(".top .badge")).to_have_text(re.compile("RECORDED"))
        drawn(page)
        yield page


@pytest.fixture
def page(opened: Page) -> Page:
    """The page, at its list, in light and at its size again."""
    opened.set_viewport_size({"width": 1440, "height": 900})
    opened.emulate_media(color_scheme="light")
    return opened


def show(page: Page, *answers: forked.Row) -> Door:
    """Look at a run that is answered so, one answer after the other."""
    door = Door(*answers)
    page.route("**/v1/**", door)
    go(page, "")
    go(page, answers[0]["id"])
    expect(page.locator(".top h1 + span")).to_have_text(answers[0]["title"])
    return door


def go(page: Page, run: str) -> None:
    """Where a link leads."""
    page.evaluate("(run) => { location.hash = `key=test${run && '&run=' + run}`; }", run)


def row(page: Page, figure: str) -> Locator:
    """The row of the table that is about a figure."""
    return page.locator(".k tr", has=page.get_by_text(figure, exact=True)).first


def between(low: str, high: str, page: Page) -> Locator:
    """The interval of what the net cost changes."""
    minus = "\N{MINUS SIGN}"
    return page.get_by_label(f"Net cost: {minus}17.9, {minus}{low} to {minus}{high}")


def wrong(page: Page) -> list[object]:
    """What cannot be seen, read or told apart."""
    return [
        *cut(page),
        *[one.text for one in texts(page) if one.cap < 8.2],  # 12 px of the page's face
        *meeting(page),
        *faults(page),
        *faint(page),
        *["scrolls"] * scrolls(page),
    ]


def test_what_a_change_is_worth_is_said_first_then_shown_with_how_sure_it_is(page: Page) -> None:
    show(page, run())
    expect(page.locator(".sentence")).to_contain_text(
        "From 12:58 on, A, joint plan, is the best: net cost \N{MINUS SIGN}$17.9k "
        "(\N{MINUS SIGN}20.8 to \N{MINUS SIGN}15.0). Worse: on time, economy"
    )
    net = "Net cost $k 188.0 170.1 \N{MINUS SIGN}17.9 better 176.0 \N{MINUS SIGN}12.0 better mixed"
    expect(row(page, "Net cost")).to_contain_text(net, use_inner_text=True)
    expect(row(page, "Legs cancelled")).to_contain_text("472 same input", use_inner_text=True)
    expect(row(page, "Legs cancelled")).to_have_text(re.compile("replayed$"), use_inner_text=True)
    expect(row(page, "Undelivered")).to_contain_text("\N{MINUS SIGN}6 no difference", use_inner_text=True)
    expect(page.locator(".k b", has_text="worse")).to_have_count(5)
    expect(between("20.8", "15.0", page)).to_have_count(1)
    expect(page.locator(".proof")).to_contain_text("equal until the fork")
    expect(page.locator(".proof")).to_contain_text("7 to 13, paired")
    expect(page.locator(".proof")).to_contain_text("interval excludes 0")


def test_nothing_is_cut_small_faint_or_nameless_in_light_and_dark_and_on_a_small_screen(page: Page) -> None:
    show(page, run())
    assert soon(page, wrong, []) == []
    keep(page, "replay-1440-light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.locator(".lanes svg")).to_have_attribute("width", re.compile(r"9\d\d"))
    assert soon(page, wrong, []) == []
    keep(page, "replay-1366-dark")
    show(page, run(keys="ABC"))
    assert soon(page, wrong, []) == []


def test_figures_come_with_the_first_pair_and_their_intervals_narrow(page: Page) -> None:
    door = show(page, run("waiting", 0))
    door.answers = [run("running", 1)]
    expect(page.locator(".sentence")).to_contain_text("1 of at most 20 pairs of runs.")
    expect(row(page, "Net cost")).to_contain_text("\N{MINUS SIGN}17.9 one pair", use_inner_text=True)
    door.answers = [run("running", 3)]
    expect(page.locator(".sentence")).to_contain_text("3 of at most 20 pairs of runs. So far, from 12:58 on, A")
    expect(between("24.3", "11.5", page)).to_have_count(1)
    keep(page, "replay-running-1440-light")
    page.keyboard.press("x")
    stopped = [("DELETE", "scenarios/blizzard/runs/00000000000000c1")]
    assert soon(page, lambda _: [one[:2] for one in door.said], stopped) == stopped
    door.answers = [run()]
    expect(page.locator(".proof")).to_contain_text("interval excludes 0")
    expect(between("20.8", "15.0", page)).to_have_count(1)
    assert len(door.said) == 1
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()


def test_a_run_that_failed_says_why_and_what_to_do(page: Page) -> None:
    show(page, run("failed", 0) | {"why": "its process was ended by signal 9", "hint": "ask for it again"})
    expect(page.locator(".sentence")).to_have_text(
        "It failed: its process was ended by signal 9. Try: ask for it again. + changes it."
    )
    assert soon(page, wrong, []) == []


def test_keys_move_the_playhead_the_cursor_and_the_variant(page: Page) -> None:
    show(page, run())
    page.keyboard.press(".")
    expect(page.locator(".playhead text").last).to_have_text("13:00")
    page.keyboard.press(",")
    expect(page.locator(".playhead text").last).to_have_text("12:54")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="pause")).to_be_visible()
    expect(page.locator(".playhead text").last).to_have_text(re.compile("13:[1-5]"))
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="play")).to_be_visible()
    first = page.locator(".move.chosen").inner_text()
    page.keyboard.press("n")
    expect(page.locator(".move.chosen")).not_to_have_text(first, use_inner_text=True)
    page.keyboard.press("2")
    expect(page.locator(".differs h2").first).to_have_text("Plan, base → B")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".form")).to_be_visible()


def test_a_form_forks_and_compares_in_the_words_of_the_api(page: Page) -> None:
    door = Door(run())
    page.route("**/v1/**", door)
    go(page, "")
    expect(page.locator(".form")).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_role("status")).to_have_text("A is as the base: change something in it.")
    page.get_by_label("A: plan").select_option("joint")
    page.get_by_label("A: hub shut").select_option("EWR")
    page.get_by_label("A: shut from").fill("25:00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("EWR shut from: write a time as 08:00 (got 25:00)")
    page.get_by_label("A: shut from").fill("14:00")
    assert soon(page, wrong, []) == []
    keep(page, "replay-form-1440-light")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".k")).to_be_visible()
    (_, forked_at, fork), (_, path, body) = door.said
    assert (forked_at, fork, path) == ("scenarios/blizzard/fork", {}, "scenarios/blizzard/compare")
    title = "Joint plan, EWR shut 14:00, 4 h"
    changed = {"plan": "joint", "changes": ["shut=EWR/2013-02-08T19:00:00Z/4h"], "title": title}
    assert body == {"fork": forked.FORK["id"], "base": {"title": "As run"}, "changed": [changed], "runs": 20}


def test_what_there_is_is_listed_opened_and_changed(page: Page) -> None:
    door = Door(run())
    door.runs = [run("running", 3) | {"id": "00000000000000c2"}, run()]
    page.route("**/v1/**", door)
    go(page, "")
    expect(page.get_by_role("listbox", name="Runs").get_by_role("option")).to_have_count(2)
    expect(page.get_by_role("listbox", name="Forks")).to_contain_text("record 1,284,551")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".k")).to_be_visible()
    page.keyboard.press("+")
    expect(page.get_by_label("B: orders")).to_have_value("1.15")
    expect(page.get_by_label("Base: plan")).to_have_value("fifo")
    expect(page.get_by_label("C: plan")).to_be_visible()


def test_a_fork_that_is_refused_says_why_on_the_desk_and_one_that_is_not_opens_here(
    browser: Browser, stage: Stage
) -> None:
    page = slowed(browser.new_page())  # one that may complain: a refusal is an error of the network's
    door = Door(run())
    door.refused = "network blizzard has no world"
    page.route("**/v1/**", door)
    page.goto(stage.url("desk"))
    drawn(page)
    page.keyboard.press("f")
    expect(page.locator(".hint")).to_have_text("network blizzard has no world; fork a recorded network")
    door.refused = ""
    page.keyboard.press("f")
    expect(page).to_have_url(re.compile(rf"/replay#network=blizzard&fork={forked.FORK['id']}"))
    expect(page.locator(".sentence")).to_contain_text("Forked at 12:58:20, Fri 8 Feb 2013 EST, record 1,284,551.")
    page.close()


def test_a_better_variant_is_kept_by_name_and_its_option_used_with_two_keys(page: Page) -> None:
    door = show(page, run())
    expect(page.locator(".sentence")).to_contain_text("is the best")
    page.keyboard.press("p")
    page.get_by_label("Playbook").fill("snow at EWR, use x")
    keep(page, "replay-keep-1440-light")
    page.keyboard.press("Enter")
    expect(page.locator(".hint")).to_contain_text("A is playbook snow at EWR, use x")
    page.keyboard.press("2")
    page.keyboard.press("u")
    expect(page.locator(".hint")).to_contain_text("Approve the option of B in the network as it is now?")
    assert len(door.said) == 1
    page.keyboard.press("Enter")
    expect(page.locator(".hint")).to_contain_text("The option of B is approved")
    path = "scenarios/blizzard/runs/00000000000000c1"
    assert door.said == [
        ("POST", f"{path}/playbook", {"variant": "A", "name": "snow at EWR, use x"}),
        ("POST", f"{path}/use", {"variant": "B"}),
    ]
