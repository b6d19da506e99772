"""A record of thousands of changed rows comes in pages that nobody refuses, and is told whole or not at all."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, cast

import pytest

from api.client import Feed
from api.hub import groups, wire
from api.hub.client import BUFFER
from api.hub.picture import Picture
from tests.suites.cut_line import CutLine, cut_line
from tests.suites.many_plans import many_plans
from tests.suites.small_hub import Frame, SmallHub, applied, played, restarted, signed_in
from tests.suites.still_client import StillClient, Transport, asked, settled, unframed, wanted
from tower.record import Record

MODES = pytest.mark.parametrize("mode", ["state", "events"])
FIRST, THEN = many_plans(1), many_plans(2)


def drawn(record: Record) -> Picture:
    """A picture that has been told this record."""
    picture = Picture("n")
    picture.draw()
    picture.take(record)
    return picture


def lined(play: Callable[[SmallHub, CutLine], Awaitable[None]]) -> None:
    """Play a scene at a small hub, with a line to it."""

    async def run(small: SmallHub) -> None:
        async with cut_line(small.port) as line:
            await play(small, line)

    played(run)


@MODES
def test_it_arrives_whole_at_a_client_that_refuses_more_than_a_mebibyte(mode: str) -> None:
    async def play(small: SmallHub, line: CutLine) -> None:
        small.tell(FIRST)
        feed = Feed(line.url, "wall", {"plans": {"mode": mode}})
        heard = []
        async with aclosing(cast("Any", aiter(feed))) as each, asyncio.timeout(60):
            await anext(each)
            small.tell(THEN)
            small.beat()
            heard.append((await anext(each), feed.told["plans"]))
        ((channel, rows), seq), = heard
        assert (channel, seq, len(rows)) == ("plans", 2, 20_000), "once, and whole"
        assert feed.rows["plans"] == small.hub.pictures["n"].rows("plans")
        sizes = [size for frame, size in line.frames if frame["type"] in ("snapshot", "delta")]
        assert len(sizes) > 20
        assert max(sizes) <= wire.MOST
        kinds = [frame["type"] for frame, _ in line.frames]
        first, last = kinds.index("delta"), len(kinds) - kinds[::-1].index("delta")
        assert set(kinds[first:last]) == {"delta"}, "no heartbeat between pages: it would promise what is not told"

    lined(play)


@MODES
def test_cut_off_behind_a_page_it_resumes_and_misses_nothing(mode: str) -> None:
    async def play(small: SmallHub, line: CutLine) -> None:
        small.tell(FIRST)
        feed = Feed(line.url, "wall", {"plans": {"mode": mode}})
        pages, told = len(wire.delta("plans", 1, 2, drawn(FIRST).take(THEN).channels["plans"])), []
        async with aclosing(cast("Any", aiter(feed))) as each, asyncio.timeout(240):
            await anext(each)
            for number, page in enumerate((1, 2, pages // 2, pages - 1), 2):
                line.after = page
                small.tell(many_plans(number))
                await anext(each)
                told.append(feed.told["plans"])
                assert feed.rows["plans"] == small.hub.pictures["n"].rows("plans"), f"cut behind page {page}"
        assert told == [2, 3, 4, 5], "each record once"
        assert line.cuts == feed.recovered == 4
        fresh, _ = await signed_in(small)
        assert feed.rows["plans"] == {row["id"]: row for row in await fresh.subscribe("plans")}

    lined(play)


@MODES
def test_a_hub_that_is_killed_between_pages_tells_them_again_when_it_is_back(mode: str) -> None:
    async def play() -> None:
        small, one = SmallHub(["n"]), asked("plans", mode=mode)
        small.tell(FIRST)
        client = StillClient(small.hub)
        small.hub.subscribe(client, one)
        client.read()
        small.tell(THEN)
        client.push()
        pages = unframed(bytes(client.socket.transport.written))
        again = restarted([FIRST, THEN])
        for number in range(len(pages)):
            back = StillClient(again.hub)
            back.rows, back.told = {"plans": dict(client.rows["plans"])}, dict(client.told)
            for page in pages[:number]:
                back.take(page)
            assert back.told == {"plans": 1}
            back.since = 1
            again.hub.subscribe(back, one)
            assert {frame["type"] for frame in back.read()} == {"delta"}
            assert (back.rows["plans"], back.told) == (wanted(again.hub, one), {"plans": 2})

    asyncio.run(play())


@MODES
def test_a_client_of_the_feed_before_there_were_pages_asks_anew_and_is_right(mode: str) -> None:
    async def play(small: SmallHub) -> None:
        small.tell(FIRST)
        speaker, _ = await signed_in(small)
        old = Old()
        await speaker.say(type="subscribe", id=1, channel="plans", mode=mode)
        await old.until(speaker.hear, 1)
        await speaker.ws.close()
        small.tell(THEN)
        speaker, welcome = await signed_in(small, resume={"epoch": "e" * 32, "seq": 1})
        assert welcome["recovered"]
        await speaker.say(type="subscribe", id=2, channel="plans", mode=mode)
        old.again = lambda: speaker.say(type="subscribe", id=3, channel="plans", mode=mode)
        await old.until(speaker.hear, 2)
        assert old.rows == small.hub.pictures["n"].rows("plans")
        small.tell(many_plans(3))
        await old.until(speaker.hear, 3)
        assert old.rows == small.hub.pictures["n"].rows("plans")
        assert old.asked == 2

    played(play)


class Old:
    """The rules of docs/feed.md as they were: pages of snapshots only, and a delta is told when it is there."""

    def __init__(self) -> None:
        self.rows: dict[str, Frame] = {}
        self.told, self.asked, self.waits = 0, 0, True
        self.again: Callable[[], Awaitable[None]]

    async def until(self, hear: Callable[[], Awaitable[Frame]], seq: int) -> None:
        while self.told < seq or self.waits:
            await self.take(await hear())

    async def take(self, frame: Frame) -> None:
        match frame["type"]:
            case "snapshot":
                self.rows = applied({} if frame["page"] == 1 else self.rows, frame["rows"])
                self.told, self.waits = frame["seq"], not frame["last"]
            case "delta" if not self.waits and frame["from"] > self.told:
                self.waits, self.asked = True, self.asked + 1
                await self.again()
            case "delta" if not self.waits and frame["seq"] > self.told:
                self.rows, self.told = applied(self.rows, frame["rows"]), frame["seq"]


def test_pages_are_made_once_for_all_who_ask_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(*told: Any) -> list[bytes]:
        frames = wire.delta(*told)
        made.append(len(frames))
        return frames

    class Counted:
        delta, snapshot = staticmethod(counted), staticmethod(wire.snapshot)

    async def play() -> None:
        small = SmallHub(["n"])
        small.tell(FIRST)
        clients = [StillClient(small.hub) for _ in range(4)]
        sites: list[list[str]] = [[], [], ["ORD"], ["ATL"]]
        ones = [asked("plans", mode="events", filter={"site": some}) for some in sites]
        for client, one in zip(clients, ones, strict=True):
            small.hub.subscribe(client, one)
            client.read()
        monkeypatch.setattr(groups, "wire", Counted)
        small.tell(THEN)
        assert [count > 1 for count in made] == [True, True, True], "two ask for the same"
        assert all(a is b for a, b in zip(clients[0]._out, clients[1]._out, strict=True)), "the same bytes"
        for client, one in zip(clients, ones, strict=True):
            client.read()
            assert client.rows["plans"] == wanted(small.hub, one)

    asyncio.run(play())


class Slow(Transport):
    """What is written waits until somebody reads."""

    def get_write_buffer_size(self) -> int:
        return len(self.written)


@MODES
def test_a_large_delta_may_wait_to_be_read_and_one_behind_it_may_not(mode: str) -> None:
    async def play() -> None:
        small, one = SmallHub(["n"]), asked("plans", mode=mode, max_hz=20)
        small.tell(FIRST)
        client = StillClient(small.hub)
        small.hub.subscribe(client, one)
        client.read()
        client.socket.transport = Slow()
        small.tell(THEN, many_plans(3, 5))
        await settled()
        assert client.waiting > BUFFER
        assert len(client.socket.transport.written) < 2 * wire.MOST, "of pages that wait a socket keeps no copy"
        assert client.socket.code == 0, "it had no time to read it"
        for number in range(4, 9):
            small.tell(many_plans(number))
            small.beat()
        await settled()
        assert client.waiting < 9 * BUFFER, "two of them, not six"
        if mode == "events":
            assert client.socket.code == 4008
            return
        for _ in range(2):
            while client.waiting:
                client.read()
            small.beat()
        client.read()
        assert (client.socket.code, client.rows["plans"]) == (0, wanted(small.hub, one))

    asyncio.run(play())


def test_a_client_that_goes_while_pages_wait_for_it_leaves_no_error_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone() -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    async def play() -> None:
        client = StillClient(SmallHub(["n"]).hub)
        client.socket.transport = Slow()
        monkeypatch.setattr(client.socket, "drain", gone)
        client.write(*[b"page" * wire.MOST] * 3)
        pump = client._pump
        await settled()
        assert pump is not None
        assert (pump.done(), pump.exception(), client._pump) == (True, None, None)

    asyncio.run(play())
