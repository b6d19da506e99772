"""Feed: how late a thousand clients hear, what those who do not read cost the others, and how many fit on a core."""

import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from itertools import count
from typing import Final

from simulators.bench.feed_hub import HZ, Heard, Load, Telling, hub, peer
from simulators.bench.feed_peers import ROWS
from simulators.bench.figures import Row, busy, row
from simulators.bench.latency import at
from simulators.bench.pair import NETWORK, SOURCE, Flow, first_outcome, leg_event, message, pair, root, said
from streams.inbox import InboxWriter
from tower import clock

CLIENTS: Final = 1000
SILENT_SHARE: Final = 0.05
LATEST_MS: Final = 250.0
STILL: Final = 1.2
"""How many times as late the others may hear because of those who do not read."""
EVENTS_A_SECOND: Final = 50
LEGS: Final = 1500
"""Legs in a snapshot: more bytes than a socket holds, so that a client that does not read is full at once."""
ROUNDS, LADDER = 3, (1000, 1500, 2000, 3000, 4000, 6000, 8000)
QUICK_CLIENTS: Final = 20
SERVER, CROWD = 0, 1
"""The cores of the server and of its clients, where there are two."""
Served = Callable[[], AbstractContextManager[tuple[Flow, int]]]


def run(*, quick: bool = False) -> list[Row]:
    """The three answers; `quick` asks a handful of clients for a second each."""
    clients = QUICK_CLIENTS if quick else CLIENTS
    ladder = (QUICK_CLIENTS, 2 * QUICK_CLIENTS) if quick else LADDER
    seconds = 1.0 if quick else 5.0
    return [*late(clients, seconds if quick else 10.0), *silent(clients, 1 if quick else ROUNDS, seconds),
            *largest(ladder, 1.0 if quick else 2.5)]  # fmt: skip


def late(clients: int, seconds: float) -> Iterator[Row]:
    """From before an event is put into its inbox until clients hear of it: ingest, control, the hub, a socket."""
    with tempfile.TemporaryDirectory() as folder:
        said(folder, 1)
        with pair(folder) as flows:
            first_outcome(folder, flows)
            send(folder, 1.0, 1 << 40)
            with hub(folder) as (_, port):
                one = heard(folder, port, 1, lambda: send(folder, seconds / 2, 1 << 41))
                many = heard(folder, port, clients, lambda: send(folder, seconds, 0))
    load = f"{EVENTS_A_SECOND} events/s, state at {HZ:.0f} Hz, {len(many.spans)} looked at, {busy()}"
    for name, share, target in (("p50", 0.5, None), ("p99", 0.99, LATEST_MS)):
        yield row("feed", f"event -> {clients} clients, {name}", at(sorted(many.spans), share), "ms", "low", load,
                  peer="one client", against=at(sorted(one.spans), share), target=target)  # fmt: skip


def send(folder: str, seconds: float, first: int) -> None:
    """Put events at a steady rate, one a message."""
    numbers = count(first)
    with closing(InboxWriter(root(folder), NETWORK, SOURCE)) as door:
        start = clock.steady_s()
        for turn in range(int(seconds * EVENTS_A_SECOND)):
            clock.sleep(max(0.0, start + turn / EVENTS_A_SECOND - clock.steady_s()))
            door.put(message([leg_event(next(numbers), clock.wall_ms())]))


def heard(folder: str, port: int, clients: int, play: Callable[[], None], silent: int = 0, *, apart: bool = False,
          ) -> Heard:  # fmt: skip
    """What so many clients hear while something is played; on a core of their own if there is one."""
    with Load(folder, port, clients, silent, CROWD if apart and cores() > 1 else None) as load:
        if load.is_up:
            play()
            clock.sleep(0.5)
        return load.heard()


def silent(clients: int, rounds: int, seconds: float) -> Iterator[Row]:
    """How late the readers hear without and with those who do not read, turn about."""
    found: list[list[float]] = [[], []]
    with tempfile.TemporaryDirectory() as folder, closing(Telling(folder, LEGS)) as telling, hub(folder) as (_, port):
        for _ in range(rounds):
            for of, others in zip(found, (0, int(clients * SILENT_SHARE)), strict=True):
                spans = heard(folder, port, clients, lambda: telling.play(seconds), others).spans
                of.append(at(sorted(spans), 0.99))
    without, with_them = map(statistics.median, found)
    load = f"{clients} clients, {ROWS * HZ:.0f} rows/s, median of {rounds} rounds turn about, {busy()}"
    yield row("feed", f"p99 while {SILENT_SHARE:.0%} do not read", with_them, "ms", "low", load, peer="all read",
              against=without, target=STILL, of="ratio")  # fmt: skip


def largest(ladder: tuple[int, ...], seconds: float) -> Iterator[Row]:
    """The most clients that one core tells in time, and what a frame costs it, beside what people write instead."""
    with tempfile.TemporaryDirectory() as folder, closing(Telling(folder, 50)) as telling:
        core = SERVER if cores() > 1 else None
        ways: dict[str, tuple[Served, Callable[[], None]]] = {
            "hub": (lambda: hub(folder, core), lambda: telling.play(seconds)),
            "websockets.broadcast": (lambda: peer(folder, "broadcast", core), lambda: clock.sleep(seconds)),
            "FastAPI, a loop of awaits": (lambda: peer(folder, "loop", core), lambda: clock.sleep(seconds)),
        }
        found = {name: climbed(folder, ladder, served, play) for name, (served, play) in ways.items()}
    (most, cost), *peers = found.values()
    load = f"{ROWS} rows {HZ:.0f} times a second, p99 < {LATEST_MS:.0f} ms, tried up to {ladder[-1]}, {busy()}"
    for name, (count_, cost_) in zip(list(found)[1:], peers, strict=True):
        yield row("feed", "clients on one core", most, "clients", "high", load, peer=name, against=count_)
        yield row("feed", f"CPU a frame, {ladder[0]} clients", cost, "us", "low", load, peer=name, against=cost_)


def climbed(folder: str, ladder: tuple[int, ...], served: Served, play: Callable[[], None]) -> tuple[float, float]:
    """The largest count that was told in time, and CPU microseconds a frame at the smallest."""
    most, cost = 0.0, float("nan")
    with served() as (flow, port):
        for clients in ladder:
            told, used = told_to(folder, flow, port, clients, play)
            cost = used / told.frames * 1e6 if clients == ladder[0] and told.frames else cost
            if told.lost or not told.spans or not at(sorted(told.spans), 0.99) < LATEST_MS:
                break
            most = float(clients)
    return most, cost


def told_to(folder: str, flow: Flow, port: int, clients: int, play: Callable[[], None]) -> tuple[Heard, float]:
    """What so many clients heard, and the CPU seconds of the server while they did."""
    used = [0.0]

    def played() -> None:
        before = flow.cpu_s()
        play()
        used[0] = flow.cpu_s() - before

    return heard(folder, port, clients, played, apart=True), used[0]


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))
