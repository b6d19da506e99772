"""Figures of a run, against a plain count of what the world told."""

import numpy as np
import pytest

from simulators.scenarios.overlay.orders import FEE, RATE
from simulators.scenarios.week import START, Week, week
from simulators.whatif.days import STORM
from simulators.whatif.moves import moves
from simulators.whatif.run import told
from simulators.whatif.scores import score
from simulators.world.tell import LINE_BOOKED, LINE_DELIVERED, LINE_FAILED, LINE_HELD, LINE_PICKED, LINE_SHIPPED
from tower.clock import HOUR, MINUTE

SEED = 20130208


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


@pytest.fixture(scope="module")
def played(facts: Week) -> np.ndarray:
    return told(facts, "greedy", SEED)


def test_first_in_first_out_keeps_what_the_scenario_says(facts: Week) -> None:
    found = score(facts, told(facts, "fifo", SEED))
    assert round(found["on_time_ratio"], 3) == 0.465
    assert found["moves_voluntary"] == 0
    assert found["lines"] == 20_432


def test_money_is_what_a_plain_count_of_the_story_says(facts: Week, played: np.ndarray) -> None:
    lines, cents, undelivered = facts.lines, 0, 0
    arrived = {int(r[2]): int(r[0]) for r in played if r[1] == LINE_DELIVERED}
    on = {int(r[2]): int(r[3]) for r in played if r[1] == LINE_SHIPPED}
    for i in range(len(lines.sku)):
        if not STORM.counted[0] <= lines.placed[i] < STORM.counted[1]:
            continue
        p = int(lines.priority[i])
        if i not in arrived:
            undelivered += 1
            cents += FEE[p] + 72 * RATE[p] + int(lines.value_cents[i]) // 5 + 1000
            continue
        cents += int(facts.freight[on[i]])
        if (late := arrived[i] - int(lines.promise[i])) > 0:
            cents += FEE[p] + int(RATE[p] * min(late / HOUR, 72))
    found = score(facts, played)
    assert found["undelivered"] == undelivered > 0
    assert found["freight_cents"] + found["late_cents"] + found["undelivered_cents"] == cents
    assert found["cost_cents"] == cents + found["handling_cents"]


def test_a_greedy_clerk_moves_only_what_lost_its_leg(facts: Week, played: np.ndarray) -> None:
    lost = (played[:, 1] == LINE_FAILED).sum()
    found = moves(facts, played)
    assert found.voluntary.sum() == 0
    assert 0 < found.forced.sum() <= lost


@pytest.mark.parametrize(("story", "forced", "voluntary", "staged"), [
    ([(LINE_BOOKED, 1), (LINE_BOOKED, 2)], 0, 1, 0),
    ([(LINE_BOOKED, 1), (LINE_BOOKED, 1)], 0, 0, 0),
    ([(LINE_BOOKED, 1), (LINE_FAILED, 0), (LINE_BOOKED, 2)], 1, 0, 0),
    ([(LINE_BOOKED, 1), (LINE_HELD, 0), (LINE_BOOKED, 2)], 0, 1, 0),
    ([(LINE_BOOKED, 1), (LINE_PICKED, 9), (LINE_BOOKED, 2)], 0, 1, 1),
    ([(LINE_BOOKED, 1), (LINE_PICKED, 9), (LINE_FAILED, 0), (LINE_BOOKED, 2)], 1, 0, 1),
])  # fmt: skip
def test_a_move_is_voluntary_unless_the_leg_was_lost(
    facts: Week, story: list[tuple[int, int]], forced: int, voluntary: int, staged: int
) -> None:
    other = [[START, LINE_BOOKED, 3, 5, 0], [START + 1, LINE_FAILED, 3, 0, 5]]
    rows = [[START + 10 + i, kind, 7, what, 0] for i, (kind, what) in enumerate(story)]
    found = moves(facts, np.array(sorted(other + rows)))
    assert (found.forced[7], found.voluntary[7], found.staged[7]) == (forced, voluntary, staged)
    assert found.forced[3] == found.voluntary[3] == 0


@pytest.mark.parametrize(("story", "near"), [
    ([(0, LINE_BOOKED, 1), (90, LINE_BOOKED, 2), (180, LINE_PICKED, 9)], 1),
    ([(0, LINE_BOOKED, 1), (60, LINE_BOOKED, 2), (180, LINE_PICKED, 9)], 0),
    ([(0, LINE_BOOKED, 1), (90, LINE_HELD, 0), (100, LINE_BOOKED, 2), (180, LINE_PICKED, 9)], 1),
    ([(0, LINE_BOOKED, 1), (90, LINE_FAILED, 0), (100, LINE_BOOKED, 2), (180, LINE_PICKED, 9)], 0),
    ([(0, LINE_BOOKED, 1), (90, LINE_BOOKED, 2), (95, LINE_FAILED, 0), (99, LINE_BOOKED, 3), (180, LINE_PICKED, 9)], 0),
    ([(0, LINE_BOOKED, 1), (90, LINE_BOOKED, 2)], 0),
])  # fmt: skip
def test_a_move_by_choice_less_than_two_hours_before_the_line_is_picked_is_near(
    facts: Week, story: list[tuple[int, int, int]], near: int
) -> None:
    other = [[START + 5, LINE_PICKED, 8, 5, 0]]
    rows = [[START + minutes * MINUTE, kind, 7, what, 0] for minutes, kind, what in story]
    found = moves(facts, np.array(sorted(other + rows)))
    assert (found.near_pick[7], found.near_pick[8]) == (near, 0)
