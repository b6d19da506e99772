"""Replay: recorded days through the production steps in this process, beside decoding their records alone.

With a path, the data set that lies there, from its files to its last outcome, beside reading and cutting it alone.
"""

import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from typing import Final

from operators.chain import Chain
from simulators import recorded, scenarios, warm
from simulators.bench import shares
from simulators.bench.figures import Row, cpu_s, row
from simulators.feed import Feed, merge
from streams.control import make
from streams.replay import Arrival, Replay
from tower import clock
from tower.record import Record

SCENARIOS: Final = ("blizzard", "christmas")
MOST: Final = 10_000
"""Records a day is cut off after: a figure in a minute."""
QUICK: Final = 200
TARGET: Final = 67_000
"""Rows a CPU second: a million flights in 15 s."""
TARGET_S: Final = 15
"""CPU seconds of the nycflights13 year, with everything on."""
TARGET_MB: Final = 1500
Told = list[tuple[int, bytes]]


def run(*, quick: bool = False, data: str | None = None) -> list[Row]:
    """A row for each day; or those of the data set at a path: raises UsageError where none is known there."""
    if data is not None:
        return list(of_set(data, QUICK if quick else None))
    days = SCENARIOS[-1:] if quick else SCENARIOS
    return [row for name in days for row in of_day(name, QUICK if quick else MOST)]


def of_day(name: str, most: int) -> Iterator[Row]:
    """Advance over records of the day; the peer reads the same records and does nothing with them. Then the parts."""
    told = records(name, most)
    chain = Chain(make)
    begun, rest, last = told[: most // 10], told[most // 10 : -(most // 4)], told[-(most // 4) :]
    play(chain, begun)
    events = sum(Record.decode(*entry).rows("event").size for entry in rest)
    took, bound = cpu_s(partial(play, chain, rest)), cpu_s(partial(decode, rest))
    load = f"{events} events in {len(rest)} records, {took / len(rest) * 1e6:.0f} us a record"
    yield row("replay", name, events / took, "events/cpu-s", "high", load, peer="decoding alone (bound)",
              against=events / bound, target=TARGET)  # fmt: skip
    load = f"the {len(last)} records behind these"
    yield from shares.rows("replay", name, shares.spent(chain, last), len(last), load)


class Kept(Exception):
    """Enough records."""


def of_set(path: str, most: int | None) -> Iterator[Row]:
    """Everything on: reading, cutting, steps, outcomes, tally. Then where the time goes, and the most memory held."""
    name, played = recorded.recognise(path).name, Replay("warm")
    warm.main()
    bound = cpu_s(lambda: cut(recorded.read(path), lambda _: None, most))
    spans, advance = shares.watched(played.chain), played._advance  # noqa: SLF001 - as it is, and counted
    took = cpu_s(lambda: cut(recorded.read(path), advance, most, played))
    number = played.chain.after
    spans[shares.REST] = took - bound - sum(spans.values())
    load = f"{name}, {played.tally.events} events in {number} records{', cut off' if most else ''}"
    yield row("replay", f"{name}, whole", took, "s", "low", load, peer="reading and cutting (bound)", against=bound,
              target=None if most else TARGET_S)  # fmt: skip
    yield row("replay", f"{name}, most memory", peak_mb(), "MB", "low", load, target=TARGET_MB)
    yield from shares.rows("replay", name, spans, number, load)


def peak_mb() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def cut(feed: Feed, advance: Callable[[Record], None], most: int | None, replay: Replay | None = None) -> None:
    """Give the records of a feed, as LOG would hold them, to `advance`; so many at most."""
    replay, number = replay or Replay(feed.networks[0]), count(1)

    def counted(record: Record) -> None:
        advance(record)
        if next(number) == most:
            raise Kept

    replay._advance = counted  # type: ignore[method-assign]  # noqa: SLF001 - cut and ticked as ever
    with suppress(Kept):
        replay.play(fed(feed))


def fed(feed: Feed) -> Iterator[Arrival]:
    """What a feed says, a day at a time: nobody holds a year."""
    for moment in range(feed.start_ms, feed.end_ms + clock.DAY, clock.DAY):
        yield from merge(feed.advance(min(moment, feed.end_ms)))


def records(name: str, most: int) -> Told:
    """The first records of a day as its LOG would hold them, ticks included."""
    told = Told()
    cut(scenarios.load(name), lambda record: told.append((record.number, record.encode())), most)
    return told


def play(chain: Chain, told: Told) -> None:
    """Decode, advance, encode."""
    for number, data in told:
        chain.advance(Record.decode(number, data)).encode()


def decode(told: Told) -> None:
    """What any reader must do."""
    for number, data in told:
        Record.decode(number, data)
