"""`towerctl replay`: the production steps over a scenario, a data set, a file of events or a log, without servers."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from tower.errors import UsageError

if TYPE_CHECKING:
    from simulators.answering import Answering
    from simulators.feed import Feed
    from streams.replay import Arrival, Keep, Replay
    from tower.record import Record

NAME = "replay"
HELP = "Run the steps over a scenario, a data set, a file of events or a log, as fast as possible"
HOUR = 3_600_000
COUNTS = ("received", "accepted", "duplicate", "late", "rejected")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to replay and how."""
    parser.add_argument("what", metavar="SCENARIO|PATH", help="a scenario's name, a data set, JSON events, or a log")
    parser.add_argument("--adapter", help="which data set it is, where its columns leave a doubt")
    parser.add_argument("--from", dest="start", metavar="T", help="count from then on; what lies before warms up")
    parser.add_argument("--to", dest="stop", metavar="T", help="stop after what was received then")
    parser.add_argument("--policy", metavar="F", help="a policy (JSON) in force from the start")
    parser.add_argument("--patch", metavar="F", help="a file of JSON events that also arrive")
    parser.add_argument("--out", metavar="DIR", help="keep LOG and OUTCOMES there, as logs")
    parser.add_argument("--record-size", type=int, default=4096, metavar="N", help="at most so many events a record")
    parser.add_argument("--tick", type=int, default=60, metavar="S",
                        help="seconds of log time between ticks; after five of silence there is one, too")  # fmt: skip
    parser.add_argument("--doors", action="store_true", help="plan doors too, as the plan flow does")
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Replay, then say what came out. Raises UsageError; exit 1 if the ledger does not balance."""
    from streams import tally
    from tower import clock
    from tower.build import build

    check(arguments)
    begun = clock.cpu_s()
    played = list(replays(arguments))
    said = tally.summary(arguments.what, build(), played, clock.cpu_s() - begun)
    print(json.dumps(said) if arguments.json else worded(said))
    if lost := tally.unbalanced(said["ledger"]):
        print(f"the ledger does not balance for {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


def check(arguments: argparse.Namespace) -> None:
    """Raises UsageError for numbers that make no sense."""
    for name, least, most in (("record_size", 1, 4096), ("tick", 1, 86_400)):
        value = getattr(arguments, name)
        if not least <= value <= most:
            flag, nearest = "--" + name.replace("_", "-"), min(max(value, least), most)
            raise UsageError(f"{flag}: expected {least} to {most} (got {value})", f"{flag} {nearest}")


def replays(arguments: argparse.Namespace) -> "Iterator[Replay]":
    """A replay for each network, played to its end."""
    from streams.replay import all_of, logs_at

    if os.path.isdir(arguments.what) and logs_at(os.path.abspath(arguments.what)):
        refuse_changes(arguments)
        yield from all_of(os.path.abspath(arguments.what), lambda network: keep(arguments, network))
    elif (answering := answering_of(arguments)) is not None:
        yield played(arguments, answering.feed.networks[0], answering.arrivals(), answering.hear)
    else:
        for network, arrivals in arriving(arguments):
            yield played(arguments, network, arrivals)


def answering_of(arguments: argparse.Namespace) -> "Answering | None":
    """A scenario whose world does what the steps send; only where a policy or a patch can have them send anything."""
    from simulators import scenarios
    from simulators.answering import Answering
    from simulators.scenarios.reacting import ReactingFeed

    if arguments.what not in scenarios.ALL or not (arguments.policy or arguments.patch):
        return None
    feed = scenarios.load(arguments.what)
    return Answering(feed) if isinstance(feed, ReactingFeed) else None


def played(
    arguments: argparse.Namespace, network: str, arrivals: "Iterable[Arrival]",
    hear: "Callable[[Record], None] | None" = None,
) -> "Replay":  # fmt: skip
    """One network's replay."""
    from streams.planned import Planned
    from streams.replay import Replay

    since = moment(arguments.start, "--from", 0)
    replay = Replay(network, keep(arguments, network), arguments.record_size, arguments.tick * 1000, since)
    replay.hear = hear or replay.hear
    arrives: Iterable[Arrival] = changed(arguments, network, between(arguments, arrivals))
    if arguments.doors:
        planned = Planned(network, replay.hear)
        replay.hear, arrives = planned.hear, planned.arrivals(arrives)
    replay.play(arrives)
    return replay


def keep(arguments: argparse.Namespace, network: str) -> "Keep | None":
    """Where the replay is kept, if it is."""
    from streams.replay import Keep

    return Keep(f"file:{os.path.abspath(arguments.out)}", network) if arguments.out else None


