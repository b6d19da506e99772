"""Pulse: a source is called too old when the detector calls it stale, not before; levels are the rules'."""

from collections import deque
from pathlib import Path

import detectors
from api.hub.hub import Hub
from api.hub.picture import Picture
from api.hub.pulse import LEVELS, Pulse, levels, limit
from detectors.rule import NEVER
from tests.suites.story import Story, leg
from tower import clock, layouts
from tower.record import Record


def test_a_source_is_too_old_when_it_is_stale() -> None:
    story = Story()
    for minute in range(25):
        story.tell(minute, leg("position", minute, lat=1.0, lon=1.0))
    source = story.table("sources")[0]
    most = limit(int(source["events"]), float(source["interval_s"]))
    assert most is not None
    story.wait(24 + most / 60 - 0.5)
    assert story.deviations("source.stale") == []
    story.wait(24 + most / 60 + 0.5)
    assert len(story.deviations("source.stale")) == 1


def test_a_source_whose_rate_is_not_known_yet_is_never_too_old() -> None:
    assert limit(5, 60.0) is None


def test_a_kinds_levels_are_those_of_its_rule() -> None:
    assert set(LEVELS) == {detector.rule.kind for detector in detectors.ALL}
    rule = next(detector.rule for detector in detectors.ALL if detector.rule.kind == "dock.queue")
    told = LEVELS["dock.queue"]
    assert (told.advisory, told.warning, told.critical) == (rule.up, rule.warning, rule.critical)


def test_a_level_that_is_never_reached_is_not_there() -> None:
    rule = next(detector.rule for detector in detectors.ALL if detector.rule.critical == NEVER)
    assert levels(rule).critical is None


def test_how_long_the_way_takes_is_that_of_the_last_minute() -> None:
    hub, now = Hub({}), clock.steady_s()
    hub.hops["east"] = {"feed": deque([(now - 61, 9000.0), (now - 30, 7.0), (now, 8.0)])}
    assert hub.recent("east") == {"feed": [7.0, 8.0]}


def test_a_heartbeat_says_when_lines_were_last_planned_anew(tmp_path: Path) -> None:
    picture = Picture("n")
    pulse = Pulse(picture, tmp_path)
    for number, tables in enumerate(({}, {"plans": layouts.blank("plans")}, {}), start=1):
        assert (pulse.beat({}).planned_at is None) == (number < 3)
        picture.take(Record(number, number * clock.MINUTE, tables))
    assert pulse.beat({}).planned_at == clock.render(2 * clock.MINUTE)
