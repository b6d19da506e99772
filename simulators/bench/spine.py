"""Spine: the control chain on a stream of legs, at several sizes of record.

Beside it the bound (the same kernels on the same columns in one go, without records, outcomes and hash) and the same
job per item in Bytewax. Step by step, in CPU time; everything takes turns in one process.
"""

from collections.abc import Iterator
from itertools import count
from typing import Final

from operators.chain import Chain
from simulators.bench import bound, items, shares, stream, throughlogs
from simulators.bench.figures import Row, medians, row
from streams.control import make
from tower.record import Record

SIZES: Final = {1: 1_000, 10: 400, 100: 100, 1000: 20, 4096: 8}
"""Events a record, and how many of these records a round has."""
QUICK: Final = {1: 30, 100: 3}
ROUNDS: Final = 5
TARGET: Final = 1_000_000
TARGET_FROM: Final = 100
"""The target is for records of so many events and more."""
OF_BOUND: Final = 0.5
BOUND: Final = 20_000
"""Events that the kernels take in one go."""


def run(*, quick: bool = False) -> list[Row]:
    """The rows of each size, then those through logs."""
    rounds = 1 if quick else ROUNDS
    rows = [row for size, records in (QUICK if quick else SIZES).items() for row in of_size(size, records, rounds)]
    return rows + throughlogs.rows(2_000 if quick else 50_000, rounds)


def of_size(size: int, records: int, rounds: int) -> list[Row]:
    """Chain, its parts, its bound and its peer."""
    rounds_ = Rounds(size, records, rounds + 1)
    events = size * records
    chained, bounded, itemed = medians([rounds_.chain, rounds_.bound, rounds_.items], rounds)
    load = f"{size} events a record, {records} records a round, median of {rounds}"
    speed, per_record = events / chained, chained / records * 1e6
    target = TARGET if size >= TARGET_FROM else None
    peer = items.EVENTS / itemed
    return [
        row("spine", f"chain, {size} a record", speed, "events/cpu-s", "high", load, target=target,
            peer="bytewax stateful_map per item", against=peer),
        row("spine", f"chain, {size} a record", speed, "events/cpu-s", "high", load, peer="kernels alone (bound)",
            against=BOUND / bounded, target=OF_BOUND if target else None, of="ratio"),
        *parts(size, records, per_record, load),
    ]  # fmt: skip


class Rounds:
    """What takes turns: each call of `chain` and of `bound` plays the next piece of the stream into its own state."""

    def __init__(self, size: int, records: int, rounds: int) -> None:
        before, events = stream.before(), size * records
        batch = stream.moved(events * rounds)
        told = [(r.number, r.encode()) for r in stream.records(batch, size, len(before))]
        self._told = [told[i : i + records] for i in range(0, len(told), records)]
        whole = stream.moved(BOUND * rounds)
        self._pieces = [whole.slice(i, i + BOUND) for i in range(0, len(whole), BOUND)]
        self._chain, self._bound = started(before), bound.Bound(started(before))
        self._rounds, self._bounds = count(), count()
        self.items = items.work()

    def chain(self) -> None:
        """Decode, advance, encode."""
        for number, data in self._told[next(self._rounds)]:
            self._chain.advance(Record.decode(number, data)).encode()

    def bound(self) -> None:
        """The same events in one go."""
        self._bound.play(self._pieces[next(self._bounds)])


def started(before: list[Record]) -> Chain:
    """A chain that knows the plans."""
    chain = Chain(make)
    for record in before:
        chain.advance(record)
    return chain


def parts(size: int, records: int, per_record: float, load: str) -> Iterator[Row]:
    """CPU time a record of the chain, and where it goes in a run of its own."""
    before = stream.before()
    told = [(r.number, r.encode()) for r in stream.records(stream.moved(size * records), size, len(before))]
    yield row("spine", f"a record of {size}", per_record, "us", "low", load)
    yield from shares.rows("spine", f"{size} a record", shares.spent(started(before), told), records, load)
