"""The wall stays as it is: a day's changes leave neither nodes nor memory behind."""

import pytest
from playwright.sync_api import Page

from tests.dashboards import samples
from tests.dashboards.stage import Stage
from tests.dashboards.test_wall import shown

LEAST_ROUNDS = 20
GROWTH = 1.25


def measured(page: Page) -> tuple[int, float]:
    """Nodes, and bytes of heap after everything that can be let go of is."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    nodes: int = page.evaluate("document.querySelectorAll('*').length")
    heap: float = page.evaluate("performance.memory.usedJSHeapSize")
    session.detach()
    return nodes, heap


def soak(page: Page, rounds: int) -> None:
    """Change everything, again and again; compare the end with the time after warming up."""
    with Stage(samples.storm()) as stage:
        shown(page, stage)
        before = (0, 0.0)
        for n in range(rounds):
            stage.tell(
                "deviations", [samples.deviation(k, "leg.late", 1 + (n + k) % 3, 1000 * (n + k)) for k in range(120)]
            )
            stage.tell("deviations", [{"op": "del", "id": f"#{k + 4096:016x}"} for k in range(n % 120)])
            stage.tell(
                "incidents",
                [
                    samples.incident(k, ("legs", "EWR", 1 + (n + k) % 3, n, k, 10 * n, 1000 * n, 600 + n))
                    for k in range(n % 11)
                ],
            )
            stage.tell("legs", [*samples.legs(is_calm=n % 2 == 0)][:60])
            stage.tell("docks", [*samples.docks(is_calm=n % 2 == 0)])
            page.wait_for_timeout(500)
            before = measured(page) if n == LEAST_ROUNDS else before
        after = measured(page)
    assert rounds > LEAST_ROUNDS
    assert abs(after[0] - before[0]) <= 12, "glyphs change their shape, nothing else may come or go"
    assert after[1] <= before[1] * GROWTH


@pytest.mark.full
def test_a_minute_of_changes_leaves_nothing_behind(page: Page) -> None:
    soak(page, 60)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_ten_minutes_of_changes_leave_nothing_behind(page: Page) -> None:
    soak(page, 1200)
