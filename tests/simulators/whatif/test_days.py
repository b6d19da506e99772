"""Days that plans are compared on are the recorded ones."""

import numpy as np
import pytest

from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.week import week
from simulators.whatif import days
from simulators.whatif.days import Day
from tower.clock import DAY, render
from tower.errors import UsageError

CANCELLED = {"2013-02-08": (472, 930), "2013-02-09": (393, 684), "2013-05-23": (221, 988), "2013-10-18": (1, 993),
             "2013-09-12": (192, 992), "2013-12-10": (204, 943)}  # fmt: skip


@pytest.mark.parametrize("day", days.ALL.values(), ids=lambda day: day.name)
def test_as_many_legs_were_cancelled_as_the_record_says(day: Day) -> None:
    facts = week(20130208, day.of)
    start = day.counted[1] - DAY
    mine = (facts.legs.planned >= start) & (facts.legs.planned < start + DAY)
    assert ((facts.legs.noticed[mine] != NOTHING).sum(), mine.sum()) == CANCELLED[day.name]
    assert render(start + DAY // 2).startswith(day.name)
    assert {name[-4:] for name in np.array(facts.legs.names)[mine]} == {day.name[5:].replace("-", "")}
    flown = facts.legs.departed != NOTHING
    assert ((facts.legs.arrived - facts.legs.departed)[flown] > 0).all()
    assert ((facts.lines.placed >= day.counted[0]) & (facts.lines.placed < day.counted[1])).sum() > 8_000


def test_nobody_tunes_on_a_day_that_is_reported() -> None:
    assert not {day.of for day in days.TUNED if day.of in [other.of for other in days.REPORTED]}


def test_a_day_that_nobody_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"got 2013-01-01") as refused:
        days.find("2013-01-01")
    assert "2013-05-23" in refused.value.try_
