"""Stays of visits in the chain: asked when they come and while they last, learned once, the same however records are
cut and after a restart; nothing of tomorrow goes in.
"""

import numpy as np
import pytest

from operators.chain import Chain
from operators.predict import gate
from operators.staying import ENOUGH, FEW, OUTLASTED
from operators.stays import Stays
from tests.suites.flown import Told, chain_of, play, steps
from tests.suites.story import Event, Story, at, event
from tests.suites.visited import AT_DOOR, AT_GATE, booked, rows_of, visit
from tower import ids
from tower.clock import MINUTE

VISITS = 260
LAST = 10.0 + 3 * 199
"""When the last of two hundred comes."""


def visited(count: int, *, swap: int = -1) -> Told:
    """Visits three minutes apart, each 20 minutes over its window and 10 over its work; what becomes of the last
    `swap` is another story.
    """
    draw = np.random.default_rng(5)
    told: list[tuple[float, Event]] = []
    for n in range(count):
        name, come = f"V{n}", float(10 + 3 * n)
        more = float(draw.integers(0, 9)) + (200.0 if 0 <= count - n <= swap else 0.0)
        told += [(come - 9, booked(name, come)), (come, visit("arrived", come, name)),
                 (come + 20, visit("docked", come + 20, name, door="D1")),
                 (come + 60 + more, visit("finished", come + 60 + more, name)),
                 (come + 80 + more, visit("left", come + 80 + more, name))]  # fmt: skip
    told.sort(key=lambda one: one[0])
    return [(minute, [one]) for minute, one in told]


@pytest.fixture(scope="module")
def told() -> Story:
    story = play(chain_of(), visited(VISITS))
    story.wait(10 + 3 * VISITS + 200)
    return story


def test_each_visit_is_asked_about_when_it_comes_and_its_label_joins_when_it_leaves(told: Story) -> None:
    for moment, least in ((AT_GATE, 80), (AT_DOOR, 40)):
        rows = rows_of(told, moment)
        assert len(rows) == VISITS
        assert set(rows["label_min"]) == {least + n for n in range(9)}
        known, few = rows[~np.isnan(rows["p50"])], rows[rows["why"] == FEW]
        assert np.isnan(few["p50"]).all()
        assert set(rows["why"][np.isnan(rows["p50"])]) <= {FEW, OUTLASTED}
        assert few["version"].max() < ENOUGH <= known["version"].min()
        assert (known["p05"] <= known["p50"]).all()
        assert (known["p50"] <= known["p95"]).all()
        assert (known["error_min"] == known["label_min"] - known["p50"]).all()
        assert np.abs(known["error_min"]).mean() < 6
        assert ((known["p05"] <= known["label_min"]) & (known["label_min"] <= known["p95"])).mean() > 0.8
    models = told.table("models")
    assert {int(n) for n in models["learned"]} == {VISITS}
    assert (models["linear_error_min"] < 0.9 * models["schedule_error_min"]).all()


def test_one_that_lasts_longer_than_said_is_asked_about_again_and_never_said_to_be_over() -> None:
    story = play(chain_of(), [part for part in visited(200, swap=1) if part[0] < LAST + 70])
    last = np.uint64(ids.of("visit", "V199"))

    def row() -> np.void:
        rows = rows_of(story, AT_GATE)
        found: np.void = rows[rows["subject"] == last][0]
        return found

    first = row()
    assert first["elapsed_min"] <= 1
    assert first["expected_at"] == at(LAST) + int(first["p50"] * MINUTE)
    story.wait(LAST + 90)
    assert row()["issued_at"] == first["issued_at"]
    story.wait(LAST + 110)
    later = row()
    assert later["elapsed_min"] >= first["p50"] + 15
    assert later["why"] == OUTLASTED or later["elapsed_min"] <= later["p05"]


def test_a_label_is_learned_once_and_a_corrected_one_scored_anew() -> None:
    story = play(chain_of(), visited(140))
    story.wait(10 + 3 * 140 + 200)
    step = next(s for s in story.chain.steps if isinstance(s, Stays))
    learned = step.saved()["at_gate"]
    left = int(story.row("visits", "visit", "V139")["left_at"])
    story.tell(640, {**visit("left", 0, "V139"), "at": left + 7 * MINUTE})
    story.wait(642)
    row = rows_of(story, AT_GATE)[-1]
    assert row["label_min"] == (left + 7 * MINUTE - story.row("visits", "visit", "V139")["arrived_at"]) / MINUTE
    assert row["error_min"] == row["label_min"] - row["p50"]
    assert step.saved()["at_gate"] == learned


def test_the_same_is_said_however_records_are_cut_and_after_a_stop() -> None:
    few = visited(160)
    whole, stopped = play(chain_of(), few), play(chain_of(), few[:500])
    stopped.chain = Chain(steps, stopped.chain.saved(), stopped.chain.after)
    play(stopped, few[500:])
    assert stopped.chain.saved() == whole.chain.saved()
    minutes = sorted({minute for minute, _ in few})
    joined: Told = [(minute, [one for m, events in few if m == minute for one in events]) for minute in minutes]
    one, two = whole.table("predictions"), play(chain_of(), joined).table("predictions")
    for name in set(one.dtype.names or ()) - {"basis"}:
        assert one[name].tobytes() == two[name].tobytes(), name


def test_what_is_said_was_learned_from_those_that_had_left_by_then_and_from_no_others(told: Story) -> None:
    visits = told.table("visits")
    known = np.sort(visits["left_at"]) + MINUTE
    for row in rows_of(told, AT_GATE):
        before, by_then = (int(np.searchsorted(known, row["issued_at"], side)) for side in ("left", "right"))
        assert before <= row["version"] <= by_then


def test_bad_input_teaches_nothing_and_says_why() -> None:
    story = play(chain_of(), visited(110))
    step = next(s for s in story.chain.steps if isinstance(s, Stays))
    end = 600.0
    story.tell(end, visit("arrived", end, "unbooked"), booked("new", end, site="B"), visit("arrived", end, "new"))
    story.tell(end + 1, visit("arrived", end + 500, "ahead"))
    story.tell(end + 3, visit("left", end - 5, "new"))
    story.wait(end + 5)
    whys = {int(row["subject"]): (int(row["why"]), float(row["p50"])) for row in rows_of(story, AT_GATE)}
    assert whys[ids.of("visit", "unbooked")][0] == 4
    assert np.isnan(whys[ids.of("visit", "unbooked")][1])
    assert whys[ids.of("visit", "new")][0] == 2
    assert ids.of("visit", "ahead") not in whys
    kept_back = step._book.gate.tally[gate.KEPT_BACK] if step._book else 0
    assert kept_back >= 1
    story.wait(end + 49 * 60)
    gone = rows_of(story, AT_GATE)
    gone = gone[gone["subject"] == np.uint64(ids.of("visit", "unbooked"))]
    assert not len(gone) or np.isnan(gone["label_min"][0])


def test_a_network_without_visits_keeps_nothing() -> None:
    story = chain_of()
    story.tell(0, event("order.placed", 0, order="O", customer="C", lines=[]))
    step = next(s for s in story.chain.steps if isinstance(s, Stays))
    assert set(step.saved()) == {"staying"}
