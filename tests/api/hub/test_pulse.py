"""Pulse: a source is called too old when the detector calls it stale, not before."""

from api.hub.pulse import limit
from tests.suites.story import Story, leg


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
