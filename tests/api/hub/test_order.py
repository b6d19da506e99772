"""Of a record what people act upon is told first, and each channel before the next is drawn."""

import asyncio
from typing import Any

import pytest

from api.hub.boards import DRAWS
from api.hub.boards.board import Board, Rows
from api.hub.frames import Subscribe
from tests.suites.small_hub import SmallHub, played, signed_in
from tests.suites.still_client import StillClient, asked, unframed, wanted
from tests.suites.told_day import told_day
from tower.record import Record

DAY = told_day(1)


def full(seq: int) -> Record:
    """The day's record that changes deviations, and other channels too."""
    return next(record for record in DAY[seq:] if "deviations" in record.tables and len(record.tables) > 4)


def drawn(monkeypatch: pytest.MonkeyPatch, look: Any) -> None:
    """Have `look` called with each channel just before it is drawn."""
    take = Board.take

    def looked(board: Board, *told: Any, **more: Any) -> Rows:
        look(next(name for name, draw in DRAWS.items() if isinstance(board.draw, draw)))
        return take(board, *told, **more)

    monkeypatch.setattr(Board, "take", looked)


def listening(small: SmallHub, mode: str) -> StillClient:
    """A client that has asked for every channel and read what is."""
    client = StillClient(small.hub)
    for channel in reversed(DRAWS):
        small.hub.subscribe(client, asked(channel, mode=mode, max_hz=20))
    client.read()
    return client


@pytest.mark.parametrize("mode", ["state", "events"])
def test_what_is_to_be_acted_upon_is_told_first(mode: str) -> None:
    async def play() -> None:
        small, record = SmallHub(["n"]), full(0)
        small.tell(*DAY[: record.number - 1])
        client = listening(small, mode)
        small.tell(record)
        told = [frame["channel"] for frame in client.read()]
        assert told[0] == "deviations"
        assert told == [channel for channel in DRAWS if channel in told]
        assert len(told) > 2

    asyncio.run(play())


@pytest.mark.parametrize("mode", ["state", "events"])
def test_deviations_are_written_before_another_channel_is_drawn(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        small, record, seen = SmallHub(["n"]), full(0), dict[str, set[str]]()
        small.tell(*DAY[: record.number - 1])
        client = listening(small, mode)

        def look(channel: str) -> None:
            seen[channel] = {frame["channel"] for frame in unframed(bytes(client.socket.transport.written))}

        drawn(monkeypatch, look)
        small.tell(record)
        assert list(seen) == list(DRAWS)
        assert seen.pop("deviations") == set()
        assert all("deviations" in told for told in seen.values())

    asyncio.run(play())


def test_they_have_left_the_hub_by_then(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(small: SmallHub) -> None:
        record, waiting = full(0), dict[str, int]()
        small.tell(*DAY[: record.number - 1])
        speaker, _ = await signed_in(small)
        await speaker.subscribe("deviations", mode="events")
        (client,) = small.hub.clients

        def look(channel: str) -> None:
            waiting[channel] = client.waiting if client.subscriptions["deviations"].told == record.number else -1

        drawn(monkeypatch, look)
        small.tell(record)
        monkeypatch.undo()
        assert waiting.pop("deviations") == -1
        assert set(waiting.values()) == {0}, "told, and nothing of it waits for the loop"
        assert (await speaker.hear())["seq"] == record.number
        async with speaker:
            pass

    played(play)


@pytest.mark.parametrize("joins", [0, 5, 11])
def test_each_change_of_each_channel_is_heard_once_whenever_one_comes(joins: int) -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        small.tell(*DAY[:joins])
        stayed = listening(small, "events")
        small.tell(*DAY[joins : joins + 3])
        small.beat()
        stayed.read()
        back = StillClient(small.hub)
        back.rows, back.told, back.since = stayed.rows, dict(stayed.told), joins + 1
        stayed.deltas.clear()
        for channel in DRAWS:
            back.told[channel] = joins + 1
            small.hub.subscribe(back, asked(channel, mode="events"))
        back.read()
        small.tell(*DAY[joins + 3 :])
        for client, since in ((stayed, joins + 3), (back, joins + 1)):
            client.read()
            for channel in DRAWS:
                heard = [(frame["seq"], len(frame["rows"])) for frame in client.deltas if frame["channel"] == channel]
                changes = small.hub.pictures["n"].missed(channel, since)
                assert [one for one in heard if one[1]] == [(seq, len(rows)) for seq, rows in changes]

    asyncio.run(play())


def test_who_is_told_the_state_has_it_behind_records_that_came_together_though_the_last_does_not_touch_it() -> None:
    async def play() -> None:
        small = SmallHub(["n"])
        client = listening(small, "state")
        last = next(i for i, record in enumerate(DAY) if i > 8 and "deviations" not in record.tables)
        small.tell(*DAY[: last + 1])
        client.read()
        for channel in DRAWS:
            one: Subscribe = asked(channel)
            assert client.rows[channel] == wanted(small.hub, one)

    asyncio.run(play())
