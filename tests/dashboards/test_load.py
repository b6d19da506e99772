"""How loaded the operator is, on the wall and on the desk: figures, what came most, what is put off."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboards import samples
from tests.dashboards.access import faults
from tests.dashboards.conftest import keep
from tests.dashboards.looks import cut
from tests.dashboards.patience import shifts, soon, watch_shifts
from tests.dashboards.stage import Stage
from tests.dashboards.test_desk import Door, desk, members
from tests.dashboards.test_wall import shown

pytestmark = pytest.mark.full


def test_the_wall_says_how_loaded_the_operator_is_and_nothing_moves_when_that_changes(page: Page) -> None:
    sample = samples.storm()
    with Stage(sample) as stage:
        shown(page, stage)
        panel = page.locator(".trend", has_text="Alarms, 10 min")
        expect(panel.locator(".value")).to_have_text("143")
        expect(panel.locator(".beside")).to_have_text("flood 31% of day3 shelved")
        expect(panel.locator(".glyph")).to_have_attribute("aria-label", "warning")
        watch_shifts(page)
        calm = {row["id"]: row for row in samples.calm().rows["kpis"]}
        stage.tell("kpis", [calm[f"day-alarms_{name}"] for name in ("10min", "flood_share", "shelved")])
        expect(panel.locator(".value")).to_have_text("1")
        expect(panel.locator(".beside")).to_have_text("flood 0.7% of day0 shelved")
        expect(panel.locator(".glyph")).to_have_attribute("aria-label", "normal")
        assert shifts(page) == []


def with_shelved() -> samples.Sample:
    """The storm, with two deviations put off, one of them by somebody who has it."""
    sample = members(samples.storm())
    for row, hours, who in zip(sample.rows["deviations"], (1, 2), ("ann", "bob"), strict=False):
        row |= {"shelved_until": samples.moment(3600 * hours), "shelved_by": who}
    sample.rows["deviations"][1] |= {"taken_by": "bob"}
    return sample


def test_how_loaded_the_operator_is_and_what_came_most(browser: Browser) -> None:
    with desk(browser, Door(), sample=with_shelved()) as page:
        expect(page.get_by_role("button", name="alarms in 10 min")).to_contain_text("143")
        page.keyboard.press("l")
        sheet = page.get_by_role("dialog", name="Alarm load")
        expect(sheet).to_be_visible()
        expect(sheet.locator(".figures b")).to_have_text(["143", "31%", "2", "7", "18%", "3"])
        expect(sheet.get_by_role("listbox", name="Came most").get_by_role("option")).to_have_count(10)
        expect(sheet.get_by_role("listbox", name="Put off").get_by_role("option")).to_have_count(2)
        keep(page, "desk-load-1440-light")
        assert soon(page, cut, {}) == {}
        assert soon(page, faults, []) == []
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()


def test_what_came_most_leads_to_the_queue(browser: Browser) -> None:
    sample = samples.storm()
    most = [row for row in sample.rows["kpis"] if row["name"] == "alarms_most"]
    with desk(browser, Door(), sample=sample) as page:
        page.keyboard.press("l")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Find")).to_have_value(f"{most[1]['kind']} {most[1]['subject']}")
        expect(page.locator(".card:visible")).to_have_count(1)
        expect(page.locator(".member.chosen")).to_contain_text(most[1]["subject"])
        page.get_by_role("button", name="alarms in 10 min").click()
        page.locator(".came", has_text="source stale").click()
        expect(page.locator(".queue")).to_contain_text("Nothing open is like that.")


def test_what_is_put_off_can_be_brought_back_from_the_load(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=with_shelved()) as page:
        page.keyboard.press("l")
        back = page.get_by_role("button", name="Bring back B", exact=True)
        expect(back).to_be_disabled()
        page.locator(".off .came").first.click()
        expect(page.locator(".off .came").first).to_contain_text("until 13:58:20, ann")
        page.keyboard.press("b")
        expect(page.locator(".load").get_by_role("status")).to_have_text("shelve: 1 of 1 done")
        page.locator(".off .came").nth(1).click()
        expect(back).to_be_disabled()
    ((path, body),) = door.said
    assert (path, body["ids"]) == ("deviations/shelve", [f"#{4096:016x}"])
    assert body["until"] < samples.moment(60)
