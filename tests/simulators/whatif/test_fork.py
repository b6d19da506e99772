"""A fork has the past of the week as it is, and is other from its moment on."""

import numpy as np
import pytest

from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import START, Week, week
from simulators.whatif.run import told
from simulators.whatif.variant import read
from tower.clock import parse
from tower.errors import UsageError

SEED = 20130208
TEXT = "2013-02-08T09:00:00-05:00"
MOMENT = parse(TEXT)
SHUT = "shut=EWR/2013-02-08T08:00:00-05:00/4h"


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


@pytest.mark.parametrize("changes", ["plan=greedy", f"plan=greedy,{SHUT},late=UA/2h", "orders=1.15"])
def test_both_sides_have_the_same_past_and_other_futures(facts: Week, changes: str) -> None:
    variant = read(f"blizzard,from={TEXT},{changes}")
    was = told(facts, "fifo", SEED)
    fork = told(variant.week(SEED), variant.plan, SEED, since=variant.since)
    before, after = was[was[:, 0] < MOMENT], fork[fork[:, 0] < MOMENT]
    assert np.array_equal(before, after)
    assert not np.array_equal(was, fork)


def test_what_has_left_has_left_and_notices_are_not_told_before_the_moment(facts: Week) -> None:
    fork = read(f"blizzard,from={TEXT},{SHUT},late=UA/2h").week(SEED)
    gone = (facts.legs.departed != NOTHING) & (facts.legs.departed < MOMENT)
    assert (fork.legs.departed[gone] == facts.legs.departed[gone]).all()
    new = (fork.legs.noticed != facts.legs.noticed) & (fork.legs.noticed != NOTHING)
    assert new.any()
    assert (fork.legs.noticed[new] >= MOMENT).all()
    minute = (MOMENT - START) // 60_000
    here = [crew for crew in fork.crews if crew.hub == "EWR"]
    assert sum(crew.end - crew.start for crew in here) == 7 * 1440
    assert all(crew.heads > 0 for crew in here if crew.end <= minute)
    assert any(crew.heads == 0 and crew.start == minute for crew in here)


def test_nobody_forks_with_foresight() -> None:
    with pytest.raises(UsageError, match="from: who plans with foresight"):
        read(f"blizzard,from={TEXT},plan=bound")
