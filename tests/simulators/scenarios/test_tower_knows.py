"""What the world tells is enough: the production steps end up knowing what is true in it."""

import numpy as np
import pytest

from simulators import scenarios
from simulators.feed import merge
from simulators.scenarios.reacting import ReactingFeed
from simulators.world import rows
from streams.replay import Replay
from tower import ids
from tower.clock import HOUR
from tower.outcomes import FACTS
from tower.table import Table


@pytest.fixture(scope="module")
def both() -> tuple[ReactingFeed, Replay]:
    """The blizzard's first 38 hours, and a tower that has heard of them."""
    feed = scenarios.load("blizzard")
    assert isinstance(feed, ReactingFeed)
    tower = Replay(feed.networks[0])
    tower.play(merge(feed.advance(feed.start_ms + 38 * HOUR)))
    return feed, tower


def table(tower: Replay, name: str) -> Table:
    return next(step.tables[name] for step in tower.chain.steps if name in step.tables)


def column(found: Table, keys: np.ndarray, name: str) -> np.ndarray:
    where = np.array([found.find(int(key)) for key in keys])
    assert (where >= 0).all()
    values: np.ndarray = found.rows[name][where]
    return values


def test_nothing_is_rejected(both: tuple[ReactingFeed, Replay]) -> None:
    assert both[1].tally.rejected == {}


def test_the_towers_stock_is_the_worlds(both: tuple[ReactingFeed, Replay]) -> None:
    feed, tower = both
    w, lines = feed.world.w, feed.world.w.lines
    there = w.stock["on_hand"].astype("i8")
    in_hand = np.flatnonzero(lines["state"] == rows.PICKING)
    np.add.at(there, (lines["place"][in_hand], w.ordered["sku"][in_hand]), lines["got"][in_hand])
    sku = np.zeros(there.shape[1], "u8")
    sku[w.ordered["sku"]] = feed.ids.sku
    site, kind = np.nonzero(feed.world.network.on_hand)
    keys = ids.pairs(feed.ids.site[site], sku[kind])
    assert np.array_equal(column(table(tower, "stock"), keys, "balance"), there[site, kind])


def test_the_towers_lines_stand_where_they_do(both: tuple[ReactingFeed, Replay]) -> None:
    feed, tower = both
    lines, found = feed.world.w.lines, table(tower, "lines")
    words = next(f.words for f in FACTS["lines"] if f.name == "state")
    keys = ids.pairs(feed.ids.order, feed.ids.line)
    for state, word in ((rows.DONE, "delivered"), (rows.BOOKED, "booked"), (rows.QUEUED, "booked")):
        which = np.flatnonzero(lines["state"] == state)
        assert which.size, word
        assert {words[code] for code in column(found, keys[which], "state").tolist()} == {word}
    on = np.flatnonzero((lines["leg"] >= 0) & (lines["state"] < rows.DONE))
    assert np.array_equal(column(found, keys[on], "on_leg"), feed.ids.leg[lines["leg"][on]])
