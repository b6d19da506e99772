"""Alarm load: what was told in the last ten minutes and the last day, as counting anew says it."""

import random

import numpy as np
import pytest

from operators.chain import Chain
from streams.control import make
from tests.suites import slow_alarms
from tests.suites.story import START, Event, Story, at, event, leg, planned
from tower import ids
from tower.clock import MINUTE

HOUR, DAY = 60, 24 * 60
START_TEN = START % (10 * MINUTE)


def late(name: str, when: float) -> Event:
    """A leg's carrier says that it will be fifty minutes late."""
    return leg("estimated", when, name, dep_estimated=at(10 * DAY + 50), arr_estimated=at(10 * DAY + 170))


def fine(name: str, when: float) -> Event:
    """And that it will not."""
    return leg("estimated", when, name, dep_estimated=at(10 * DAY), arr_estimated=at(10 * DAY + 120))


def legs(count: int) -> Story:
    """So many legs that leave in ten days, so that nothing but their carriers makes them late."""
    story = Story()
    story.tell(0, *(planned(f"L{n}", dep=10 * DAY, arr=10 * DAY + 120) for n in range(count)))
    return story


def figures(story: Story) -> slow_alarms.Figures:
    return slow_alarms.said(story.table("kpis"))


def most(story: Story) -> list[tuple[int, float]]:
    """Subjects that came most, with how often."""
    rows = story.table("kpis")
    rows = rows[(rows["name"] == np.uint64(ids.of("kpi", "alarms_most"))) & (rows["value"] > 0)]
    return [(int(row["subject"]), float(row["value"])) for row in np.sort(rows, order="value")[::-1]]


def shelve(deviation: int, when: float, until: float) -> Event:
    return event("deviation.shelved", when, deviation=f"#{deviation:016x}", until=at(until), by="ann")


def test_an_alarm_counts_for_ten_minutes_also_when_nothing_else_happens() -> None:
    assert START_TEN == 0
    story = legs(3)
    story.tell(1.5, late("L0", 1), late("L1", 1))
    story.wait(2)
    assert (figures(story)["alarms_10min"], figures(story)["incidents_10min"]) == (3, 1)
    story.wait(11.5)
    assert figures(story)["alarms_10min"] == 3
    story.wait(12)
    assert figures(story)["alarms_10min"] == 0


def test_more_than_ten_alarms_in_ten_minutes_are_a_flood() -> None:
    story = legs(12)
    story.tell(3, *(late(f"L{n}", 3) for n in range(9)))
    story.wait(10)
    assert figures(story)["alarms_flood_share"] == 0, "nine deviations, one incident"
    story.tell(13, *(fine(f"L{n}", 13) for n in range(9)))
    story.tell(14, *(late(f"L{n}", 14) for n in range(10)))
    story.wait(20)
    assert figures(story)["alarms_flood_share"] == 1 / 2
    story.wait(40)
    assert figures(story)["alarms_flood_share"] == 1 / 4


def test_what_opens_three_times_in_ten_minutes_chatters_for_a_day() -> None:
    story = legs(2)
    for minute in (1, 3, 5):
        story.tell(minute, late("L0", minute), *([late("L1", minute)] if minute < 5 else []))
        story.tell(minute + 1, fine("L0", minute + 1), fine("L1", minute + 1))
    story.wait(7)
    assert figures(story)["alarms_chattering"] == 1
    assert most(story) == [(ids.of("leg", "L0"), 3), (ids.of("leg", "L1"), 2)]
    story.tell(15, late("L1", 15))
    story.wait(DAY + 10)
    assert figures(story)["alarms_chattering"] == 0
    assert most(story)[0][1] == 3, "of yesterday, which no row takes the place of before another day begins"


def test_what_is_open_for_longer_than_a_day_is_stale_until_it_is_over() -> None:
    story = legs(2)
    story.tell(1, late("L0", 1), late("L1", 1))
    story.tell(2, fine("L1", 2))
    story.wait(DAY)
    assert figures(story)["alarms_stale"] == 0
    story.wait(DAY + 20)
    assert figures(story)["alarms_stale"] == 1
    story.tell(DAY + 30, fine("L0", DAY + 30))
    story.wait(DAY + 31)
    assert figures(story)["alarms_stale"] == 0


def test_what_is_put_off_counts_until_it_comes_back_or_is_over() -> None:
    story = legs(3)
    said = story.tell(1, *(late(f"L{n}", 1) for n in range(3))).rows("deviations")
    ends = {ids.of("leg", "L0"): 30, ids.of("leg", "L1"): 90, ids.of("leg", "L2"): 90}
    story.tell(5, *(shelve(int(d["id"]), 5, ends[int(d["subject"])]) for d in said))
    story.wait(6)
    assert figures(story)["alarms_shelved"] == 3
    story.wait(31)
    assert figures(story)["alarms_shelved"] == 2
    story.tell(32, fine("L1", 32))
    story.wait(33)
    assert figures(story)["alarms_shelved"] == 1


def drawn(draw: random.Random, story: Story, minute: float) -> list[Event]:
    """Something that some carriers say, and that a person does."""
    said = [draw.choice((late, fine))(f"L{draw.randrange(14)}", minute) for _ in range(draw.choice((1, 2, 9)))]
    opened = [int(d["id"]) for o in story.outcomes for d in o.rows("deviations") if d["status"] == 0]
    if opened and draw.random() < 0.3:
        said.append(shelve(draw.choice(opened), minute, minute + draw.choice((5, 300, 2000))))
    return said


@pytest.mark.parametrize("seed", range(3))
def test_figures_of_anything_are_what_counting_anew_gives_also_after_a_restart(seed: int) -> None:
    draw, story, minute = random.Random(seed), legs(14), 2.0
    for _ in range(50):
        minute += draw.choice((0.5, 0.5, 1, 2, 7, 200))
        story.tell(minute, *drawn(draw, story, minute))
        whole = int(minute) + 1
        story.wait(whole)
        assert figures(story) == pytest.approx(slow_alarms.figures(story.outcomes, at(whole)))
        if draw.random() < 0.1:
            story.chain = Chain(make, story.chain.saved(), story.chain.after)
        minute = float(whole)
