"""Drift of a model is said when its errors have grown beyond the schedule's for an hour, and ends when they shrink."""

from typing import Any

from detectors import model_drift
from operators.predict import contest
from operators.predictions import Predictions
from streams.control import make
from tests.suites.story import Story, planned

OPENED, CHANGED, CLOSED = range(3)


def measured(story: Story, recent_min: float) -> None:
    """Have the model's errors of late be so large; usually they are 10 minutes, as those of the schedule are."""
    step = next(s for s in story.chain.steps if isinstance(s, Predictions))
    book: Any = step._book
    book.before.contest.tally[contest.LABELS] = contest.ODD
    book.before.contest.drift[:] = 10.0
    book.before.contest.drift[0, 0] = recent_min


def test_it_opens_after_an_hour_and_closes_when_errors_are_the_usual_again() -> None:
    story = Story(lambda saved: make(saved, [model_drift.DETECTOR]))
    story.tell(0, *[planned(f"L{n}", 130 + 10 * n, 400 + 10 * n) for n in range(40)])
    story.wait(30)
    assert story.deviations("model.drift") == []
    measured(story, 16.0)
    story.wait(80)
    assert story.deviations("model.drift") == []
    story.wait(140)
    assert [(status, severity, round(value)) for status, severity, value in story.deviations("model.drift")] == [
        (OPENED, 2, 60)]  # fmt: skip
    measured(story, 10.0)
    story.wait(200)
    assert [status for status, _, _ in story.deviations("model.drift")] == [OPENED, CLOSED]
