"""What is said to come: the newest issue counts, whatever the order; what contradicts itself is refused."""

import random
from typing import Any

import pytest

from tests.suites.anyorder import facts
from tests.suites.story import Event, Story, at, event, leg
from tower import ids
from tower.clock import DAY, HOUR

HOURS = (60, 120, 180)


def forecast(when: float, moment: float = 60, p: float | None = 0.5, **more: Any) -> Event:
    return event("weather.forecast", when, **{"station": "S", "for": at(moment), "p_hazard": p, **more})


def advisory(when: float, p: float | None = 0.5, **more: Any) -> Event:
    window = {"window_start": at(60), "window_end": at(120)}
    return event("carrier.advisory", when, **{"advisory": "X", "carrier": "K", "p_cancel": p, **window, **more})


def told(story: Story) -> Any:
    return facts({name: story.table(name) for name in ("forecasts", "advisories")})


def test_of_each_hour_at_a_station_the_newest_issue_counts() -> None:
    story = Story()
    story.tell(0, *(forecast(-5, hour, 0.1) for hour in HOURS), forecast(-1, 120, 0.9), forecast(-9, 180, 0.7),
               forecast(-2, 120, 0.3, station="T"))  # fmt: skip
    rows = story.table("forecasts")
    here = {(int(row["station"]), int(row["for"])): float(row["p_hazard"]) for row in rows}
    one, other = ids.of("station", "S"), ids.of("station", "T")
    assert here == {(one, at(60)): 0.1, (one, at(120)): 0.9, (one, at(180)): 0.1, (other, at(120)): 0.3}


def test_of_an_advisory_the_newest_issue_counts_and_one_that_says_nought_takes_it_back() -> None:
    story = Story()
    story.tell(0, advisory(-5, 0.8), advisory(-9, 0.2), advisory(-3, None, advisory="Y", delay_min=30))
    assert min(story.table("advisories")["p_cancel"].tolist()) == 0.8
    story.tell(1, advisory(1, 0.0))
    assert story.row("advisories", "advisory", "X")["p_cancel"] == 0.0
    assert story.row("advisories", "advisory", "Y")["delay_min"] == 30


@pytest.mark.parametrize(("wrong", "why"), [
    (forecast(0, p=1.5), "p_hazard: not from 0 to 1"), (forecast(0, p=-0.1), "p_hazard: not from 0 to 1"),
    (forecast(0, 60, until=at(60)), "until: not after `for`"), (advisory(0, 2.0), "p_cancel: not from 0 to 1"),
    (advisory(0, window_end=at(60)), "window_end: not after window_start"),
    (advisory(0, delay_min=-3), "delay_min: less than nothing"),
    (advisory(0, None), "neither p_cancel nor delay_min"), (advisory(0, carrier=None), "of no carrier, site or dest"),
])  # fmt: skip
def test_what_contradicts_itself_is_refused_with_the_reason(wrong: Event, why: str) -> None:
    story = Story()
    record = story.tell(1, wrong, forecast(0, 120))
    assert record.rows("rejected")["reason"].tolist() == [ids.of("reason", why)]
    counts = story.ledger()
    assert (counts["received"], counts["accepted"], counts["rejected"]) == (2, 1, 1)
    assert (len(story.table("forecasts")), len(story.table("advisories"))) == (1, 0)


def happened(seed: int) -> list[Event]:
    """Issues of few things at few moments, some of them taken back."""
    draw = random.Random(seed)
    said = [{"id": f"f{n}", **(forecast(draw.randrange(40), draw.choice(HOURS), draw.choice([0.0, 0.4, 1.0, 7.0]))
             if draw.random() < 0.6 else advisory(draw.randrange(40), draw.random(), advisory=draw.choice("XY")))}
            for n in range(24)]  # fmt: skip
    wrong = [{**one, "id": f"c{one['id']}", "at": at(50), "corrects": {"id": one["id"], "reason": "typed"}}
             for one in said if draw.random() < 0.2]  # fmt: skip
    return said + wrong


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_repetition_leave_the_same(seed: int) -> None:
    straight = happened(seed)
    draw, expected = random.Random(seed), Story()
    expected.tell(100, *straight)
    shuffled = straight + draw.sample(straight, 6)
    draw.shuffle(shuffled)
    other = Story()
    for cut in (slice(0, 9), slice(9, 20), slice(20, None)):
        other.tell(100, *shuffled[cut])
    assert told(other) == told(expected)
    taken = {one["corrects"]["id"] for one in straight if "corrects" in one}
    right = Story()
    right.tell(100, *({k: v for k, v in one.items() if k != "corrects"} for one in straight if one["id"] not in taken))
    assert told(expected) == told(right)


def test_a_correction_by_moment_takes_back_all_that_was_said_of_the_station_then() -> None:
    story = Story()
    story.tell(0, *(forecast(-5, hour, 0.8) for hour in HOURS), *(forecast(-9, hour, 0.2) for hour in HOURS))
    back = {"kind": "weather.forecast", "subject": "S", "moment": at(-5), "reason": "typed"}
    story.tell(1, {**forecast(0, 240, 0.1), "corrects": back})
    assert story.table("forecasts")["p_hazard"].tolist().count(0.2) == 3


def test_what_was_said_of_a_moment_is_forgotten_a_day_after_it() -> None:
    story = Story()
    story.tell(0, forecast(-5, 60), advisory(-5))
    story.tell((2 * HOUR + DAY) / 60_000 + 61, leg("departed", 0))
    assert (len(story.table("forecasts")), len(story.table("advisories"))) == (0, 0)
