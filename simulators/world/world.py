"""World: what happens to lines, visits and stock when a plan meets people, doors and weather."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from simulators.world import heap, rows
from simulators.world.loop import run
from simulators.world.rows import CHANGING, DECIDED, DECISIONS, FULL, PENDING, Rules, W
from tower.errors import FormatError

MAGIC: Final = b"TWRWRLD1"
ROW: Final = 5
MOST_ROWS: Final = 3
"""The most rows that one line can tell in one step."""


@dataclass(frozen=True, slots=True)
class Network:
    """What the plan cannot change.

    ordered, offered  lines and legs, rows of `rows.ORDERED` and `rows.OFFERED`
    starts            ms at which the visit of each leg is planned to start
    exogenous         (at, kind, entity, value), sorted
    on_hand           opening stock, sites by skus
    caps              how many pickers and doors each place has at first
    """

    rules: Rules
    ordered: np.ndarray
    offered: np.ndarray
    starts: np.ndarray
    exogenous: np.ndarray
    on_hand: np.ndarray
    caps: np.ndarray


class World:
    """A network and its state. `decide` is the only way in, `advance` the only way on."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.w = _opening(network)

    @property
    def now(self) -> int:
        """The moment up to which everything has happened."""
        return int(self.w.clock[rows.NOW])

    def decide(self, decisions: np.ndarray) -> None:
        """Rows (at, kind, a, b, c): carried out at `at`, or now if later; of equal moments, in the order they came."""
        pending = self.w.decisions[self.w.clock[DECIDED] : self.w.clock[DECISIONS]]
        known = np.concatenate([pending, decisions.reshape(-1, ROW)])
        known[:, 0] = np.maximum(known[:, 0], self.now)
        known = known[np.argsort(known[:, 0], kind="stable")]
        self.w.clock[DECIDED], self.w.clock[DECISIONS] = 0, len(known)
        self.w = self.w._replace(decisions=known)

    def advance(self, until: int) -> np.ndarray:
        """Everything that happens up to and with `until`, as rows (at, kind, a, b, c): the same whatever the steps."""
        pages, margin = [], MOST_ROWS * len(self.w.lines) + 64
        while not run(self.w, until, margin):
            pages.append(self._turn())
        return np.concatenate([*pages, self._turn()])

    def _turn(self) -> np.ndarray:
        if self.w.clock[FULL]:
            raise RuntimeError(f"queue of place {self.w.clock[FULL] - 1} is full: enlarge it in `_queues`")
        page: np.ndarray = self.w.page[: self.w.told[0]].copy()
        self.w.told[0] = 0
        return page

    def to_bytes(self) -> bytes:
        """The state; of queues, calendar and decisions only what is still to come."""
        parts = [np.ascontiguousarray(self._live(name)).tobytes() for name in CHANGING]
        return MAGIC + b"".join(len(p).to_bytes(8, "little") + p for p in parts)

    def from_bytes(self, data: bytes) -> Self:
        """Take over the state of a world of the same network. Raises FormatError."""
        if data[: len(MAGIC)] != MAGIC:
            raise FormatError(f"a world starts with {data[:8]!r}, expected {MAGIC!r}", "use the build that saved it")
        at = len(MAGIC)
        for name in CHANGING:
            size = int.from_bytes(data[at : at + 8], "little")
            self._restore(name, data[at + 8 : at + 8 + size])
            at += 8 + size
        return self

    def fork(self) -> "World":
        """Another world that goes on from here."""
        return World(self.network).from_bytes(self.to_bytes())

    def _live(self, name: str) -> np.ndarray:
        w = self.w
        whole: np.ndarray = getattr(w, name)
        if name == "clock":
            whole = whole.copy()
            whole[DECISIONS] -= whole[DECIDED]
            whole[DECIDED] = 0
        used = {"calendar": slice(w.clock[PENDING]), "decisions": slice(w.clock[DECIDED], w.clock[DECISIONS])}
        return whole[self._queued()] if name == "queue" else whole[used.get(name, slice(None))]

    def _queued(self) -> np.ndarray:
        """Which rows of the queues are in use."""
        waiting = self.w.places["waiting"]
        before = np.repeat(np.cumsum(waiting) - waiting, waiting)
        return np.repeat(self.w.queue_first[:-1], waiting) + np.arange(waiting.sum()) - before

    def _restore(self, name: str, data: bytes) -> None:
        whole: np.ndarray = getattr(self.w, name)
        saved = np.frombuffer(data, whole.dtype)
        if name == "decisions":
            self.w = self.w._replace(decisions=saved.reshape(-1, ROW).copy())
        elif name == "queue":
            whole[self._queued()] = saved
        elif name == "calendar":
            whole[: saved.size] = saved
        elif saved.size == whole.size:
            whole[...] = saved.reshape(whole.shape)
        else:
            raise FormatError(f"{saved.size} {name} for a world of {whole.size}", "restore into the same network")


def _opening(n: Network) -> W:
    legs, lines = len(n.offered), len(n.ordered)
    first = _queues(n.caps, legs, lines)
    return W(
        n.rules, n.ordered, n.offered, first, n.exogenous, np.zeros(8, "i8"), _lines(lines), _legs(n.offered),
        _visits(n.starts), _places(n.caps), _stock(n.on_hand), np.zeros(first[-1], heap.ENTRY),
        np.zeros(16 * legs + lines + 64, heap.ENTRY), np.zeros((0, ROW), "i8"),
        np.empty((2 * MOST_ROWS * lines + 65_536, ROW), "i8"), np.zeros(1, "i8"),
    )  # fmt: skip


def _queues(caps: np.ndarray, legs: int, lines: int) -> np.ndarray:
    """Where each place's queue starts. A line can wait more than once at the pickers when it is moved."""
    size = np.where(np.arange(caps.size) % 4 == rows.PICKERS, 4 * lines + 64, legs + 64)
    return np.concatenate([[0], np.cumsum(np.where(_staffed(caps), size, 0))]).astype("i8")


def _staffed(caps: np.ndarray) -> np.ndarray:
    """Places of sites that have any."""
    return np.repeat(caps.reshape(-1, 4).any(1), 4)


def _lines(size: int) -> np.ndarray:
    lines = np.zeros(size, rows.LINE)
    for name in ("leg", "last", "next", "prev", "place"):
        lines[name] = -1
    return lines


def _legs(offered: np.ndarray) -> np.ndarray:
    legs = np.zeros(len(offered), rows.LEG)
    legs["head"], legs["etd"], legs["eta"] = -1, offered["dep"], offered["arr"]
    return legs


def _visits(starts: np.ndarray) -> np.ndarray:
    visits = np.zeros(4 * len(starts), rows.VISIT)
    visits["wanted"], visits["door"], visits["arrived"], visits["start"][::4] = -1, -1, -1, starts
    return visits


def _places(caps: np.ndarray) -> np.ndarray:
    places = np.zeros(len(caps), rows.PLACE)
    places["cap"] = caps
    return places


def _stock(on_hand: np.ndarray) -> np.ndarray:
    stock = np.zeros(on_hand.shape, rows.STOCK)
    stock["on_hand"] = stock["free"] = on_hand
    return stock
