"""The feed as server-sent events says what the feed says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.hub import wire
from api.hub.sse import router
from tests.suites.many_plans import many_plans
from tests.suites.small_hub import SmallHub, applied, played
from tests.suites.told_day import told_day
from tower.record import Record

DAY = told_day(2)
WALL = {"Authorization": "Bearer wall"}
Event = dict[str, str]
Take = Callable[[dict[str, Any]], None]


@asynccontextmanager
async def served(stream: str) -> AsyncIterator[httpx.AsyncClient]:
    """An API that has only this route."""
    app = FastAPI()
    app.include_router(router(stream))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", ws="none"))
    task = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110  # uvicorn tells it so
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as client:
        yield client
    server.should_exit = server.force_exit = True
    await task


async def events(answer: httpx.Response) -> AsyncIterator[Event]:
    """The events of an answer."""
    event: Event = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
        else:
            yield event
            event = {}


def scene(play: Callable[[SmallHub, httpx.AsyncClient], Awaitable[None]]) -> None:
    async def both(small: SmallHub) -> None:
        async with served(small.url) as client:
            await play(small, client)

    played(both)


def test_it_says_what_the_feed_says_and_resumes_from_a_heartbeat() -> None:
    rows: dict[str, Any] = {}

    def take(frame: dict[str, Any]) -> None:
        for row in frame["rows"]:
            rows.pop(row["id"], None)
            if row.get("op") != "del":
                rows[row["id"]] = row

    async def play(small: SmallHub, client: httpx.AsyncClient) -> None:
        small.tell(*DAY[:5])
        last = await listen(client, small, {}, take, "snapshot")
        small.tell(*DAY[5:])
        await listen(client, small, {"Last-Event-ID": last}, take, "delta")
        assert rows == small.hub.pictures["n"].rows("legs")

    scene(play)


async def listen(client: httpx.AsyncClient, small: SmallHub, more: Event, take: Take, first: str) -> str:
    """Take in what comes until a heartbeat; its id. `first` is the kind of event that rows begin with."""
    kinds = []
    async with client.stream("GET", "/v1/stream/sse", params={"channel": "legs"}, headers=WALL | more) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        async for event in events(answer):
            kinds.append(event["event"])
            if event["event"] in ("snapshot", "delta"):
                take(json.loads(event["data"]))
                small.beat()
            if event["event"] == "heartbeat":
                break
    assert kinds == ["welcome", "result", first, "heartbeat"]
    return event["id"]


@pytest.mark.parametrize("mode", ["state", "events"])
def test_thousands_of_rows_of_a_record_come_in_pages_and_again_where_they_were_broken_off(mode: str) -> None:
    held: dict[str, dict[str, Any]] = {}
    sizes: list[int] = []
    params = {"channel": "plans", "mode": mode}

    async def hear(client: httpx.AsyncClient, small: SmallHub, more: Event, told: Sequence[Record], pages: int) -> str:
        """Take in what comes until a heartbeat, or so many pages of a delta; the id of the heartbeat."""
        some: list[dict[str, Any]] = []
        async with client.stream("GET", "/v1/stream/sse", params=params, headers=WALL | more) as answer:
            async for event in events(answer):
                frame, kind = json.loads(event["data"]), event["event"]
                sizes.append(len(event["data"]))
                if kind == "heartbeat":
                    return event["id"]
                if kind == "result":
                    small.tell(*told)
                    small.beat()
                if kind == "snapshot":
                    applied(held, frame["rows"])
                if kind == "delta":
                    some += frame["rows"]
                    if frame.get("page") == pages:
                        return ""
                    if frame.get("last", True):
                        applied(held, some)
        return ""

    async def play(small: SmallHub, client: httpx.AsyncClient) -> None:
        small.tell(many_plans(1))
        last = await hear(client, small, {}, [], 0)
        assert await hear(client, small, {"Last-Event-ID": last}, [many_plans(2)], 3) == ""
        assert await hear(client, small, {"Last-Event-ID": last}, [], 0)
        assert held == small.hub.pictures["n"].rows("plans")
        assert max(sizes) <= wire.MOST

    scene(play)


@pytest.mark.parametrize("asked, headers, status, word", [
    ({"channel": "legs"}, {}, 401, "not signed in"),
    ({"channel": "legs", "network": "west"}, WALL, 403, "not yours"),
    ({"channel": "ships"}, WALL, 422, "ships"),
    ({}, WALL, 422, "channel"),
])  # fmt: skip
def test_what_is_refused_is_a_problem_with_a_hint(asked: Event, headers: Event, status: int, word: str) -> None:
    async def play(_: SmallHub, client: httpx.AsyncClient) -> None:
        answer = await client.get("/v1/stream/sse", params=asked, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert word in answer.json()["title"]
        assert answer.json()["hint"]

    scene(play)


def test_without_a_hub_it_says_so() -> None:
    async def play() -> None:
        async with served("ws://127.0.0.1:1/v1/stream") as client:
            answer = await client.get("/v1/stream/sse", params={"channel": "legs"}, headers=WALL)
            assert (answer.status_code, answer.json()["title"]) == (503, "feed: nobody is there")

    asyncio.run(play())
