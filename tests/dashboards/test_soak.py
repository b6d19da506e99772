"""The wall stays as it is: a day's changes leave neither nodes nor memory behind.

What was measured on the way is left in `run/pictures/soak-*.csv`: round, nodes, bytes of heap.
"""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.dashboards import samples
from tests.dashboards.conftest import PICTURES
from tests.dashboards.stage import Stage
from tests.dashboards.test_wall import shown

LEAST_ROUNDS, EACH = 20, 20
GROWTH = 1.25


def measured(page: Page) -> tuple[int, float]:
    """Nodes, and bytes of heap after everything that can be let go of is."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    nodes: int = page.evaluate("document.querySelectorAll('*').length")
    heap: float = page.evaluate("performance.memory.usedJSHeapSize")
    session.detach()
    return nodes, heap


def change(page: Page, stage: Stage, n: int) -> None:
    """Change everything, the n-th time, and wait until the wall shows what was told last."""
    stage.tell("deviations", [samples.deviation(k, "leg.late", 1 + (n + k) % 3, 1000 * (n + k)) for k in range(120)])
    stage.tell("deviations", [{"op": "del", "id": f"#{k + 4096:016x}"} for k in range(n % 120)])
    worse = [
        samples.incident(k, ("legs", "EWR", 1 + (n + k) % 3, n, k, 10 * n, 1000 * n, 600 + n)) for k in range(n % 11)
    ]
    stage.tell("incidents", worse)
    stage.tell("legs", [*samples.legs(is_calm=n % 2 == 0)][:60])
    stage.tell("docks", [*samples.docks(is_calm=n % 2 == 0)])
    on_time = next(row for row in samples.kpis(is_calm=True) if row["id"] == "day-on_time_ratio")
    stage.tell("kpis", [on_time | {"value": n % 100 / 100}])
    expect(page.locator(".tile", has_text="On time today")).to_contain_text(f"{n % 100}.0%")


def soak(page: Page, seconds: int) -> None:
    """Change everything, again and again; compare the end with the time after warming up."""
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        seen: dict[int, tuple[int, float]] = {}
        n, end = 0, time.monotonic() + seconds
        while time.monotonic() < end or n <= LEAST_ROUNDS:
            change(page, stage, n)
            page.wait_for_timeout(500)
            if n % EACH == 0:
                seen[n] = measured(page)
            n += 1
        before, after = seen[LEAST_ROUNDS], measured(page)
    write(seconds, seen | {n: after})
    assert abs(after[0] - before[0]) <= 12, "glyphs change their shape, nothing else may come or go"
    assert after[1] <= before[1] * GROWTH


def write(seconds: int, seen: dict[int, tuple[int, float]]) -> None:
    """Leave what was measured, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    lines = [f"{n},{nodes},{heap:.0f}" for n, (nodes, heap) in seen.items()]
    (PICTURES / f"soak-{seconds}s.csv").write_text("\n".join(["round,nodes,heap_bytes", *lines]) + "\n", "utf-8")


@pytest.mark.full
def test_half_a_minute_of_changes_leaves_nothing_behind(page: Page) -> None:
    soak(page, 30)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_minutes_of_changes_leave_nothing_behind(page: Page) -> None:
    soak(page, 600)
