"""Deciding at the desk, in a browser: two keys approve, lines stay or go elsewhere, visits and playbooks are shown."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboards import samples
from tests.dashboards.access import faults
from tests.dashboards.conftest import keep
from tests.dashboards.looks import cut, scrolls
from tests.dashboards.patience import soon
from tests.dashboards.test_desk import Door, desk, members

pytestmark = pytest.mark.full


def cut_in_its_box(page: Page) -> dict[str, str]:
    """Texts of what is decided that are cut off."""
    return cut(page, by="box decide")


def with_decision(state: str = "proposed", **said: object) -> samples.Sample:
    """The storm, with two options and a decision for its first incident."""
    sample = members(samples.storm())
    incident = sample.rows["incidents"][0]["id"]
    best = {"net_cents": 1_770_000, "net_p10_cents": 940_000, "net_p90_cents": 2_310_000, "cost_cents": 940_000}
    rest = {"lines_kept": 861, "on_time_delta": 412, "churn_lines": 96, "confidence": 0.78}
    expiry = {"expires_at": samples.moment(372)}
    sample.rows["options"] = [
        {"id": "#a1", "incident": incident, "rank": 1, "kind": "joint", **best, **rest, **expiry},
        {"id": "#a2", "incident": incident, "rank": 2, "kind": "spare", **best, **rest},
        {"id": "#a3", "incident": incident, "rank": 3, "kind": "nothing", "net_cents": 0, "lines_kept": 0},
    ]
    sample.rows["decisions"] = [
        {"id": "#00000000000000d1", "incident": incident, "option": "#a1", "state": state, "mode": "approve"}
        | expiry
        | said
    ]
    return sample


def test_a_decision_is_shown_with_its_options_and_approved_with_two_keys(browser: Browser) -> None:
    door = Door("approver")
    with desk(browser, door, sample=with_decision()) as page:
        expect(page.locator(".decide .pill")).to_have_text("proposed")
        expect(page.locator(".card.chosen")).to_contain_text("decide in 0")
        expect(page.locator(".options")).to_contain_text("+$17.7k")
        expect(page.locator(".options .proposed").first).to_have_text("1 re-plan")
        keep(page, "desk-decision-1440-light")
        assert soon(page, cut_in_its_box, {}) == {}
        assert soon(page, faults, []) == []
        page.keyboard.press("d")
        expect(page.locator(".hint")).to_contain_text("confirms")
        assert door.said == []
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("approve: done")
    assert door.said == [("decisions/00000000000000d1/approve", {})]


def test_while_a_person_weighs_an_option_time_is_asked_to_pass_as_it_does(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=with_decision()) as page:
        page.wait_for_timeout(1000)
        assert door.looks == []
        with page.expect_response("**/look?*"):
            page.locator(".card.chosen").click()
            page.keyboard.press("ArrowDown")
    assert door.looks[0] == door.looks[-1] == {"option": "#a1"}


def test_a_dispatcher_rejects_with_a_reason_and_cannot_approve(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=with_decision()) as page:
        expect(page.get_by_role("button", name="Approve")).to_be_disabled()
        page.keyboard.press("d")
        expect(page.locator(".hint")).to_have_text("A key of a dispatcher may not approve.")
        page.keyboard.press("r")
        page.get_by_label("Reason").fill("the runway opens at two")
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("reject: done")
    assert door.said == [("decisions/00000000000000d1/reject", {"reason": "the runway opens at two"})]


def test_a_decision_whose_option_has_changed_keeps_a_column_and_its_moves_and_another_can_be_approved(
    browser: Browser,
) -> None:
    door, then = Door("approver"), samples.moment(-900)
    figures = {"net_cents": 1_920_000, "cost_cents": 310_000, "net_p10_cents": 1_810_000}
    door.gone = {"id": "#a0", "kind": "joint", **figures}
    sample = with_decision(option="#a0", proposed_at=then, net_cents=1_920_000, confidence=1.0, moves=12)
    with desk(browser, door, sample=sample) as page:
        heads = page.locator(".options b")
        expect(heads).to_have_text(["1 proposed", "2 re-plan", "3 do nothing"])
        expect(page.locator(".options .proposed")).to_contain_text(["1 proposed", "+$19.2k"])
        expect(page.locator(".decide")).to_contain_text("newer options stand beside it. E looks up the rest. Moves 12")
        page.keyboard.press("e")
        expect(page.locator(".moves .move").first).to_contain_text("+$11moves")
        page.keyboard.press("Escape")
        expect(heads.first).to_have_text("1 re-plan")
        expect(page.locator(".options")).to_contain_text("+$3.1k")
        page.keyboard.press("2")
        expect(page.locator(".options .proposed").nth(1)).to_have_text("+$17.7k")
        assert soon(page, cut_in_its_box, {}) == {}
        page.keyboard.press("d")
        expect(page.locator(".hint")).to_contain_text("Approve re-plan, +$17.7k and have it done?")
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("approve: done")
    assert (door.said, door.asked) == ([("decisions/00000000000000d1/approve", {"option": "#a1"})], [then])


def test_options_without_moves_are_told_in_a_sentence_and_what_binds_with_its_price(browser: Browser) -> None:
    sample = with_decision()
    best, spare, _ = sample.rows["options"]
    best |= {"binding": "UA785-EWR-IAH-0209", "price_cents": 8_104, "express_on_time": 2, "express_cents": -130_000}
    spare["moves"] = 0
    with desk(browser, Door("approver"), sample=sample) as page:
        expect(page.locator(".options b")).to_have_text(["1 re-plan", "2 do nothing", ""])
        expect(page.locator(".decide")).to_contain_text("UA785-EWR-IAH-0209 binds: one more load saves $81.")
        expect(page.locator(".options")).to_contain_text("+2, \N{MINUS SIGN}$1.3k")
    sample.rows["decisions"][0] |= {"state": "adjusted", "moves": 7}
    with desk(browser, Door("approver"), sample=sample) as page:
        expect(page.locator(".decide")).to_contain_text("Adjusted, moves 7 lines; figures are of what was proposed.")
    sample.rows["decisions"], best["moves"] = [], 0
    with desk(browser, Door("approver"), sample=sample) as page:
        expect(page.locator(".decide")).to_contain_text("Nothing is better than leaving it")
        expect(page.locator(".options")).to_be_hidden()


def test_a_dispatcher_lets_some_lines_stay_and_leaves_the_rest_to_be_approved(browser: Browser) -> None:
    door = Door()
    with desk(browser, door, sample=with_decision()) as page:
        page.keyboard.press("e")
        expect(page.locator(".moves .move").first).to_contain_text("O / 11UA1 → UA2+$11moves")
        expect(page.locator(".options")).to_be_hidden()
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_contain_text("Choose with X which lines shall stay")
        page.keyboard.press("x")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        expect(page.locator(".move.stays")).to_have_count(2)
        keep(page, "desk-adjust-1440-light")
        assert soon(page, cut_in_its_box, {}) == {}
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("adjust: 2 of 12 stay")
        expect(page.locator(".moves")).to_be_hidden()
    ((path, body),) = door.said
    assert path == "decisions/00000000000000d1/adjust"
    assert body["moves"] == [{"order": "O", "line": line, "leg": None} for line in ("11", "9")]


def test_a_line_is_sent_elsewhere_with_keys_and_what_that_costs_more_is_shown(browser: Browser) -> None:
    door, minus = Door(), "\N{MINUS SIGN}"
    with desk(browser, door, sample=with_decision()) as page:
        page.keyboard.press("e")
        first = page.locator(".moves .move").first
        arrow = " \N{RIGHTWARDS ARROW} "
        expect(first).to_have_text(f"O / 11UA1{arrow}UA2+$11moves")
        for key, leg, more, state in [
            ("ArrowRight", "UA3", "+$12", "instead"), ("ArrowRight", "UA4", f"{minus}$9", "instead"),
            ("ArrowRight", "UA4", f"{minus}$9", "instead"), ("ArrowLeft", "UA3", "+$12", "instead"),
            ("ArrowLeft", "UA2", "+$11", "moves"), ("ArrowRight", "UA3", "+$12", "instead"),
        ]:  # fmt: skip
            page.keyboard.press(key)
            expect(first).to_have_text(f"O / 11UA1{arrow}{leg}{more}{state}")
        expect(page.locator(".whole")).to_have_text(f"UA1{arrow}UA2; 2 of 4 legs have room")
        could = ["in time UA3 +$12 room 1", f"in time UA4 {minus}$9 room 1"]
        expect(page.locator(".could:visible")).to_have_text(could, use_inner_text=True)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("x")
        expect(page.locator(".moves")).to_contain_text("1 of 12 stay, 1 elsewhere")
        keep(page, "desk-elsewhere-1440-light")
        assert soon(page, cut_in_its_box, {}) == {}
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("adjust: 1 of 12 stay, 1 go elsewhere")
    ((path, body),) = door.said
    assert path == "decisions/00000000000000d1/adjust"
    assert body["moves"] == [{"order": "O", "line": "11", "leg": "UA3"}, {"order": "O", "line": "10", "leg": None}]


def test_of_a_plan_of_doors_the_visits_are_shown_that_it_moves(browser: Browser) -> None:
    door = Door()
    now, then = samples.moment(0), samples.moment(600)
    site, minus = {"to_site": "EWR"}, "\N{MINUS SIGN}"
    other = {"from_door": "EWR-03", "to_door": "EWR-07", "from_start": then, "to_start": now}
    door.moves = [
        {"id": "#v1", "visit": "UA15-EWR-IAH-0208-load", "to_door": "EWR-02", "from_door": "EWR-02",
         "from_start": samples.moment(600), "to_start": samples.moment(2400), **site},
        {"id": "#v2", "visit": "UA404-EWR-SFO-0208-load", **other, **site},
    ]  # fmt: skip
    with desk(browser, door, sample=with_decision(type="redock")) as page:
        expect(page.get_by_role("button", name="Visits")).to_be_enabled()
        page.keyboard.press("e")
        rows = page.locator(".moves .move:not(:empty)")
        arrow = " \N{RIGHTWARDS ARROW} "
        expect(rows.nth(0)).to_have_text(f"UA404-SFO-020803{arrow}0713:08{arrow}12:58{minus}10 min")
        expect(rows.nth(1)).to_contain_text("at 02")
        expect(rows.nth(1)).to_contain_text("+30 min")
        expect(page.locator(".moves")).to_contain_text("2 visits, 1 to another door")
        expect(page.get_by_role("button", name="Let them stay")).to_be_hidden()
        page.keyboard.press("x")
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("A plan of doors is approved or rejected as a whole.")
        keep(page, "desk-redock-1440-light")
        assert soon(page, cut_in_its_box, {}) == {}
    assert door.said == []


def with_playbook(**said: object) -> samples.Sample:
    """The storm with a decision, and a playbook for incidents like its first one."""
    sample = with_decision()
    first = sample.rows["incidents"][0]
    net = {"net_cents": -1_790_000, "net_low_cents": -2_080_000, "net_high_cents": -1_500_000, "runs": 8}
    named = {"id": "#b1", "name": "snow", "version": 2, "option": "joint", "title": "Re-plan of EWR", "by": "ann"}
    found = {"cause": first["cause"], "site": first["site"], "at": samples.moment(-600)}
    sample.rows["playbooks"] = [named | net | found | said]
    return sample


def test_a_playbook_is_suggested_for_incidents_of_its_cause_and_site_and_listed(browser: Browser) -> None:
    said = "Playbook snow, v2: re-plan saved $17.9k ($15.0k to $20.8k) in 8 pairs"
    with desk(browser, Door("approver"), sample=with_playbook()) as page:
        expect(page.locator(".decide .book")).to_have_text(said)
        keep(page, "desk-playbook-1440-light")
        assert not scrolls(page)
        page.keyboard.press("p")
        expect(page.locator(".books .row").first).to_contain_text("snow, v2")
        expect(page.locator(".books .row").first).to_contain_text("Re-plan of EWR; ann")
        keep(page, "desk-playbooks-1440-light")
        assert soon(page, faults, []) == []
        page.keyboard.press("Escape")
        expect(page.locator(".books")).to_be_hidden()
    with desk(browser, Door("approver"), sample=with_playbook(site="XXX")) as page:
        expect(page.locator(".decide .pill")).to_have_text("proposed")
        expect(page.locator(".decide .book")).to_be_hidden()


def test_what_was_done_can_be_rolled_back_while_there_is_time(browser: Browser) -> None:
    door = Door("approver")
    with desk(browser, door, sample=with_decision("executed", undo_until=samples.moment(1800))) as page:
        expect(page.get_by_role("button", name="Approve")).to_be_hidden()
        page.keyboard.press("u")
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("rollback: done")
    assert [path for path, _ in door.said] == ["decisions/00000000000000d1/rollback"]


def test_what_was_done_can_be_taken_back_also_when_the_next_is_proposed(browser: Browser) -> None:
    door, sample = Door("approver"), with_decision()
    (first,) = sample.rows["decisions"]
    done = {"id": "#00000000000000d0", "state": "executed", "undo_until": samples.moment(1800), "net_cents": 480_000}
    sample.rows["decisions"].append(first | done)
    with desk(browser, door, sample=sample) as page:
        expect(page.locator(".decide .pill")).to_have_text("proposed")
        expect(page.locator(".decide")).to_contain_text("undo of +$4.8k in 29:")
        expect(page.get_by_role("button", name="Approve")).to_be_enabled()
        assert soon(page, cut_in_its_box, {}) == {}
        page.get_by_role("button", name="Roll back").click()
        page.keyboard.press("Enter")
        expect(page.locator(".hint")).to_have_text("rollback: done")
    assert [path for path, _ in door.said] == ["decisions/00000000000000d0/rollback"]


def test_a_decision_that_has_expired_cannot_be_approved(browser: Browser) -> None:
    with desk(browser, Door("approver"), sample=with_decision(expires_at=samples.moment(-5))) as page:
        expect(page.get_by_role("button", name="Approve")).to_be_disabled()
        expect(page.get_by_role("button", name="Reject")).to_be_disabled()
