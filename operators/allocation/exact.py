"""Exact: unit loads to resources at least cost, kept optimal through every change.

Cold: prices from an exact solve of a sample, Newton steps on all lines, then exact repair. Warm: what changed goes
where it costs least at the prices in force, then exact repair. Both end in the same plan, since there is only one.
"""

from typing import Any, Final

import numpy as np

from operators.allocation import net as nets
from operators.allocation import newton, repair
from operators.allocation.net import AUGMENTED, LINES, OUT, REBUILT, SCALE_BITS, SCANNED, USED, WHOLE, WIDTH, Net
from tower.errors import UsageError

SAMPLE: Final = 8_000
"""Lines of the exact solve that finds the first prices; fewer than four times as many are solved without."""
NEAR_TIES: Final = 60_000
"""Arcs that the heaps are to hold, or NEAR_SHARE of all if that is more."""
NEAR_SHARE: Final = 0.02
SHOCK: Final = 0.001
"""Excess beyond this share of the lines (and 400) first moves prices by Newton steps, then is repaired."""
CENT: Final = 1 << SCALE_BITS


class Exact:
    """The lines of one market and where they are. Rows are the caller's: `change` and `leave` speak of them."""

    def __init__(self, ids: Any, room: Any, options: int, lines: int = 0) -> None:
        if len(room) > nets.MOST_RESOURCES:
            raise UsageError(f"capacity: one market has at most {nets.MOST_RESOURCES} resources (got {len(room)})",
                             "split it: lines that share no resource need no common market")  # fmt: skip
        self.ids = np.ascontiguousarray(ids, "i8")
        self.net = nets.empty(lines, options, len(room), 0)
        self.net.room[:] = room
        self.net.meta[WIDTH] = 0
        self._built = self._settled = False

    # --- what may happen

    def change(self, rows: Any, key: Any, option: Any, cost: Any, unserved: Any) -> None:
        """Lines `rows` (n,), new or not, have these options (n, K), costs (n, K) and penalties (n,) in cents."""
        if rows.size and int(rows.max()) >= len(self.net.at):
            self.net = nets.with_lines(self.net, max(int(rows.max()) + 1, 2 * len(self.net.at)))
        columns = _long(key, option, cost, unserved)
        self._settled = False
        if self._built:
            self._built = repair.change(self.net, self.ids, _long(rows)[0], *columns)
        else:
            wide = np.empty((len(key), option.shape[1] + 1), "i4"), np.empty((len(key), option.shape[1] + 1), "i8")
            nets.scale(*columns, self.ids, len(self.net.room), *wide)
            self.net.option[rows], self.net.cost[rows] = wide
            self.net.at[rows] = self.net.option.shape[1] - 1

    def leave(self, rows: Any) -> None:
        """Lines `rows` take no part any more."""
        self._settled = False
        for i in rows:
            if self.net.at[i] == OUT:
                continue
            if self._built:
                repair.leave(self.net, i)
            self.net.at[i] = OUT

    def make_room(self, resource: int, room: int) -> None:
        """A resource takes `room` units from now on."""
        self._settled = False
        if self._built:
            repair.make_room(self.net, resource, room)
        else:
            self.net.room[resource] = room

    def follow(self, rows: Any, key: Any, option: Any, cost: Any, unserved: Any) -> None:
        """As `change`, one line after the other and optimal after each; the lines must be there."""
        if not self._settled:
            self.solve()
        columns, done = (self.ids, *_long(rows, key, option, cost, unserved)), 0
        while done < len(rows):
            done, code = repair.follow(self.net, *columns, done)
            if code != repair.DONE:
                self._again(code)
                self.solve()

    # --- optimal again

    def solve(self) -> None:
        """The one optimum."""
        if not self._built:
            self._estimate()
            self._build(choose=True)
            code = repair.settle(self.net)
        else:
            code = repair.settle_unless(self.net, max(400, int(SHOCK * self.net.meta[LINES])))
        if code == repair.SHOCKED:
            self._refine()
            self._build(choose=True)
            code = repair.settle(self.net)
        while code != repair.DONE:
            self._again(code)
            code = repair.settle(self.net)
        self._settled = True

    def _again(self, code: int) -> None:
        """Heaps anew, as the code of a repair asks for."""
        assert code != repair.STUCK, "every line can stay unserved"
        if code == repair.WIDEN:
            self.net.meta[WIDTH] = min(WHOLE, 4 * int(self.net.meta[WIDTH]))
        self._build(choose=False)

    def _estimate(self) -> None:
        """First prices, where there are so many lines that looking for them pays."""
        rows = np.flatnonzero(self.net.at != OUT)
        self.net.meta[LINES] = len(rows)
        self.net.price[:] = 0
        if len(rows) > 4 * SAMPLE:
            stride = len(rows) // SAMPLE
            some = rows[::stride]
            sample = Exact(self.ids, np.maximum(1, np.round(self.net.room * (len(some) / len(rows)))),
                           self.net.option.shape[1] - 1, len(some))  # fmt: skip
            sample.net.option[:], sample.net.cost[:], sample.net.at[:] = self.net.option[some], self.net.cost[some], 0
            sample.solve()
            self.net.price[:] = np.maximum(0, sample.net.price)
            self._count(sample.net)
            self._refine()

    def _count(self, other: Net) -> None:
        self.net.meta[[AUGMENTED, REBUILT, SCANNED]] += other.meta[[AUGMENTED, REBUILT, SCANNED]]

    def _refine(self) -> None:
        """Newton steps: many on a tenth of the lines where these are enough, a few on all."""
        repair.level(self.net)
        np.maximum(self.net.price, 0, out=self.net.price)
        if self.net.meta[LINES] > 30 * SAMPLE:
            for width in (60, 40, 30, 20, 15):
                newton.step(self.net, 10, width * CENT, 8 * width * CENT)
        for width in (20, 10, 4):
            newton.step(self.net, 1, width * CENT, 8 * width * CENT)

    def _build(self, *, choose: bool) -> None:
        """Heaps anew, with a reach that makes enough of them and a pool that has room."""
        net = self.net
        moves = int(net.meta[LINES]) * (net.option.shape[1] - 1)
        wanted = max(NEAR_TIES, int(NEAR_SHARE * moves))
        if net.meta[WIDTH] == 0 or choose:
            net.meta[WIDTH] = WHOLE if moves <= wanted else self._width(wanted / moves)
        nodes = max(2 * int(net.meta[USED]), 3 * min(wanted, moves) + 20_000)
        while True:
            if nodes > len(self.net.ties):
                self.net = nets.with_nodes(self.net, nodes)
            if repair.build(self.net, choose):
                break
            nodes = 2 * len(self.net.ties)
        self._built = True

    def _width(self, share: float) -> int:
        """The reach within which that share of all moves lies, from a sample of them."""
        net = self.net
        rows = np.flatnonzero(net.at != OUT)
        rows = rows[:: max(1, len(rows) // 4000)]
        costs = np.minimum(net.cost[rows], WHOLE) + net.price[net.option[rows]]
        ahead = np.partition(costs - costs.min(1)[:, None], 1, axis=1)[:, 1:].ravel()
        return max(2 * CENT, int(np.partition(ahead, int(share * len(ahead)))[int(share * len(ahead))]))


def _long(*columns: Any) -> list[Any]:
    """Columns of one kind, or kernels compile twice."""
    return [np.ascontiguousarray(column, "i8") for column in columns]
