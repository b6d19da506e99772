"""An SKU's few lines: placed as the plain twin places them, by prices that prove it, wherever prices began."""

from typing import Any

import numpy as np

from operators.allocation import few, net, plain
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.within import BOUNDLESS
from simulators.bench import instances


def scaled(lines: Lines, sites: int) -> tuple[Any, Any]:
    """Options and costs as kernels want them, each site being a cell, from 1 on."""
    shape = (len(lines), lines.option.shape[1] + 1)
    option, cost = np.empty(shape, "i4"), np.empty(shape, "i8")
    long = (np.ascontiguousarray(column, "i8") for column in (lines.key, lines.option, *lines.charged()))
    net.scale(*long, np.arange(sites), sites, option, cost)
    return np.where(option == sites, BOUNDLESS, option + 1).astype("i4"), cost


def placed(cell: Any, cost: Any, stock: Any, scarce: Any) -> tuple[Any, int]:
    """Where each line is, and what that costs."""
    shape, at = (few.FEW, cell.shape[1] + 1), np.zeros(len(cell), "i8")
    cents = few.place(0, len(cell), np.array([1, len(stock)]), np.zeros_like(cell), cell, cost, np.zeros(1, "i8"),
                      stock, scarce, at, np.empty(shape, "i8"), np.empty(shape, "i8"),
                      np.empty((few.ROWS, len(stock)), "i8"))  # fmt: skip
    return at, int(cents)


def test_lines_are_where_the_twin_puts_them_and_prices_prove_what_they_cost() -> None:
    draw, priced = np.random.default_rng(2), 0
    for seed in range(120):
        instance = instances.odd(4 * (seed // 2) + seed % 2)  # shapes without frozen lines
        lines, room = instance.lines.take(np.arange(min(few.FEW, len(instance.lines)))), instance.room
        stock, scarce = np.concatenate([[0], room]), np.zeros(len(room) + 1, "i8")
        for shaken in (0, 30, 1):
            cost = lines.cost + draw.integers(-shaken, shaken + 1, lines.cost.shape)
            now = Lines.of(lines.option, cost, lines.unserved, key=lines.key)
            cell, wide = scaled(now, len(room))
            at, cents = placed(cell, wide, stock, scarce)
            best = plain.solve(now, room.tolist(), list(range(len(room))))
            assert np.where(at == cell.shape[1] - 1, ABSENT, at).tolist() == best
            assert cents == plain.total(now, best)
            proven = (wide + scarce[cell]).min(1).sum() - (scarce * stock).sum()
            assert proven == np.take_along_axis(wide, at[:, None], 1).sum()
            priced += int((scarce > 0).any())
    assert priced > 60