def refuse_changes(arguments: argparse.Namespace) -> None:
    """A log is what happened: raises UsageError if something else is asked of it."""
    for name in ("adapter", "start", "stop", "policy", "patch"):
        if getattr(arguments, name) is not None:
            flag = {"start": "from", "stop": "to"}.get(name, name)
            raise UsageError(f"--{flag}: a log is replayed as it is", "leave it out, or replay the data it was made of")
    if arguments.doors:
        raise UsageError("--doors: a log is replayed as it is, with the plans that are in it", "leave it out")


def arriving(arguments: argparse.Namespace) -> "Iterator[tuple[str, Iterable[Arrival]]]":
    """What arrives, by network."""
    from streams import told

    what = arguments.what
    if what.endswith((".json", ".jsonl", ".ndjson")):
        if not os.path.isfile(what):
            raise UsageError(f"{what}: no such file", "a file of JSON events")
        events = told.events_in(what)
        for network in told.networks_in(events):
            yield network, told.arrivals(events, network)
    else:
        feed = feed_of(arguments)
        yield feed.networks[0], fed(feed)


def feed_of(arguments: argparse.Namespace) -> "Feed":
    """The feed of a path, or of the scenario of that name. Raises UsageError."""
    from simulators import recorded, scenarios

    if os.path.exists(arguments.what):
        return recorded.read(arguments.what, arguments.adapter)
    if "/" in arguments.what:
        raise UsageError(f"{arguments.what}: no such file or folder", "a scenario's name, or a path that exists")
    if arguments.adapter:
        raise UsageError(f"--adapter: for a data set at a path (got {arguments.adapter} with {arguments.what})",
                         "leave it out")  # fmt: skip
    return scenarios.load(arguments.what)


def fed(feed: "Feed") -> "Iterator[Arrival]":
    """What a feed says, an hour at a time."""
    from simulators.feed import merge

    for moment in range(feed.start_ms // HOUR * HOUR + HOUR - 1, feed.end_ms + HOUR, HOUR):
        yield from merge(feed.advance(moment))


def between(arguments: argparse.Namespace, arrivals: "Iterable[Arrival]") -> "Iterator[Arrival]":
    """Those that were received up to the end that is asked for."""
    stop = moment(arguments.stop, "--to", 1 << 62)
    for arrival in arrivals:
        if arrival[0] > stop:
            return
        yield arrival


def changed(arguments: argparse.Namespace, network: str, arrivals: "Iterator[Arrival]") -> "Iterator[Arrival]":
    """What arrives, with what the policy and the patch add."""
    from streams import told

    first = next(arrivals, None)
    if first is None:
        return iter(())
    added = told.events_in(arguments.patch) if arguments.patch else []
    added += [policy(arguments.policy, first[0])] if arguments.policy else []
    return merged(chain([first], arrivals), list(told.arrivals(added, network)))


def policy(path: str, at: int) -> dict[str, Any]:
    """The policy in a file as the event that sets it."""
    with open(path, encoding="utf-8") as file:
        said = file.read()
    try:
        document = json.loads(said)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}: not JSON: {error}", "a policy as one JSON object") from None
    name = os.path.basename(path).partition(".")[0]
    return {"id": f"{name}@{at}", "kind": "policy.set", "policy": name, "source": "policy", "at": at, "version": 1,
            "document": document}  # fmt: skip


def merged(arrivals: "Iterable[Arrival]", added: "list[Arrival]") -> "Iterator[Arrival]":
    """Both, in the order (second, source)."""
    from heapq import merge

    return merge(arrivals, added, key=lambda arrival: arrival[:2])


def moment(text: str | None, flag: str, usual: int) -> int:
    """The moment that is asked for; raises UsageError."""
    from api import asked

    return asked.moment(text, flag) if text else usual


def worded(said: dict[str, Any]) -> str:
    """The summary for people."""
    lines = [f"{name:<14} {said[name]}" for name in ("scenario", "build", "now_from", "now_to")]
    lines += [f"{name:<14} {said[name]:,}" for name in ("events", "rows", "records", "cpu_s", "rows_per_cpu_s")]
    lines += [f"{name:<14} {said[name]}" for name in ("state_hash", "outcomes_hash")]
    lines += ["", f"{'source':<24}" + "".join(f"{name:>12}" for name in COUNTS)]
    lines += [f"{row['source']:<24}" + "".join(f"{n:>12,}" for n in list(row.values())[1:]) for row in said["ledger"]]
    for title in ("rejected", "outcomes", "kpis"):
        lines += ["", title, *(f"  {name:<40}{value:>12,}" for name, value in said[title].items())]
    return "\n".join(lines)
