"""Patience: a page is looked at when it has drawn itself, however slow it is; nothing here sleeps for luck."""

from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import Page, expect

from tower import clock

ENOUGH_S: Final = 30.0
"""When to give up."""
FRAMES: Final = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
  setTimeout(() => document.fonts.ready.then(() => done())))))"""
SHIFTS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => { for (const one of list.getEntries()) {
    const moved = one.sources.map((s) => `${s.node?.className}: ${s.node?.textContent?.slice(0, 40)}`);
    window.shifts.push([one.value, ...moved]);
  } }).observe({ type: 'layout-shift', buffered: false });
}"""


def drawn(page: Page) -> None:
    """Wait until the page was told all that it listens to, and stands on the screen with its faces."""
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    page.evaluate(FRAMES)


def soon(page: Page, read: Callable[[Page], object], wanted: object) -> object:
    """What is read: as soon as it is what is wanted, or else what it is when there was time enough."""
    until = clock.steady_s() + ENOUGH_S
    while (found := read(page)) != wanted and clock.steady_s() < until:
        page.wait_for_timeout(50)
    return found


def watch_shifts(page: Page) -> None:
    """From now on, remember what moves."""
    page.evaluate(SHIFTS)


def shifts(page: Page) -> list[Any]:
    """What has moved since then, with what is being drawn."""
    page.evaluate(FRAMES)
    found: list[Any] = page.evaluate("window.shifts")
    return found
