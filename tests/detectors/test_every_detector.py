"""What holds for each kind: it is documented and said in words, and the same log gives the same deviations."""

import re
from pathlib import Path

import numpy as np
import pytest

import detectors
from detectors.rule import Detector
from operators.chain import Chain
from streams.control import make
from tests.suites.anyorder import events
from tests.suites.story import Story
from tower.record import Record

PAGE = Path(detectors.__file__).parents[1] / "docs" / "deviations.md"
EACH = pytest.mark.parametrize("detector", detectors.ALL, ids=lambda detector: detector.rule.kind)


@EACH
def test_it_stands_on_the_page_of_deviations_and_says_its_value_in_words(detector: Detector) -> None:
    assert f"| `{detector.rule.kind}` |" in PAGE.read_text("utf-8")
    assert detector.rule.why.format(value=5.0)
    assert detector.rule.kind.replace(".", "_") == detector.look.__module__.removeprefix("detectors.")


def test_the_page_names_no_kind_that_there_is_not() -> None:
    kinds = {detector.rule.kind for detector in detectors.ALL}
    assert set(re.findall(r"^\| `(\w+\.\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)) == kinds


@pytest.mark.parametrize("seed", range(3))
def test_a_log_played_again_from_a_state_in_the_middle_says_the_same(seed: int) -> None:
    story = told(seed)
    chain, said = Chain(make), list[Record]()
    for record in story.records:
        if record.number == len(story.records) // 2:
            chain = Chain(make, chain.saved(), chain.after)
        said.append(chain.advance(record))
    assert [outcome.chain for outcome in said] == [outcome.chain for outcome in story.outcomes]


@pytest.mark.parametrize("seed", range(3))
def test_each_deviation_opens_and_ends_in_turn_and_what_is_usual_is_forgotten(seed: int) -> None:
    story = told(seed)
    story.wait(60 * 24 * 40)
    rows = np.concatenate([outcome.rows("deviations") for outcome in story.outcomes])
    for key in np.unique(rows["id"]):
        statuses = rows["status"][rows["id"] == key].tolist()
        assert statuses[0] == 0
        assert statuses.count(0) == 1
        assert sum(status >= 2 for status in statuses) <= 1
    kept = {n: len(t) for step in story.chain.steps for n, t in step.tables.items()}
    assert {n: kept[n] for n in ("flows", "shares", "covers", "best") if kept[n]} == {}


def told(seed: int) -> Story:
    """A few dozen events of all families, one record a minute."""
    story = Story()
    for minute, event in enumerate(events(seed, 60)):
        story.tell(80 + minute, event)
    return story
