"""Whoever listens, however slowly and from whenever, ends with what is."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from api.hub import wire
from api.hub.frames import Filter, Subscribe
from tests.suites.small_hub import SmallHub, restarted
from tests.suites.still_client import StillClient, asked, settled, wanted
from tests.suites.told_day import told_day

FILTERS = st.builds(
    Filter, site=st.lists(st.sampled_from(["A", "B"]), max_size=2), severity=st.integers(0, 3),
    kind=st.lists(st.sampled_from(["leg.late", "leg.overdue", "leg.cancelled"]), max_size=2),
)  # fmt: skip
CHANNEL = st.sampled_from(["deviations", "sites", "legs", "docks", "incidents"])
ASKED = st.builds(Subscribe, type=st.just("subscribe"), id=st.just(1), channel=CHANNEL, filter=FILTERS,
                  mode=st.sampled_from(["state", "events"]), max_hz=st.sampled_from([0.5, 20.0]))  # fmt: skip


MOST = st.sampled_from([wire.MOST, 1500])
"""How long a message may be: as it is, and so short that most deltas take pages."""


def scene(play: Coroutine[Any, Any, None], most: int = wire.MOST) -> None:
    with patch.multiple(wire, MOST=most, PAGE=most - 256):
        asyncio.run(play)


@settings(max_examples=30)
@given(seed=st.integers(0, 5), one=ASKED, joins=st.integers(0, 20), most=MOST)
def test_a_snapshot_and_its_deltas_end_with_what_is(seed: int, one: Subscribe, joins: int, most: int) -> None:
    async def play() -> None:
        small, day = SmallHub(["n"]), told_day(seed)
        small.tell(*day[:joins])
        client = StillClient(small.hub)
        small.hub.subscribe(client, one)
        for record in day[joins:]:
            small.tell(record)
            client.read()
        small.beat()
        client.read()
        assert client.rows[one.channel] == wanted(small.hub, one)

    scene(play(), most)


@settings(max_examples=30)
@given(seed=st.integers(0, 5), one=ASKED.filter(lambda one: one.mode == "state"), sleeps=st.sets(st.integers(0, 30)),
       most=MOST)  # fmt: skip
def test_whoever_reads_now_and_then_ends_with_what_is_too(
    seed: int, one: Subscribe, sleeps: set[int], most: int
) -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        client = StillClient(small.hub)
        small.hub.subscribe(client, one)
        client.read()
        for number, record in enumerate(told_day(seed)):
            small.tell(record)
            if number % 3 == 0:
                small.beat()
            (client.stall if number in sleeps else client.read)()
        client.read()
        small.beat()
        client.read()
        assert client.rows[one.channel] == wanted(small.hub, one)

    scene(play(), most)


@settings(max_examples=30)
@given(seed=st.integers(0, 5), one=ASKED, leaves=st.integers(1, 12), comes=st.integers(1, 12), restarts=st.booleans(),
       most=MOST)  # fmt: skip
def test_whoever_resumes_has_what_whoever_stayed_has(
    seed: int, one: Subscribe, leaves: int, comes: int, restarts: bool, most: int
) -> None:
    async def play() -> None:
        small, day = SmallHub(["n"]), told_day(seed)
        stayed, left = StillClient(small.hub), StillClient(small.hub)
        for client in (stayed, left):
            small.hub.subscribe(client, one)
        small.tell(*day[:leaves])
        small.beat()
        left.read()
        small.hub.leave(left)
        small.tell(*day[leaves : leaves + comes])
        if restarts:
            small = restarted(day[: leaves + comes])
        back = StillClient(small.hub)
        back.rows, back.told = left.rows, left.told
        back.since = left.told[one.channel]
        small.hub.subscribe(back, one)
        assert "snapshot" not in {frame["type"] for frame in back.read()}
        small.tell(*day[leaves + comes :])
        small.beat()
        back.read()
        assert back.rows[one.channel] == wanted(small.hub, one)

    scene(play(), most)


def test_events_tells_each_record_that_changed_something() -> None:
    async def play() -> None:
        small, day = SmallHub(["n"]), told_day(1)
        client = StillClient(small.hub)
        small.hub.subscribe(client, asked("deviations", mode="events"))
        small.tell(*day)
        client.read()
        changes = small.hub.pictures["n"].missed("deviations", 0)
        assert [(frame["seq"], len(frame["rows"])) for frame in client.deltas] == [(s, len(r)) for s, r in changes]
        assert [frame["from"] for frame in client.deltas][1:] == [frame["seq"] for frame in client.deltas][:-1]

    scene(play())


def test_a_frame_is_made_once_for_all_who_ask_for_the_same() -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        clients = [StillClient(small.hub) for _ in range(5)]
        for client in clients:
            small.hub.subscribe(client, asked("legs", filter={"site": ["B", "A"]}))
        small.hub.subscribe(clients[0], asked("legs", filter={"site": ["A", "B", "A"]}))
        assert len(small.hub.groups["n"]) == 1
        small.tell(*told_day(2))
        small.beat()
        said = {bytes(client.socket.transport.written) for client in clients[1:]}
        assert len(said) == 1

    scene(play())


def test_state_tells_the_newest_of_each_row_and_leaves_out_what_was_between() -> None:
    async def play() -> None:
        small, day = SmallHub(["n"]), told_day(4)
        client = StillClient(small.hub)
        small.hub.subscribe(client, asked("legs", max_hz=0.5))
        client.read()
        for record in day:
            small.tell(record)
        small.beat()
        client.read()
        told = [row["id"] for frame in client.deltas[1:] for row in frame["rows"]]
        assert len(client.deltas) == 2, "one at once, the rest with the heartbeat"
        assert len(told) == len(set(told))

    scene(play())


def test_a_client_that_does_not_read_is_closed_where_nothing_may_be_left_out() -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        client, other = StillClient(small.hub), StillClient(small.hub)
        for one in (client, other):
            small.hub.subscribe(one, asked("legs", mode="events"))
            one.read()
        client.stall()
        small.tell(*told_day(5))
        await settled()
        assert (client.socket.code, len(client.socket.transport.written)) == (4008, 0)
        other.read()
        assert (other.socket.code, other.rows["legs"]) == (0, wanted(small.hub, asked("legs")))

    scene(play())


def test_a_client_that_reads_nothing_for_half_a_minute_is_closed() -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        client = StillClient(small.hub)
        small.hub.subscribe(client, asked("legs"))
        client.stall()
        small.beat()
        client._full_since -= 31
        small.beat()
        await settled()
        assert client.socket.code == 4008

    scene(play())


def test_a_client_that_is_behind_hears_no_heartbeat_that_promises_too_much() -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        client = StillClient(small.hub)
        small.hub.subscribe(client, asked("legs"))
        client.read()
        client.stall()
        small.tell(*told_day(6))
        small.beat()
        assert client.read() == []
        small.beat()
        assert [frame["type"] for frame in client.read()] == ["delta", "heartbeat"]

    scene(play())
