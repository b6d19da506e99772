"""Sized: lines that take loads, kg and m3 of a resource that has so much of each, whole or in two parts.

Shared resources get prices by subgradient steps (Held, Wolfe, Crowder 1974), counted; a plan within all limits is made
at each of the better ones by regret, and bettered by moving lines and by turning others out. Nothing is proven best,
but the prices prove how much cheaper any plan could be, in parts or not.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from operators.allocation.exact import CENT, Exact
from operators.allocation.lines import ABSENT, Lines
from operators.allocation.net import FAR
from operators.allocation.parts import NO_PARTS, Parts, part
from operators.allocation.sizing import bound_at, fits, solve, whole
from tower.errors import UsageError

MEASURES: Final = ("loads", "grams", "litres")
UNLIMITED: Final = 1 << 40
"""Room in a measure of which a resource has no limit."""
ROUNDS: Final = 120
"""Subgradient steps."""
LOOKS: Final = 2_000_000
"""Lines that are looked at for a better place, or to be turned out, for each plan that is made."""


@dataclass(frozen=True, slots=True, eq=False)
class Sized:
    """The result.

    taken: (N,) the option that each line takes, or ABSENT. second: (N,) the option of its other part, or ABSENT.
    loads: (N,) of the part on `taken`: all, without a second. cost_cents: options, penalties and splits.
    bound_cents: no plan costs less. gap_cents: between the two. cents: (D, 3) what a load, a gram, a litre is worth.
    """

    taken: Any
    second: Any
    loads: Any
    cost_cents: int
    bound_cents: int
    cents: Any

    @property
    def gap_cents(self) -> int:
        """How much cheaper any plan could be, at most."""
        return max(0, self.cost_cents - self.bound_cents)


def plan(
    lines: Lines, size: Any, room: Any, parts: Parts = NO_PARTS, rounds: int = ROUNDS, looks: int = LOOKS
) -> Sized:
    """Lines to resources at little cost. size: (N, 3) what each takes, as MEASURES says; room: (D, 3).

    Where every line is one load and the plan that knows loads only keeps the other limits, that is the plan, and the
    optimum. Raises UsageError where a size or a room is below 0, or a line is of no load, or frozen.
    """
    size, room = _checked(lines, size, room)
    order = np.argsort(lines.key, kind="stable")
    option, (cost, left) = lines.option[order], lines.charged()
    left = left[order]
    wide, which = _wide(option, cost[order], size[order], room, parts)
    price, at = np.zeros(room.shape), np.full(len(lines), ABSENT)
    if (size[:, 0] == 1).all():
        exact = _exact(lines, room[:, 0])
        at = _resource(lines.option, exact.net.at[: len(lines)])[order]
        price[:, 0] = np.maximum(0, exact.net.price[: len(room)] - exact.net.price[-1]) / CENT
        if fits(at, size[order], room):
            spent = _spent(wide, left, at)
            return Sized(_back(order, _slot(which, at)), np.full(len(lines), ABSENT), size[:, 0], spent, spent, price)
    bound, spent = solve(wide, left, size[order], room, rounds, looks, price, at)
    second, loads = np.full(len(lines), ABSENT), size[order, 0].copy()
    spent += part(wide, left, size[order], room, parts.least, parts.cents, at, second, loads)
    return Sized(_back(order, _slot(which, at)), _back(order, _slot(which, second)), _back(order, loads), int(spent),
                 int(bound), price)  # fmt: skip


def bound_cents(lines: Lines, size: Any, room: Any, price: Any, parts: Parts = NO_PARTS) -> int:
    """What these prices prove that no plan costs less than: the certificate, counted anew."""
    size, room = _checked(lines, size, room)
    cost, left = lines.charged()
    wide, _ = _wide(lines.option, cost, size, room, parts)
    taken, load = np.empty(len(lines), "i8"), np.empty(room.shape, "i8")
    return whole(bound_at(wide, left, size, room, np.asarray(price, "f8"), taken, load))


def _checked(lines: Lines, size: Any, room: Any) -> tuple[Any, Any]:
    size, room = np.ascontiguousarray(size, "i8"), np.minimum(np.ascontiguousarray(room, "i8"), UNLIMITED)
    for name, values, least in (("size", size, 0), ("loads", size[:, 0], 1), ("room", room, 0)):
        if (values < least).any():
            raise UsageError(f"sized: {name} must be {least} or more (got {int(values.min())})")
    if size.shape != (len(lines), len(MEASURES)) or room.shape[1:] != (len(MEASURES),):
        raise UsageError(f"sized: size and room must have {len(MEASURES)} columns (got {size.shape}, {room.shape})")
    if lines.frozen.any():
        raise UsageError("sized: no line may be frozen", "take off the room what it holds, and leave it out")
    return size, room


def _exact(lines: Lines, room: Any) -> Exact:
    """The optimum that knows loads only."""
    exact = Exact(np.arange(len(room)), room, lines.option.shape[1], len(lines))
    cost, left = lines.charged()
    exact.change(np.arange(len(lines)), lines.key, lines.option, cost, left)
    exact.solve()
    return exact


def _wide(option: Any, cost: Any, size: Any, room: Any, parts: Parts) -> tuple[Any, Any]:
    """What each line costs at each resource (N, D), FAR where it cannot go, and by which option it goes there."""
    wide, which = np.full((len(option), len(room)), FAR), np.full((len(option), len(room)), ABSENT)
    for k in reversed(range(option.shape[1])):
        rows = np.flatnonzero(option[:, k] != ABSENT)
        at = option[rows, k]
        better = cost[rows, k] <= wide[rows, at]
        wide[rows[better], at[better]], which[rows[better], at[better]] = cost[rows[better], k], k
    least = np.where((size[:, 0] >= 2 * parts.least) & parts.allowed, parts.least / size[:, 0], 1.0)
    wide[(np.ceil(size * least[:, None])[:, None, :] > room[None]).any(2)] = FAR
    return wide, which


def _resource(option: Any, at: Any) -> Any:
    """The resource of the option that each takes, ABSENT for none."""
    there = at < option.shape[1]
    return np.where(there, np.take_along_axis(option, np.where(there, at, 0)[:, None], 1)[:, 0], ABSENT).astype("i8")


def _slot(which: Any, at: Any) -> Any:
    """The option by which each goes to its resource."""
    return np.where(at == ABSENT, ABSENT, np.take_along_axis(which, np.maximum(at, 0)[:, None], 1)[:, 0])


def _back(order: Any, values: Any) -> Any:
    found = np.empty_like(values)
    found[order] = values
    return found


def _spent(wide: Any, left: Any, at: Any) -> int:
    return int(np.where(at == ABSENT, left, np.take_along_axis(wide, np.maximum(at, 0)[:, None], 1)[:, 0]).sum())
