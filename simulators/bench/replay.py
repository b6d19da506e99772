"""Replay: recorded days through the production steps in this process, beside decoding their records alone."""

from contextlib import suppress
from functools import partial
from typing import Final

from operators.chain import Chain
from simulators import scenarios
from simulators.bench.figures import Row, cpu_s, row
from simulators.feed import merge
from streams.control import make
from streams.replay import Replay
from tower.record import Record

SCENARIOS: Final = ("blizzard", "christmas")
MOST: Final = 10_000
"""Records a day is cut off after: a figure in a minute."""
QUICK: Final = 200
TARGET: Final = 67_000
"""Rows a CPU second: a million flights in 15 s."""
Told = list[tuple[int, bytes]]


def run(*, quick: bool = False) -> list[Row]:
    """A row for each day."""
    return [of_day(name, QUICK if quick else MOST) for name in (SCENARIOS[-1:] if quick else SCENARIOS)]


def of_day(name: str, most: int) -> Row:
    """Advance over records of the day; the peer reads the same records and does nothing with them."""
    told = records(name, most)
    chain = Chain(make)
    warm, rest = told[: most // 10], told[most // 10 :]
    play(chain, warm)
    events = sum(Record.decode(*entry).rows("event").size for entry in rest)
    took, bound = cpu_s(partial(play, chain, rest)), cpu_s(partial(decode, rest))
    load = f"{events} events in {len(rest)} records, {took / len(rest) * 1e6:.0f} us a record"
    return row("replay", name, events / took, "events/cpu-s", "high", load, peer="decoding alone (bound)",
               against=events / bound, target=TARGET)  # fmt: skip


class Kept(Exception):
    """Enough records."""


def records(name: str, most: int) -> Told:
    """The first records of a day as its LOG would hold them, ticks included."""
    feed, told = scenarios.load(name), Told()

    def keep(record: Record) -> None:
        told.append((record.number, record.encode()))
        if len(told) == most:
            raise Kept

    replay = Replay(feed.networks[0])
    replay._advance = keep  # type: ignore[method-assign]  # noqa: SLF001 - cut and ticked as ever, but not advanced
    with suppress(Kept):
        replay.play(merge(feed.advance(feed.end_ms)))
    return told


def play(chain: Chain, told: Told) -> None:
    """Decode, advance, encode."""
    for number, data in told:
        chain.advance(Record.decode(number, data)).encode()


def decode(told: Told) -> None:
    """What any reader must do."""
    for number, data in told:
        Record.decode(number, data)
