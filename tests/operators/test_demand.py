"""What is ordered in half hours, in the chain: counted by site and family, forecast after two weeks, labels join."""

import numpy as np

from operators.chain import Chain, State
from operators.demand import Demand
from operators.expect.demand import ALL, LEAST
from operators.expect.season import HORIZONS
from operators.step import Step
from streams.control import make
from tests.suites.story import Event, Story, at, event
from tower import ids
from tower.clock import DAY, MINUTE
from tower.ids import UNKNOWN

HALF, DAY_MIN = 30, 24 * 60


def steps(saved: State) -> list[Step]:
    """The chain up to what is ordered, without what nobody needs here."""
    return [step for step in make(saved, ()) if step.name in ("admit", "sources", "demand")]


def orders(minute: float, lines: int, name: str = "", **more: object) -> list[Event]:
    """So many lines to B in one order, of two families."""
    told = [{"line": str(n), "sku": f"S{n % 2}", "quantity": 1} for n in range(lines)]
    place = {"customer": "C", "ship_to": "B", **more}
    return [event("order.placed", minute, order=f"O{minute}{name}", lines=told, **place)] if lines else []


def families() -> list[Event]:
    """Of the two articles."""
    return [event("sku.declared", -60, sku=f"S{n}", family=f"F{n}") for n in range(2)]


def wanted(n: int) -> int:
    """Lines of the n-th half hour: more by day."""
    return 6 if 16 <= n % 48 < 36 else 2


def played(days: int, story: Story | None = None, first: int = 0, more: int = 0) -> Story:
    """So many days of them, a half hour a record."""
    told = story or Story(steps)
    if not story:
        told.tell(0, *families())
    for n in range(first, days * 48):
        told.tell(n * HALF + 2, *orders(n * HALF + 1, wanted(n) + more))
    return told


def test_lines_are_counted_by_site_family_and_both_when_they_are_news() -> None:
    story = Story(steps)
    story.tell(0, *families())
    story.tell(10, *orders(5, 5), *orders(-80, 7, "old"), *orders(6, 2, "nowhere", ship_to=None))
    counts = {(int(row["site"]), int(row["family"])): int(row["count"]) for row in story.table("counted")}
    site, odd, even = ids.of("site", "B"), ids.of("family", "F1"), ids.of("family", "F0")
    none = int(UNKNOWN)
    assert counts == {(none, none): 7, (site, none): 5, (none, even): 4, (none, odd): 3, (site, even): 3,
                      (site, odd): 2}  # fmt: skip
    story.wait(31)
    assert set(story.table("counted")["count"]) == {0}


def test_a_busy_series_is_forecast_after_two_weeks_and_its_labels_join_when_the_half_hour_is_over() -> None:
    story = played(19)
    assert len(story.table("series")) == 6
    rows = story.table("demands")
    rows = rows[rows["site"] == UNKNOWN]
    rows = rows[rows["family"] == UNKNOWN]
    known = rows[rows["labelled_at"] >= 0]
    assert set(rows["ahead"]) == {0, 1, 2}
    assert (known["labelled_at"] == known["step_at"] + HALF * MINUTE).all()
    ahead = np.array(HORIZONS)[known["ahead"]] * HALF * MINUTE
    assert (known["issued_at"] + ahead == known["labelled_at"]).all()
    assert (known["error"] == known["label"] - known["p50"]).all()
    assert (np.abs(known["error"]) < 1).all()
    assert ((rows["p05"] <= rows["p50"]) & (rows["p50"] <= rows["p95"])).all()
    told = {int(row["labelled_at"]): int(row["label"]) for row in known}
    assert set(told.values()) <= {wanted(0), wanted(20)}
    early = [o.rows("demands") for o in story.outcomes if o.now < at(14 * DAY_MIN)]
    said = np.concatenate([rows for rows in early if rows.size])
    assert np.isnan(said["p50"]).all()
    assert set(said["why"]) == {1}


def test_a_few_lines_a_day_are_counted_and_not_forecast() -> None:
    story = Story(steps)
    for n in range(3 * 24):
        story.tell(60 * n + 1, *orders(60 * n + 1, 1))
    assert len(story.table("counted")) == 2
    assert LEAST > 24
    assert not len(story.table("series"))


def test_a_silent_source_teaches_nothing() -> None:
    story = played(18, more=10)
    before = story.table("series")
    begun = 18 * DAY_MIN + 1
    story.wait(begun + 5 * HALF)
    rows = story.table("demands")
    silent = rows[(rows["labelled_at"] > at(begun + HALF)) & (rows["site"] == UNKNOWN)]
    assert len(silent)
    assert np.isnan(silent["label"]).all()
    after = story.table("series")
    assert after["weights"].tobytes() == before["weights"].tobytes() or (after["seen"] > before["seen"]).all()
    assert (after["learned"][:, 0] - before["learned"][:, 0] <= 1).all()


def test_a_chain_that_was_stopped_says_the_same_and_a_quiet_one_forgets() -> None:
    straight, stopped = played(16), played(15)
    stopped.chain = Chain(steps, stopped.chain.saved(), stopped.chain.after)
    played(16, stopped, first=15 * 48)
    assert stopped.chain.saved() == straight.chain.saved()
    straight.wait(31 * DAY_MIN)
    straight.wait(31 * DAY_MIN + 120)
    assert not len(straight.table("series"))
    assert not len(straight.table("counted"))
    step = next(s for s in straight.chain.steps if isinstance(s, Demand))
    assert step.counted.next_look() > at(31 * DAY_MIN) + 300 * DAY
    assert int(ALL) not in straight.table("counted")["key"]
