"""What lines cost where, against the same in plain Python."""

from typing import Any

import numpy as np
import pytest

from operators.allocation.lines import LIMIT_CENTS
from operators.planning.rows import BOOKED, NOWHERE, OPEN, STAGED, WANT, WAY
from operators.planning.settings import Settings, settings_of
from operators.planning.weighing import FAR, weigh
from operators.prices import USUAL
from tower.clock import DAY, HOUR, MINUTE

NOW = 1_360_314_000_000
SETTINGS: Settings = settings_of(USUAL, {})


def scene(seed: int) -> tuple[Any, ...]:
    draw = np.random.default_rng(seed)
    n, m = 30, 8
    wants, ways = np.repeat(WANT, n), np.repeat(WAY, m)
    wants["priority"], wants["stand"] = draw.integers(0, 3, n), draw.choice([OPEN, BOOKED, STAGED], n)
    wants["value_cents"], wants["promised_by"] = draw.integers(0, 50_000, n), NOW + draw.integers(-5, 80, n) * HOUR
    wants["promised_by"][draw.random(n) < 0.1] = -1
    wants["loads"] = draw.integers(1, 5, n)
    ways["dep"] = NOW + draw.integers(0, 90 * 60, m) * MINUTE
    ways["arr"] = ways["dep"] + draw.integers(1, 9, m) * HOUR
    ways["freight"], ways["is_open"] = draw.integers(0, 2000, m), draw.random(m) < 0.9
    at = np.where(wants["stand"] == BOOKED, draw.integers(0, m, n), NOWHERE)
    return wants, ways, at, draw.integers(0, 2, m), draw.random((n, 2)) < 0.7


def late_cents(want: Any, arr: int) -> tuple[int, float]:
    """Minutes late, and what that costs: the dearer, the later the line is by now."""
    if want["promised_by"] < 0:
        return 0, 0
    late = max(0, (arr + 180 * MINUTE - int(want["promised_by"])) // MINUTE)
    p, hours = want["priority"], late / 60
    money, days = SETTINGS.money, max(0, NOW - NOW % HOUR - int(want["promised_by"])) / DAY
    return late, money.fee[p] + money.hour[p] * hours * (1 + money.ageing[p] / 100 * days) if late else 0


def plain(wants: Any, ways: Any, at: Any, hub: Any, allow: Any) -> tuple[Any, Any, Any]:
    money, cost, left, stay = SETTINGS.money, [], [], []
    first = int(ways["dep"].min())
    for i, want in enumerate(wants):
        p, booked = want["priority"], want["stand"] == BOOKED
        keeps = at[i] != NOWHERE and late_cents(want, int(ways[at[i]]["arr"]))[0] == 0
        row = []
        for j, way in enumerate(ways):
            lead = {STAGED: 60, BOOKED: 360, OPEN: 150}[int(want["stand"])] * MINUTE
            in_time = way["is_open"] and NOW + lead <= way["dep"] <= NOW + 72 * HOUR
            late, cents = late_cents(want, int(way["arr"]))
            moving = money.switch[p] + (money.broken[p] if keeps and late else 0) if booked and j != at[i] else 0
            may = j == at[i] or (in_time and allow[i, hub[j]])
            waiting = money.wait[p] * (int(way["dep"]) - first) // HOUR
            rush = money.rush[p] * (want["stand"] != STAGED and j != at[i] and way["dep"] < NOW + 480 * MINUTE)
            freight = int(want["loads"] * way["freight"])
            row.append(min(LIMIT_CENTS, int(freight + int(cents) + moving + waiting + rush)) if may else FAR)
        never = int(ways["arr"].max()) + DAY
        value = 1000 + int(0.2 * int(want["value_cents"])) + int(late_cents(want, never)[1])
        value += money.wait[p] * (never - first) // HOUR
        moving = money.switch[p] + (money.broken[p] if keeps else 0) if booked else 0
        cost.append(row)
        left.append(min(LIMIT_CENTS, value + int(moving)))
        stay.append(row[at[i]] if at[i] != NOWHERE else left[-1])
    return cost, left, stay


@pytest.mark.parametrize("seed", range(10))
def test_lines_cost_what_the_price_list_says(seed: int) -> None:
    wants, ways, at, hub, allow = scene(seed)
    n, m = wants.size, ways.size
    cost, left, stay, in_time = np.zeros((n, m), "i8"), np.zeros(n, "i8"), np.zeros(n, "i8"), np.zeros(n, "?")
    arrives = np.ascontiguousarray(ways["arr"]).reshape(-1, 1)
    weigh(wants, np.arange(n), ways, arrives, at, hub, allow, SETTINGS.money, NOW, cost, left, stay, in_time)
    assert (cost.tolist(), left.tolist(), stay.tolist()) == plain(wants, ways, at, hub, allow)


def on_legs(stand: int, leaves_h: list[int], at: int = NOWHERE, promise_h: int = 99) -> list[int]:
    """Cents of an economy line on legs alike but for when they leave, and left without."""
    wants, ways = np.repeat(WANT, 1), np.repeat(WAY, len(leaves_h))
    wants["priority"], wants["stand"], wants["promised_by"] = 2, stand, NOW + promise_h * HOUR
    ways["dep"], ways["is_open"] = NOW + np.array(leaves_h) * HOUR, True
    ways["arr"] = ways["dep"] + HOUR
    m = len(leaves_h)
    cost, left, stay, in_time = np.zeros((1, m), "i8"), np.zeros(1, "i8"), np.zeros(1, "i8"), np.zeros(1, "?")
    weigh(wants, np.arange(1), ways, np.ascontiguousarray(ways["arr"]).reshape(-1, 1), np.array([at]),
          np.zeros(m, "i8"), np.ones((1, 1), "?"), SETTINGS.money, NOW, cost, left, stay, in_time)  # fmt: skip
    return [*cost[0].tolist(), int(left[0])]


def test_of_two_legs_in_time_the_earlier_costs_less_by_the_hours_between() -> None:
    wait = int(SETTINGS.money.wait[2])
    assert wait > 0
    assert on_legs(OPEN, [20, 32, 9])[:3] == [11 * wait, 23 * wait, 0]


def test_a_leg_that_leaves_soon_costs_more_unless_the_line_is_on_it_or_picked() -> None:
    rush, wait = (int(getattr(SETTINGS.money, name)[2]) for name in ("rush", "wait"))
    assert rush > 5 * wait
    assert on_legs(OPEN, [7, 8])[:2] == [rush, wait]
    assert on_legs(STAGED, [7, 8])[:2] == [0, wait]
    assert on_legs(BOOKED, [7, 8], at=0)[0] == 0
