"""The wall's promises, in a browser: readable from four metres, whole, still, honest about age."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.dashboards import samples
from tests.dashboards.conftest import SIZES, Watched, keep
from tests.dashboards.looks import arc_minutes, cut, meeting, scrolls, texts
from tests.dashboards.patience import drawn, shifts, soon, watch_shifts
from tests.dashboards.samples import Sample
from tests.dashboards.stage import Stage

pytestmark = pytest.mark.full
LEAST_ARC_MINUTES = 16.2


def shown(page: Page, stage: Stage, query: str = "?theme=dark") -> None:
    """Open the wall and wait until it is drawn."""
    page.goto(stage.url("wall", query))
    expect(page.locator(".badge")).to_have_text(re.compile("RECORDED|BEHIND"))
    expect(page.locator(".foot .source b").last).to_have_text(re.compile(r"\d"))
    drawn(page)


def test_the_wall_shows_the_storm(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        keep(page, "wall-storm-1920-dark")
        said = [one.text for one in texts(page)]
    assert {"68.1", "$184k", "RECORDED \u00d760", "Snow at EWR", "16/20"} <= {*said}
    assert "5,946 lines, 18,640 due" in said
    assert "+5 more, $13.4k" in said
    assert "1.28M" in said


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("state", ["storm", "calm"])
def test_every_text_can_be_read_from_four_metres_and_is_whole(
    browser: Browser, width: int, height: int, state: str
) -> None:
    sample: Sample = getattr(samples, state)()
    with Stage(sample) as stage, Watched(browser, width, height) as page:
        shown(page, stage)
        keep(page, f"wall-{state}-{width}-dark")
        assert soon(page, cut, {}) == {}
        assert soon(page, meeting, []) == []
        assert not scrolls(page)
        seen = texts(page)
    assert len(seen) > 50
    assert {one.text: one.cap for one in seen if arc_minutes(one.cap, height) < LEAST_ARC_MINUTES} == {}


def test_the_face_is_ours(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        faces = page.evaluate(
            "[...document.fonts].filter((face) => face.status === 'loaded').map((face) => face.family)"
        )
    assert len(faces) == 2


def test_the_light_wall_is_light(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage, "?theme=light")
        keep(page, "wall-storm-1920-light")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(201, 206, 209)"


def test_the_theme_follows_the_system_unless_it_is_asked_for(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        page.emulate_media(color_scheme="light")
        shown(page, stage, "")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        shown(page, stage, "?theme=light")
        assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_page_asks_its_own_server_and_nobody_else(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with Stage(samples.storm()) as stage:
        shown(page, stage)
    assert asked
    assert [url for url in asked if not url.startswith((f"http://127.0.0.1:{stage.port}/", "data:"))] == []


def test_nothing_moves_when_values_change(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        watch_shifts(page)
        on_time = page.locator(".tile", has_text="On time today")
        for n in range(5):
            stage.tell(
                "incidents",
                [samples.incident(0, ("weather", "EWR", 3, 90 + 31 * n, n, 8**n, 10 ** (n + 3), 372 * n + 5))],
            )
            stage.tell(
                "kpis",
                [
                    {
                        "id": "day-on_time_ratio",
                        "name": "on_time_ratio",
                        "window": "2013-02-08T05:00:00.000Z",
                        "window_s": 86_400,
                        "value": 0.05 + n / 5,
                        "plan": 0.94,
                    }
                ],
            )
            expect(on_time).to_contain_text(f"{5 + 20 * n}.0%")
        assert shifts(page) == []


def test_a_stale_source_fades_what_rests_on_it_and_nothing_else(page: Page) -> None:
    sample = samples.storm()
    docks = next(one for one in sample.heartbeat["sources"] if one["source"] == "world.docks")
    docks |= {"age_s": 250.0, "rate": 0.0}
    with Stage(sample) as stage:
        shown(page, stage)
        keep(page, "wall-stale-1920-dark")
        expect(page.locator(".docks.stale .age")).to_have_text("docks 4m10 old")
        expect(page.locator(".item.stale")).to_have_count(1)
        expect(page.locator(".item.stale")).to_contain_text("Docks at LGA")
        expect(page.locator(".panel.stale")).to_have_count(1)
        expect(page.locator(".source.old")).to_have_count(1)


def test_silence_freezes_the_wall_and_speech_thaws_it(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        stage.is_silent = True
        expect(page.locator(".badge")).to_have_text(re.compile(r"NO DATA 00:\d\d"))
        keep(page, "wall-frozen-1920-dark")
        expect(page.locator("#wall.frozen")).to_be_visible()
        expect(page.get_by_text("last frame, not now")).to_be_visible()
        stage.is_silent = False
        expect(page.locator(".badge")).to_have_text("RECORDED \u00d760")
        expect(page.locator("#wall.frozen")).to_have_count(0)


def test_a_wall_that_was_cut_off_comes_back(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        stage.change(samples.calm())
        expect(page.get_by_text("Nothing else is open.")).to_be_visible()


def test_another_build_makes_the_wall_load_itself_again(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        pages = stage.asked.count("/wall")
        with page.expect_event("load"):
            stage.sample.heartbeat["build"] = "0.1.0+other"
        assert stage.asked.count("/wall") == pages + 1


def test_a_wall_that_knows_nothing_says_so(page: Page) -> None:
    with Stage(samples.empty()) as stage:
        shown(page, stage)
        keep(page, "wall-empty-1920-dark")
        said = {one.text for one in texts(page)}
    assert {
        "Nothing is known yet.",
        "No leg is known yet.",
        "no order is known yet",
        "No door is known yet.",
        "nothing to act on",
    } <= said


def test_a_wall_before_the_first_event_says_so(page: Page) -> None:
    sample = samples.empty()
    sample.heartbeat |= {"now": "1970-01-01T00:00:00.000Z", "mode": "live"}
    with Stage(sample) as stage:
        page.goto(stage.url("wall"))
        expect(page.locator(".badge")).to_have_text("STARTING")
        expect(page.get_by_text("no event yet")).to_be_visible()


def test_a_wall_that_catches_up_says_how_far_it_is_behind(page: Page) -> None:
    sample = samples.storm()
    sample.heartbeat["scenario_time"] = samples.moment(53 * 3600)
    with Stage(sample) as stage:
        shown(page, stage)
        expect(page.locator(".badge.out")).to_have_text("BEHIND 2d 5h")
        expect(page.locator(".stale, .source.old")).to_have_count(0)  # ages are those of the moment that is shown
        assert soon(page, cut, {}) == {}


def test_what_does_not_add_up_is_critical(page: Page) -> None:
    sample = samples.storm()
    sample.heartbeat["ledger"]["imbalance"] = 17
    with Stage(sample) as stage:
        shown(page, stage)
        expect(page.locator(".foot")).to_contain_text("17 off")
        expect(page.locator(".foot .glyph:visible")).to_have_count(1)


def test_a_book_that_is_off_is_critical(page: Page) -> None:
    sample = samples.storm()
    sample.heartbeat["invariants"][0]["broken"] = 1
    with Stage(sample) as stage:
        shown(page, stage)
        expect(page.locator(".foot")).to_contain_text("books1 off")
        expect(page.locator(".foot .glyph:visible")).to_have_count(1)


def test_only_criticals_that_nobody_has_blink_and_acknowledging_stops_it(page: Page) -> None:
    sample = samples.storm()
    mine = [row for row in sample.rows["deviations"] if row["incident"] == sample.rows["incidents"][0]["id"]]
    with Stage(sample) as stage:
        shown(page, stage)
        first = page.locator(".item.first .glyph")
        expect(first).to_have_class(re.compile("blink"))
        assert page.evaluate("document.querySelectorAll('.blink:not(svg)').length") == 0
        stage.tell("deviations", [row | {"taken_by": "ann", "acknowledged_by": "ann"} for row in mine])
        expect(first).not_to_have_class(re.compile("blink"))
        expect(page.locator(".why")).to_contain_text(f"{len(mine)} taken")


BLINKING = "[...document.querySelectorAll('.blink')].map((one) => one.getAnimations()[0])"


def test_all_that_blinks_does_so_at_one_hertz_and_together(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        page.wait_for_function(f"{BLINKING}.every((one) => one?.startTime === 0)")
        assert len(page.evaluate(f"{BLINKING}.map((one) => one.currentTime)")) > 1
        assert len(set(page.evaluate(f"{BLINKING}.map((one) => one.currentTime)"))) == 1
        assert set(page.evaluate(f"{BLINKING}.map((one) => one.effect.getTiming().duration)")) == {1000}


def test_nothing_blinks_for_those_who_want_less_motion(page: Page) -> None:
    with Stage(samples.storm()) as stage:
        page.emulate_media(reduced_motion="reduce")
        shown(page, stage)
        expect(page.locator(".item.first .glyph")).to_have_class(re.compile("blink"))
        assert page.evaluate("document.getAnimations().length") == 0


def test_how_long_a_queue_may_be_is_what_the_feed_says(page: Page) -> None:
    sample = samples.storm()
    for door in sample.rows["docks"]:
        door["slots"] = []
    sample.heartbeat["levels"] = {"dock.queue": {"advisory": 3, "warning": 30}}
    with Stage(sample) as stage:
        shown(page, stage)
        signs = page.locator(".boards .glyph")
        expect(signs).to_have_count(3)
        for n in range(3):
            expect(signs.nth(n)).to_have_attribute("aria-label", "advisory")


FIRST = """new MutationObserver((_, watch) => {
  if (document.querySelector('main')?.getAttribute('aria-busy') !== 'false') return;
  watch.disconnect();
  const signs = (where) => [...document.querySelectorAll(`${where}:not([hidden]) .glyph`)].map((one) => one.ariaLabel);
  const texts = (where) => [...document.querySelectorAll(where)].map((one) => one.textContent);
  window.first = { boards: signs('.boards > div'), hubs: signs('.hub'), trends: texts('.trend:not([hidden]) .value') };
}).observe(document, { subtree: true, attributes: true, attributeFilter: ['aria-busy'] })"""


def test_a_wall_that_is_busy_no_more_shows_all_that_it_was_told(page: Page) -> None:
    """What is drawn once a second does not wait for it: nothing is calm or unknown for a moment that is neither."""
    sample = samples.storm()
    sample.heartbeat["levels"] = {"dock.queue": {"advisory": 1, "warning": 2, "critical": 3}}
    page.add_init_script(FIRST)
    with Stage(sample) as stage:
        shown(page, stage)
        first = page.evaluate("window.first")
    assert (first["boards"], first["hubs"]) == (["critical"] * 3, ["critical"] * 3)
    assert [said for said in first["trends"] if not re.search(r"\d", said)] == []


def test_decisions_that_wait_take_the_place_of_the_next_act_as_soon_as_there_are_any(page: Page) -> None:
    sample = samples.storm()
    first = sample.rows["incidents"][0]["id"]
    with Stage(sample) as stage:
        shown(page, stage)
        expect(page.get_by_text("Next to act by")).to_be_visible()
        stage.tell(
            "decisions",
            [
                {"id": "#1", "incident": first, "state": "proposed", "net_cents": 1_770_000, "moves": 1212}
                | {"expires_at": samples.moment(900)},
                {"id": "#2", "incident": first, "state": "rejected", "expires_at": samples.moment(600), "moves": 9},
                {"id": "#3", "incident": first, "state": "executed", "at": samples.moment(-600), "moves": 92}
                | {"void": 3},
                {"id": "#4", "incident": first, "state": "executed", "at": samples.moment(-90_000), "moves": 7},
            ],
        )
        plan = page.locator(".trend", has_text="Plan age")
        expect(plan).to_have_text(re.compile(r"Plan age\d\dmmoved 89to move 1,212"))
        expect(page.get_by_text("Events, 6h")).to_be_hidden()
        tile = page.locator(".tile", has_text="Decisions waiting")
        expect(tile).to_contain_text(re.compile(r"1next in 1\d:\d\dSnow at EWR, \+\$17\.7k"))
        keep(page, "wall-decisions-1920-dark")
        assert soon(page, cut, {}) == {}


def test_full_legs_and_the_best_option_are_shown_as_soon_as_the_feed_has_them(page: Page) -> None:
    sample = samples.storm()
    legs = [row["id"] for row in sample.rows["legs"][:9]]
    with Stage(sample) as stage:
        shown(page, stage)
        expect(page.locator(".full")).to_be_hidden()
        first = {"id": "#a1", "incident": sample.rows["incidents"][0]["id"], "rank": 1, "kind": "joint"}
        stage.tell("options", [first | {"net_cents": 1_770_000}])
        full = [
            {"id": f"#{n}", "resource": leg, "window_start": samples.moment(600 * n)}
            | {"next_unit_cents": 99_000 - 9000 * n}
            for n, leg in enumerate(legs, 1)
        ]
        doors = {"id": "#d", "what": "doors", "resource": "JFK", "next_unit_cents": 170_000}
        goods = [
            {"id": f"#g{n}", "what": "goods", "resource": f"2242{n}", "site": "EWR"}
            | {"next_unit_cents": 160_000 - 1000 * n}
            for n in range(3)
        ]
        stage.tell("prices", [*full, doors, *goods])
        expect(page.locator(".full .item").nth(1)).to_have_text("Doors at JFK$1.7k")
        expect(page.locator(".full .item").nth(2)).to_have_text("22420 at EWR$1.6k")
        expect(page.locator(".full .item").nth(3)).to_contain_text("$900")
        expect(page.locator(".full")).to_contain_text("Scarcest +7 more")
        expect(page.locator(".worst")).to_be_hidden()
        expect(page.locator(".why")).to_contain_text("151 legs \u2192 12 visits \u2192 plan saves $17.7k")
        keep(page, "wall-planned-1920-dark")
        assert soon(page, cut, {}) == {}
        assert soon(page, meeting, []) == []
