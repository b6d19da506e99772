"""Latency: from before a message is put into its inbox until its outcome can be read, through two processes."""

import statistics
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from typing import Final

from simulators.bench.figures import Row, busy, row
from simulators.bench.pair import NETWORK, SOURCE, first_outcome, leg_event, message, pair, root, said
from streams import names
from streams.entries import entries
from streams.inbox import InboxWriter
from tower import clock, ids
from tower.logs import LogReader, urls
from tower.record import Record, split

RATES: Final = (200, 20_000)
MESSAGES: Final = 200
"""Messages a second, at every rate."""
TARGETS: Final = {20_000: 25.0}
SECONDS, QUICK_S = 10.0, 1.0
WARM_S: Final = 2.0
"""Played before, so that nothing has to be compiled or loaded."""
PATIENCE_S: Final = 5.0
"""How long to wait for what is still under way at the end."""
Sent = dict[int, float]
Seen = dict[int, float]


def run(*, quick: bool = False) -> list[Row]:
    """Median and 99th percentile at each rate; the figure of a source that nobody has to wait for is the inbox's."""
    return [one for rate in RATES for one in of_rate(rate, QUICK_S if quick else SECONDS)]


def of_rate(rate: int, seconds: float) -> Iterator[Row]:
    """Start the flows, play, and compare what was sent with what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        said(folder, 1)
        with pair(folder) as flows:
            first_outcome(folder, flows)
            played(folder, rate, WARM_S, first=1 << 40)
            sent, durable, seen = played(folder, rate, seconds)
        spans = sorted(latencies(folder, sent, seen))
    load = f"{rate} events/s, {rate // MESSAGES} a message as JSON, {len(spans)} of {len(sent)} messages seen, {busy()}"
    puts, target = sorted(durable), TARGETS.get(rate)
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        goal = target if name == "p99" else None
        yield row("latency", f"{rate} events/s, {name}", at(spans, share), "ms", "low", load,
                  peer="inbox alone (durable, not decided)", against=at(puts, share), target=goal)  # fmt: skip


def played(folder: str, rate: int, seconds: float, first: int = 0) -> tuple[Sent, list[float], Seen]:
    """When each position was sent, how long its put took (ms), and when each outcome was seen."""
    seen, done = Seen(), threading.Event()
    with closing(urls.reader(names.outcomes(root(folder), NETWORK))) as log:
        watching = threading.Thread(target=watch, args=(log, seen, done))
        watching.start()
        sent, durable = send(folder, rate, seconds, first)
        done.wait(PATIENCE_S if len(seen) < len(sent) else 0.0)
        done.set()
        watching.join()
    return sent, durable, seen


def send(folder: str, rate: int, seconds: float, first: int) -> tuple[Sent, list[float]]:
    """Put messages at a steady rate: a late one does not move the next."""
    sent, durable, numbers = Sent(), list[float](), count(first)
    with closing(InboxWriter(root(folder), NETWORK, SOURCE)) as door:
        start = clock.steady_s()
        for turn in range(int(seconds * MESSAGES)):
            clock.sleep(max(0.0, start + turn / MESSAGES - clock.steady_s()))
            now = clock.wall_ms()
            told = message([leg_event(next(numbers), now) for _ in range(rate // MESSAGES)])
            begin = clock.steady_s()
            sent[door.put(told)] = begin
            durable.append((clock.steady_s() - begin) * 1000)
    return sent, durable


def watch(log: LogReader, seen: Seen, done: threading.Event) -> None:
    """Note when each outcome can be read."""
    after = log.last()[0]
    while not done.is_set():
        for number, _ in log.read(after, 1000, 0.1):
            seen[number] = clock.steady_s()
            after = number


def latencies(folder: str, sent: Sent, seen: Seen) -> Iterator[float]:
    """Ms from put to outcome, a message each: LOG says which record took it in."""
    key, before = ids.of("source", SOURCE), 0
    with closing(urls.reader(names.log(root(folder), NETWORK))) as log:
        for number, data in entries(log):
            upto = Record.decode(number, split(data)[1]).causes.get(key, before)
            for position in range(before + 1, upto + 1):
                if position in sent and number in seen:
                    yield (seen[number] - sent[position]) * 1000
            before = max(before, upto)


def at(spans: list[float], share: float) -> float:
    """The span that a share of them stays below; NaN where there are none."""
    if len(spans) < 2:
        return float("nan")
    return statistics.quantiles(spans, n=1000, method="inclusive")[round(share * 1000) - 1]
