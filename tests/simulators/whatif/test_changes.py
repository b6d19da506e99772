"""What a change says is what is different, and nothing else."""

from itertools import pairwise

import numpy as np
import pytest

from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import START, Week, week
from simulators.whatif import changes
from simulators.whatif.changes import away, calm, foreseen
from tower.clock import HOUR, MINUTE, parse
from tower.errors import UsageError

SEED = 20130208
FIRST, LAST = parse("2013-02-08T08:00:00-05:00"), parse("2013-02-08T12:00:00-05:00")


@pytest.fixture(scope="module")
def facts() -> Week:
    return week(SEED)


def test_a_hub_that_is_shut_sends_nothing_and_nobody_works_there(facts: Week) -> None:
    shut = changes.shut("EWR/2013-02-08T08:00:00-05:00/4h")(facts, SEED)
    legs, was, here = shut.legs, facts.legs, np.array(facts.legs.origin) == "EWR"
    assert not (here & (legs.departed >= FIRST) & (legs.departed < LAST)).any()
    hit = here & (was.departed >= FIRST) & (was.departed < LAST)
    assert hit.sum() > 20
    assert (legs.noticed[hit] == np.maximum(FIRST, was.told[hit])).all()
    assert (legs.departed[~hit] == was.departed[~hit]).all()
    assert (legs.noticed[~hit] == was.noticed[~hit]).all()
    inside = [c for c in shut.crews if c.hub == "EWR" and FIRST <= START + c.start * MINUTE < LAST]
    assert inside
    assert all(c.heads == c.loads == 0 for c in inside)
    assert [c for c in shut.crews if c.hub != "EWR"] == [c for c in facts.crews if c.hub != "EWR"]


def test_a_crew_that_is_sent_home_covers_its_shift_without_gaps(facts: Week) -> None:
    for crew in facts.crews:
        parts = away(crew, FIRST - START, LAST - START)
        assert (parts[0].start, parts[-1].end) == (crew.start, crew.end)
        assert all(a.end == b.start for a, b in pairwise(parts))


def test_a_late_carrier_is_late_and_says_so_ahead(facts: Week) -> None:
    late = changes.late("UA/2h")(facts, SEED).legs
    ours = np.array(facts.legs.carrier) == "UA"
    goes = facts.legs.departed != NOTHING
    assert (late.departed[ours & goes] == facts.legs.departed[ours & goes] + 2 * HOUR).all()
    assert (late.arrived[ours & goes] == facts.legs.arrived[ours & goes] + 2 * HOUR).all()
    assert (late.revised[ours & goes] != NOTHING).all()
    assert (late.departed[~ours] == facts.legs.departed[~ours]).all()
    assert (late.departed[~goes] == NOTHING).all()


def test_more_orders_are_copies_by_chance_in_orders_of_their_own(facts: Week) -> None:
    more = changes.orders("1.15")(facts, SEED).lines
    size = len(facts.lines.sku)
    assert abs(len(more.sku) / size - 1.15) < 0.01
    assert more.order[:size] == facts.lines.order, "those that were keep their places, and so their luck"
    assert (more.placed[:size] == facts.lines.placed).all()
    own = [i for i, order in enumerate(more.order) if order.endswith("+")]
    assert len(own) == len(more.sku) - size
    known = set(zip(facts.lines.order, facts.lines.line, facts.lines.sku, strict=True))
    assert {(more.order[i][:-1], more.line[i], more.sku[i]) for i in own} <= known
    assert len(set(zip(more.order, more.line, strict=True))) == len(more.sku)


def test_on_a_calm_week_every_leg_goes_as_planned(facts: Week) -> None:
    legs = calm(facts, SEED).legs
    assert (legs.departed == legs.planned).all()
    assert (legs.arrived == legs.arrives).all()
    assert (legs.noticed == NOTHING).all()


def test_what_is_foreseen_so_long_ahead_is_told_then_if_not_sooner(facts: Week) -> None:
    was, legs = facts.legs, changes.ALL["foreseen"]("3h")(facts, SEED).legs
    off, ahead = was.noticed != NOTHING, np.maximum(was.told, was.planned - 3 * HOUR)
    assert (legs.noticed[off] == np.minimum(was.noticed, ahead)[off]).all()
    assert (legs.noticed[~off] == NOTHING).all()
    late = was.departed > was.planned
    assert (legs.revised[late] <= ahead[late]).all()
    assert (legs.departed == was.departed).all()


def test_what_is_foreseen_is_told_with_the_leg_and_is_the_same(facts: Week) -> None:
    legs = foreseen(facts, SEED).legs
    gone = facts.legs.noticed != NOTHING
    assert (legs.noticed[gone] == facts.legs.told[gone]).all()
    assert (legs.departed == facts.legs.departed).all()
    moved = (legs.departed != NOTHING) & (legs.departed != legs.planned)
    assert (legs.revised[moved] == legs.told[moved]).all()


@pytest.mark.parametrize(("name", "what", "why"), [
    ("shut", "EWR", "3 things between slashes"), ("shut", "BOS/2013-02-08T08:00:00Z/4h", "no such hub"),
    ("shut", "EWR/eight/4h", "shut: not a time"),
    ("shut", "EWR/2013-02-08T08:00:00Z/long", "shut: not a length of time"),
    ("late", "UA", "2 things between slashes"), ("orders", "many", "orders: not a number"),
    ("orders", "7", "between 1 and 2"),
])  # fmt: skip
def test_a_change_that_can_not_be_read_is_refused_with_its_value(name: str, what: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        changes.ALL[name](what)


def test_a_carrier_that_does_not_fly_is_refused_with_those_that_do(facts: Week) -> None:
    with pytest.raises(UsageError, match=r"no leg of that carrier goes \(got XX\)") as refused:
        changes.late("XX/2h")(facts, SEED)
    assert "UA" in refused.value.try_
