"""The JavaScript client, in a browser: ends with what is, resumes, knows when it is frozen or refused."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from api.hub import wire
from tests.suites.chromium import chromium
from tests.suites.cut_line import CutLine, cut_line
from tests.suites.many_plans import many_plans
from tests.suites.small_hub import SmallHub, played
from tests.suites.told_day import told_day

pytestmark = pytest.mark.full
SCRIPT = Path(__file__).parents[3] / "dashboards" / "shared" / "feed.js"
DAY = told_day(2)
START = """async ({url, token, channels}) => {
  const { connect } = await import('/feed.js')
  window.heard = []
  window.feed = connect({ url, token, channels })
  window.feed.onchange = (changed) => window.heard.push([...changed])
}"""
PLANS = "() => JSON.stringify([...window.feed.rows.plans.values()])"
ROWS = "(channel) => Object.fromEntries(window.feed.rows[channel])"


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A page of this machine that has nothing but the script."""
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    async with async_playwright() as driver:
        started = await driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = await started.new_page()
        await page.goto(f"http://127.0.0.1:{serving.server_port}/")
        try:
            yield page
        finally:
            await started.close()
            serving.shutdown()
            serving.server_close()


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path == "/feed.js"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.end_headers()
        self.wfile.write(SCRIPT.read_bytes() if is_script else b"<!doctype html><title>feed</title>")

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def scene(play: Callable[[SmallHub, Page], Awaitable[None]]) -> None:
    async def both(small: SmallHub) -> None:
        async with browser() as page:
            await play(small, page)

    played(both)


async def started(small: SmallHub | CutLine, page: Page, token: str = "wall", **channels: Any) -> None:
    await page.evaluate(START, {"url": small.url, "token": token, "channels": channels or {"legs": {}, "sites": {}}})


async def until(small: SmallHub, page: Page, channel: str) -> None:
    """Wait until the page has the rows of the hub."""
    async with asyncio.timeout(60):
        while await page.evaluate(ROWS, channel) != small.hub.pictures["n"].rows(channel):  # noqa: ASYNC110  # a browser
            await asyncio.sleep(0.05)


async def become(page: Page, status: str) -> None:
    await page.wait_for_function("(status) => window.feed.status === status", arg=status, timeout=60_000)


def test_it_keeps_rows_in_step_and_tells_what_changed_once_a_frame() -> None:
    async def play(small: SmallHub, page: Page) -> None:
        small.tell(*DAY[:5])
        await started(small, page)
        await until(small, page, "legs")
        for record in DAY[5:]:
            small.tell(record)
        await until(small, page, "legs")
        await until(small, page, "sites")
        small.beat()
        await page.wait_for_function("() => window.feed.heartbeat?.network === 'n'")
        for what in ("legs", "sites", "status", "heartbeat"):  # onchange comes with the next frame
            await page.wait_for_function("(what) => window.heard.flat().includes(what)", arg=what)

    scene(play)


def test_cut_off_it_comes_back_and_misses_nothing() -> None:
    async def play(small: SmallHub, page: Page) -> None:
        small.tell(*DAY[:5])
        await started(small, page)
        await until(small, page, "legs")
        await until(small, page, "sites")
        small.beat()
        await page.wait_for_function("() => window.feed.heartbeat")
        for client in list(small.hub.clients):
            client.ws.transport.abort()
        small.tell(*DAY[5:])
        await until(small, page, "legs")
        await until(small, page, "sites")
        assert all(client.since is not None for client in small.hub.clients), "it resumed"

    scene(play)


def test_a_key_that_is_not_good_is_refused_and_not_tried_again() -> None:
    async def play(small: SmallHub, page: Page) -> None:
        await started(small, page, token="nobody")
        await become(page, "refused")
        assert "key" in await page.evaluate("() => window.feed.reason")

    scene(play)


def test_a_hub_that_says_nothing_leaves_it_frozen_whatever_the_socket_says() -> None:
    async def play(small: SmallHub, page: Page) -> None:
        await started(small, page)
        await become(page, "live")
        assert await page.evaluate("() => window.feed.frozen") is False
        await page.wait_for_function("() => window.feed.frozen", timeout=60_000)
        await page.wait_for_function("() => window.heard.flat().includes('frozen')", timeout=60_000)

    scene(play)


def test_every_change_is_told_to_whoever_asks_for_events() -> None:
    async def play(small: SmallHub, page: Page) -> None:
        await started(small, page, deviations={"mode": "events"})
        await until(small, page, "deviations")
        await page.evaluate("() => { window.told = []; feed.ondelta = (_, rows) => window.told.push(rows.length) }")
        small.tell(*DAY)
        await until(small, page, "deviations")
        changes = small.hub.pictures["n"].missed("deviations", 0)
        await page.wait_for_function("(n) => window.told.length >= n", arg=len(changes))
        assert await page.evaluate("() => window.told") == [len(rows) for _, rows in changes]

    scene(play)


@pytest.mark.parametrize("mode", ["state", "events"])
def test_thousands_of_rows_of_a_record_are_told_whole_wherever_the_line_is_cut(mode: str) -> None:
    async def play(small: SmallHub, page: Page) -> None:
        small.tell(many_plans(1))
        async with cut_line(small.port) as line:
            await started(line, page, plans={"mode": mode})
            await page.evaluate("() => { window.told = []; feed.ondelta = (_, rows) => window.told.push(rows.length) }")
            await page.wait_for_function("() => feed.rows.plans.size")
            for number, after in enumerate((1, 2, 12, 0), 2):
                line.after = after
                small.tell(many_plans(number))
                await page.wait_for_function("(n) => told.length === n", arg=number - 1, timeout=60_000)
                rows = {row["id"]: row for row in json.loads(await page.evaluate(PLANS))}
                assert rows == small.hub.pictures["n"].rows("plans"), f"cut behind page {after}"
            assert line.cuts == 3
            assert max(size for frame, size in line.frames if frame["type"] == "delta") <= wire.MOST
        assert await page.evaluate("() => window.told") == [20_000] * (line.cuts + 1), "each record once, and whole"

    scene(play)
