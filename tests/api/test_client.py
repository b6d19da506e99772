"""The Python client ends with what is, through restarts and refusals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from api.client import Feed, Told, follow
from tests.suites.small_hub import SmallHub, played
from tests.suites.told_day import told_day
from tower.errors import TowerError

DAY = told_day(2)


def told(feed: Feed) -> "aclosing[Any]":
    return aclosing(cast("Any", aiter(feed)))


async def until(each: AsyncIterator[Told], feed: Feed, small: SmallHub, channel: str) -> None:
    """Listen until the rows are those of the hub."""
    async with asyncio.timeout(20):
        while feed.rows[channel] != small.hub.pictures["n"].rows(channel):
            await anext(each)


def test_it_keeps_rows_in_step_in_both_modes() -> None:
    async def scene(small: SmallHub) -> None:
        feed = Feed(small.url, "wall", {"legs": {"max_hz": 20}, "deviations": {"mode": "events"}})
        async with told(feed) as each:
            small.tell(*DAY[:5])
            await until(each, feed, small, "legs")
            for record in DAY[5:]:
                small.tell(record)
            await until(each, feed, small, "deviations")
            await until(each, feed, small, "legs")
            assert feed.age_s < 20

    played(scene)


def test_cut_off_it_comes_back_and_misses_nothing() -> None:
    async def scene(small: SmallHub) -> None:
        feed = Feed(small.url, "wall", {"legs": {}, "sites": {}})
        async with told(feed) as each:
            small.tell(*DAY[:5])
            await until(each, feed, small, "legs")
            await until(each, feed, small, "sites")
            for client in list(small.hub.clients):
                client.ws.transport.abort()
            small.tell(*DAY[5:])
            await until(each, feed, small, "legs")
            await until(each, feed, small, "sites")
            assert feed.recovered == 1

    played(scene)


def test_a_key_that_is_not_good_is_an_error_and_not_tried_again() -> None:
    async def scene(small: SmallHub) -> None:
        async with told(Feed(small.url, "nobody", {"legs": {}})) as each:
            with pytest.raises(TowerError, match="a key of this tower"):
                await anext(each)

    played(scene)


def test_a_channel_that_there_is_not_is_an_error_that_names_it() -> None:
    async def scene(small: SmallHub) -> None:
        async with told(Feed(small.url, "wall", {"ships": {}})) as each:
            with pytest.raises(TowerError, match="channel is 'ships'"):
                await anext(each)

    played(scene)


def test_a_program_without_an_event_loop_follows_too() -> None:
    async def scene(small: SmallHub) -> None:
        small.tell(*DAY)
        feed = Feed(small.url, "wall", {"legs": {}})
        channel, rows = await asyncio.to_thread(lambda: next(follow(feed)))
        assert (channel, {row["id"] for row in rows}) == ("legs", set(small.hub.pictures["n"].rows("legs")))

    played(scene)


def test_it_is_short_enough_to_be_read() -> None:
    from pathlib import Path

    root = Path(__file__).parents[2]
    for path in ("api/client.py", "dashboards/shared/feed.js"):
        assert len((root / path).read_text("utf-8").splitlines()) < 125
