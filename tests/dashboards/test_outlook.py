"""What our models say, at the desk: of the leg that is looked at, with why and how sure; and how the models stand."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.dashboards import samples
from tests.dashboards.access import faint, faults
from tests.dashboards.conftest import keep, slowed
from tests.dashboards.foretold import CARRIERS, CHANCE, LEAVES, LEFT, LEG, SILENT, STAYS, Foreseeing
from tests.dashboards.looks import cut
from tests.dashboards.patience import drawn, soon
from tests.dashboards.stage import Stage
from tests.dashboards.test_desk import Door, desk, told_of_the_first
from tower import clock

pytestmark = pytest.mark.full
AGAIN_S = 15.0
"""So often the desk asks again at most."""


def about(subject: str = LEG, kind: str = "leg.late") -> samples.Sample:
    """The storm, where the desk shows first a deviation of this kind and subject, and the leg is under way."""
    sample = told_of_the_first(kind=kind, subject=subject)
    leg = next(row for row in sample.rows["legs"] if row["id"] == LEG)
    leg.pop("cancelled_at")
    leg["departed_at"] = samples.moment(-6380)
    return sample


def opened(page: Page) -> Locator:
    """The outlook of what the cursor is on."""
    page.keyboard.press("o")
    sheet = page.get_by_role("dialog", name="Outlook")
    expect(sheet).to_be_visible()
    return sheet


def test_the_panel_says_when_the_leg_comes_and_whose_word_that_is(browser: Browser) -> None:
    with desk(browser, Foreseeing(LEFT), sample=about()) as page:
        expect(page.locator(".facts")).to_contain_text("13:24 (13:10 to 14:00), ours")
    with desk(browser, Foreseeing(CARRIERS), sample=about()) as page:
        expect(page.locator(".facts")).to_contain_text("14:30, the carrier's")
    with desk(browser, Foreseeing(SILENT), sample=about()) as page:
        expect(page.locator(".facts")).to_contain_text("no answer: too few outcomes to learn from yet")


def test_a_leg_is_told_with_its_plan_the_carriers_word_and_ours_drawn_to_scale(browser: Browser) -> None:
    with desk(browser, Foreseeing(CHANCE, LEAVES, CARRIERS, LEFT), sample=about()) as page:
        sheet = opened(page)
        expect(sheet.get_by_role("heading", name=f"Outlook: {LEG}")).to_be_visible()
        rows = sheet.get_by_role("listbox", name="What was asked").get_by_role("option")
        expect(rows).to_have_text(
            [
                re.compile("^Comes, asked as it left.*13:24, \\+2413:10 to 14:00.*late 72 %not yet$"),
                re.compile("^Comes, asked before it left14:30, \\+9013:24, \\+24"),
                re.compile("^Leaves.*11:05, \\+510:57 to 11:40.*11:12, \\+7 on ours$"),
                re.compile("^Is cancelled, asked 4 h before.*cancelled 3.1 %not yet$"),
            ]
        )
        expect(rows.nth(0).locator(".picked")).to_have_text("13:24, +24")
        expect(rows.nth(1).locator(".picked")).to_have_text("14:30, +90")
        low, high = -3, 90
        share = (10 - low) / (high - low), (60 - 10) / (high - low)
        scale = re.compile("--at: {:.10}\\d*; --long: {:.10}\\d*;".format(*map(str, share)))
        expect(rows.nth(0).locator(".track .wide")).to_have_attribute("style", scale)
        expect(rows.nth(0).locator(".track .theirs")).to_be_hidden()
        expect(rows.nth(2).locator(".track .label")).to_be_visible()
        keep(page, "desk-outlook-1440-light")


def test_what_an_estimate_is_made_of_adds_up_to_it(browser: Browser) -> None:
    with desk(browser, Foreseeing(CARRIERS, LEFT), sample=about()) as page:
        sheet = opened(page)
        parts = sheet.locator(".part:visible")
        expect(parts).to_have_text(
            ["Left late by+12.0 min",
             "Carrier\N{MINUS SIGN}2.0 min", "Lane+1.5 min", "Weather+6.0 min", "Inbound vehicle+4.0 min",
             "Congestion+3.0 min", "Hour and day\N{MINUS SIGN}0.5 min", "Our estimate+24.0 min"]
        )  # fmt: skip
        scale = re.compile("--at: 0.4081632\\d*; --long: 0.08")
        expect(parts.nth(1).locator(".less")).to_have_attribute("style", scale)
        expect(sheet.locator(".told")).to_contain_text("ours: the carrier gave no estimate")
        page.keyboard.press("ArrowDown")
        expect(parts.first).to_have_text("As planned0.0 min")
        expect(parts.nth(-2)).to_have_text("Answered by the challenger+12.0 min")
        expect(sheet.locator(".told")).to_contain_text("the carrier's: it was 7.9 min less off on such legs")
        expect(sheet.locator(".told")).to_contain_text("ours +24, challenger +31, both +26")
        expect(sheet.locator(".told")).to_contain_text("in record 18,557, by a model of 4,321 outcomes")


def test_why_there_is_no_answer_or_a_wide_one_is_said_in_words(browser: Browser) -> None:
    wide = LEFT | {"id": "#w", "moment": "along_the_way", "why": "learning_frozen", "nth": 2}
    with desk(browser, Foreseeing(SILENT, wide), sample=about()) as page:
        sheet = opened(page)
        rows = sheet.get_by_role("option")
        expect(rows.nth(0)).to_contain_text("Comes, asked on its way, 2 times")
        expect(sheet.locator(".told")).to_contain_text("wider than usual: learning is frozen")
        expect(rows.nth(1)).to_contain_text("no answer: too few outcomes to learn from yet")
        rows.nth(1).click()
        expect(sheet).to_contain_text("There is nothing to explain.")
        expect(sheet.locator(".told")).to_contain_text("nothing: we have no answer, the carrier gave none")


def test_what_has_passed_without_the_leg_is_not_told_as_if_it_held(browser: Browser) -> None:
    late = LEFT | {"p05": -40.0, "p50": -30.0, "p95": -10.0, "shown_min": -30.0}
    with desk(browser, Foreseeing(late), sample=about()) as page:
        expect(page.locator(".facts")).to_contain_text("ours, has passed")
        sheet = opened(page)
        expect(sheet.get_by_role("option")).to_contain_text("overdue by ours")
        expect(sheet.locator(".told")).to_contain_text("it has passed: not asked anew yet")


@pytest.mark.parametrize(("kind", "subject", "told"), [
    ("line.at_risk", "O1/2", [f"Outlook: {LEG}, for O1/2", "Comes, asked as it left"]),
    ("visit.overrun", "V1", [f"Outlook: {LEG}, for V1", "Comes, asked as it left", "Stays at the site",
                             "31 min to 66 min"]),
    ("dock.queue", "EWR", ["Outlook: EWR", "This is about no leg, or on none."]),
])  # fmt: skip
def test_a_line_and_a_visit_lead_to_their_leg_and_a_queue_to_none(
    browser: Browser, kind: str, subject: str, told: list[str]
) -> None:
    with desk(browser, Foreseeing(LEFT, STAYS), sample=about(subject, kind)) as page:
        sheet = opened(page)
        for text in told:
            expect(sheet).to_contain_text(text)


def test_a_leg_stays_in_sight_when_its_deviation_is_over(browser: Browser) -> None:
    with Stage(about()) as stage:
        page = slowed(browser.new_page())
        page.route("**/v1/**", Foreseeing(LEFT))
        page.goto(stage.url("desk"))
        expect(page.locator(".facts")).to_contain_text("13:24")
        sheet = opened(page)
        gone = page.locator(".member.chosen").get_attribute("id") or ""
        stage.tell("deviations", [{"op": "del", "id": gone.removeprefix("row-")}])
        expect(page.locator(f"[id='{gone}']")).to_have_count(0)
        expect(sheet.get_by_role("heading", name=f"Outlook: {LEG}")).to_be_visible()
        expect(sheet.get_by_role("option")).to_contain_text("13:24, +24")
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()
        page.close()


def test_a_door_that_answers_nothing_is_said_in_words(browser: Browser) -> None:
    door = Foreseeing(LEFT)
    door.fails = True
    with Stage(about()) as stage:
        page = slowed(browser.new_page())  # a browser complains of each answer that is an error
        page.route("**/v1/**", door)
        page.goto(stage.url("desk"))
        expect(page.locator(".facts")).to_contain_text("the state is being read; try again soon")
        expect(opened(page)).to_contain_text("the state is being read; try again soon")
        page.keyboard.press("O")
        expect(page.get_by_role("dialog", name="Models")).to_contain_text("the state is being read; try again soon")
        page.close()


def test_nothing_is_asked_again_when_the_page_is_drawn_anew(browser: Browser) -> None:
    door, began = Foreseeing(LEFT), clock.steady_s()
    with Stage(about()) as stage:
        page = slowed(browser.new_page())
        page.route("**/v1/**", door)
        page.goto(stage.url("desk"))
        drawn(page)
        sheet = opened(page)
        for n in range(12):
            leg: dict[str, Any] = next(row for row in stage.sample.rows["legs"] if row["id"] == LEG)
            stage.tell("legs", [leg | {"carrier": f"C{n}"}])
            expect(sheet).to_contain_text(f"EWR to BOS, C{n};")
        page.close()
    assert 1 <= door.paths.count("predictions") <= 1 + (clock.steady_s() - began) / AGAIN_S


def test_who_answers_by_whose_word_and_whether_it_learns(browser: Browser) -> None:
    with desk(browser, Foreseeing(LEFT), sample=about()) as page:
        opened(page)
        page.keyboard.press("O")
        sheet = page.get_by_role("dialog", name="Models")
        rows = sheet.get_by_role("listbox", name="Models").get_by_role("option")
        expect(rows).to_have_text(
            [
                re.compile("^Comes, asked on its wayour model.*frozen: outcomes come late$"),
                "Comes, asked as it leftour model11.718.212.212.84,321goes on",
                re.compile("^Leavesthe challenger, by hand"),
            ]
        )
        expect(rows.nth(2).locator(".picked")).to_have_text("18.2")
        expect(sheet.locator(".told")).to_contain_text("frozen since 12:38:20: outcomes come late; answers are wider")
        expect(sheet.locator(".told")).to_contain_text("17 kept back")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(sheet.locator(".told")).to_contain_text("ann, 12:57:20: tiles drift")
        keep(page, "desk-models-1440-light")
        page.keyboard.press("Escape")
        expect(sheet).to_be_hidden()


def test_a_model_that_drifts_leads_to_the_models(browser: Browser) -> None:
    with desk(browser, Foreseeing(), sample=about("arrival_at_departure", "model.drift")) as page:
        expect(page.locator(".side h2.large")).to_have_text("arrival_at_departure")
        page.keyboard.press("o")
        expect(page.get_by_role("dialog", name="Models")).to_be_visible()


def cut_in_sheet(page: Page) -> dict[str, str]:
    """Texts of the sheet that is open that are cut off."""
    words = set(page.locator(".sheet:visible").inner_text().splitlines())
    return {text: by for text, by in cut(page).items() if text in words}


def is_whole(page: Page) -> bool:
    """Whether the sheet that is open is whole on the screen."""
    box, screen = page.locator(".sheet:visible").bounding_box(), page.viewport_size
    return bool(box and screen and box["y"] >= 0 and box["y"] + box["height"] <= screen["height"])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("wide", "high"), [(1366, 768), (1920, 1080)])
def test_both_sheets_can_be_read_by_everybody_and_give_the_focus_back(
    browser: Browser, theme: str, wide: int, high: int
) -> None:
    with desk(browser, Foreseeing(LEFT, CARRIERS, LEAVES, CHANCE, STAYS), theme, about("V1", "visit.overrun")) as page:
        page.set_viewport_size({"width": wide, "height": high})
        for key, name in (("o", "Outlook"), ("O", "Models")):
            page.keyboard.press(key)
            sheet = page.get_by_role("dialog", name=name)
            expect(sheet.get_by_role("option").first).to_be_visible()
            expect(sheet.locator(":focus")).to_have_count(1)
            assert soon(page, faults, []) == []
            assert soon(page, faint, {}) == {}
            assert soon(page, cut_in_sheet, {}) == {}
            assert soon(page, is_whole, wanted=True)
            page.keyboard.press("Escape")
            expect(sheet).to_be_hidden()
            expect(page.locator(f"[aria-label={name}] :focus")).to_have_count(0)


def test_the_panel_is_quiet_where_there_is_no_leg(browser: Browser) -> None:
    with desk(browser, Door(), sample=about("EWR", "dock.queue")) as page:
        expect(page.locator(".facts")).to_contain_text("Taken by")
        expect(page.get_by_role("button", name="Leg comes")).to_be_hidden()
