"""What the tests of pages share: the bundle, built from the sources as they are, and a browser to open it in."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from api import bundle
from tests.suites.chromium import chromium

ROOT = Path(__file__).parents[2]
DASHBOARDS = ROOT / "dashboards"
PICTURES = ROOT / "run" / "pictures"
expect.set_options(timeout=30_000)  # a busy machine is no broken page
SLOWED = float(os.environ.get("SLOWED_PAGES", "1"))
"""So many times slower pages run than the machine would have them: what is read too early shows when they are slow."""
SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]


@pytest.fixture(scope="session")
def dist() -> Path:
    """The built pages."""
    stamp = DASHBOARDS / "dist" / bundle.STAMP
    sources = [path for part in ("*.*", "*/*.*") for path in DASHBOARDS.glob(part) if "node_modules" not in path.parts]
    if not stamp.exists() or any(path.stat().st_mtime > stamp.stat().st_mtime for path in sources):
        assert bundle.main() == 0, "the dashboards were not built"
    assert stamp.read_text("utf-8") == "built"
    return stamp.parent


@pytest.fixture(scope="module")
def browser(dist: Path) -> Iterator[Browser]:
    """One for all pages of a file: while its driver is there, no other test of the process can run asyncio."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--force-color-profile=srgb", "--enable-precise-memory-info"],
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of 1920 x 1080 that complains of nothing: no error, no message, no violated policy."""
    with Watched(browser) as opened:
        yield opened


class Watched:
    """A page whose complaints are errors."""

    def __init__(self, browser: Browser, width: int = 1920, height: int = 1080) -> None:
        self.page = slowed(browser.new_page(viewport=ViewportSize(width=width, height=height)))
        self.complaints: list[str] = []

    def __enter__(self) -> Page:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None
        )
        return self.page

    def __exit__(self, kind: object, *_: object) -> None:
        self.page.close()
        assert kind or [one for one in self.complaints if "WebSocket" not in one] == []


def slowed(page: Page) -> Page:
    """The page, as slow as is asked for."""
    if SLOWED > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page


def keep(page: Page, name: str) -> None:
    """Keep a picture of the page, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
