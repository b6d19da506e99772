"""What steps take is measured around them: nothing that they say changes, and each is told by its name."""

import pytest

from operators.chain import Chain
from streams.control import make
from streams.timing import METRIC, PLAN, Timing
from tests.suites.small_day import small_day
from tests.suites.story import Story, at, event, planned
from tower.record import Record
from tower.spans import SPANS, Spans


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    return list(small_day(str(tmp_path_factory.mktemp("states"))).log)


@pytest.mark.parametrize("every", [1, 7])
def test_a_chain_that_is_measured_says_what_it_says(log: list[Record], every: int) -> None:
    noted: list[tuple[str, str, float]] = []
    plain, measured = Chain(make), Chain(make)
    timing = Timing(measured, every, lambda *one: noted.append(one))
    assert [timing(record).encode() for record in log] == [plain.advance(record).encode() for record in log]
    assert [type(step) for step in measured.steps] == [type(step) for step in plain.steps]
    names = {step.name for step in plain.steps}
    assert {metric for metric, _, _ in noted} <= {METRIC, PLAN}
    noted = [one for one in noted if one[0] == METRIC]
    assert {"admit", "legs", "judge"} <= {name for _, name, _ in noted} <= names
    assert all(seconds > 0 for _, _, seconds in noted)
    admits = sum(name == "admit" for _, name, _ in noted)
    assert 0 < admits <= -(-len(log) // every)


def test_each_plan_is_measured() -> None:
    noted: list[tuple[str, str, float]] = []
    story = Story()
    timing = Timing(story.chain, 1000, lambda *one: noted.append(one))
    line = {"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000}
    placed = event("order.placed", -500, order="O1", customer="C", priority="standard", ship_to="B",
                   promise_by=at(900), lines=[line])  # fmt: skip
    story.tell(0, planned("L1", dep=300, arr=400, capacity_loads=1), placed)
    assert [metric for metric, _, _ in noted] == []
    story.wait(11)
    assert [(metric, label) for metric, label, _ in noted] == [(PLAN, "")]
    assert timing.chain is story.chain


def test_one_that_fails_leaves_the_steps_as_they_were(log: list[Record]) -> None:
    chain = Chain(make)
    timing = Timing(chain, 1)
    with pytest.raises(ValueError, match="expected 1"):
        timing(log[5])
    assert all(step in chain.steps and not hasattr(step, "seconds") for step in chain.steps)


def test_a_metric_that_is_not_listed_is_a_fault() -> None:
    with pytest.raises(KeyError):
        SPANS.note("tower_nonsense_seconds", "a", 1.0)


def test_spans_lie_in_the_bucket_that_ends_with_them() -> None:
    spans = Spans(lambda _: (0.5, 1.0))
    for seconds in (0.25, 0.5, 0.75, 2.0):
        spans.note("m", "a", seconds)
    assert spans.said() == {"m": {"a": [2, 1, 1, 3.5]}}

