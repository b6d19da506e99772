"""The desk can be used with keys alone, with a screen reader and with weak eyes."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboards.access import faint, faults, focus, tab_stops
from tests.dashboards.patience import soon
from tests.dashboards.test_desk import Door, desk

pytestmark = pytest.mark.full


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """The desk on the storm, painted."""
    with desk(browser, Door()) as opened:
        yield opened


def test_the_checks_find_what_is_wrong(browser: Browser) -> None:
    bare = browser.new_page()
    bare.set_content("<p style='color:#999;background:#fff'>faint</p><button style='width:9px'></button><canvas>")
    found, too_faint = faults(bare), faint(bare)
    bare.close()
    assert too_faint == {"faint": "2.85"}
    wrong = {"html: no language", "html: no title", "main: 0 of them", "button.: no name", "canvas.: no role"}
    assert wrong <= {*found}
    assert any("hard to hit" in fault for fault in found)


def test_everything_has_a_name_and_a_role_and_can_be_hit(page: Page) -> None:
    assert soon(page, faults, []) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_what_it_stands_on(browser: Browser, theme: str) -> None:
    with desk(browser, Door(), theme) as page:
        assert soon(page, faint, {}) == {}
        for key, name in (("?", "Keys"), ("l", "Alarm load"), ("o", "Outlook"), ("O", "Models")):
            page.keyboard.press(key)
            expect(page.get_by_role("dialog", name=name)).to_be_visible()
            assert soon(page, faint, {}) == {}
            page.keyboard.press("Escape")
            expect(page.get_by_role("dialog", name=name)).to_be_hidden()


def test_the_tab_key_goes_through_the_panels_in_order_and_shows_where_it_is(page: Page) -> None:
    stops = tab_stops(page)
    assert [dict.fromkeys(stop["panel"] for stop in stops)] == [
        dict.fromkeys(["Queue", "Incident", "Deviation", "Time"])
    ]
    assert {"Find", "Incidents", "Deviations"} <= {stop["name"] for stop in stops}
    assert [stop for stop in stops if stop["ring"] < 2 or not stop["is_in"]] == []


def test_lists_tell_a_screen_reader_what_is_chosen_and_how_many_there_are(page: Page) -> None:
    expect(page.get_by_role("option", selected=True).first).to_have_attribute("aria-setsize", "11")
    incidents = page.get_by_role("listbox", name="Incidents")
    first = incidents.get_attribute("aria-activedescendant")
    assert first
    page.keyboard.press("j")
    expect(incidents).to_have_attribute("aria-activedescendant", re.compile(rf"^(?!{re.escape(first)}$)."))


def test_what_was_done_is_told_aloud(page: Page) -> None:
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_have_text(re.compile("acknowledge: 1 of 1 done"))


def test_the_keys_are_a_dialog_that_holds_the_focus_and_gives_it_back(page: Page) -> None:
    page.get_by_label("Find").focus()
    page.keyboard.press("Tab")
    before = focus(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert (focus(page) or {})["panel"] == "Keys"
    page.keyboard.press("Tab")
    assert (focus(page) or {"panel": "Keys"})["panel"] == "Keys"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    assert soon(page, focus, before) == before


def test_space_presses_the_button_that_has_the_focus_and_pauses_elsewhere(browser: Browser) -> None:
    door = Door()
    with desk(browser, door) as page:
        page.get_by_role("button", name="faster").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="faster").click()
        page.keyboard.press("Space")
        wanted = ["speed", "speed", "pause"]
        assert soon(page, lambda _: [path.split("/")[-1] for path, _ in door.said], wanted) == wanted
