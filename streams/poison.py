"""Poison: finds the event that ends control, in a scratch process, so that the network can go on without it.

`python -m streams.poison ROOT STATES NETWORK STEPS BUILD` prints it as JSON. Each trial is a forked child, so a wrong
step may raise, hang or take its process with it.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from itertools import islice
from typing import Final

import numpy as np

from operators.chain import Chain
from streams import names, skips
from streams.advance import Advance, Home
from streams.entries import records
from streams.gate import MOST
from streams.skips import Skip, only, without
from streams.states import States
from tower.errors import TowerError
from tower.logs import urls
from tower.record import Record

TRIAL_S: Final = 2
FIRST_S: Final = 15
"""Until the scratch process has compiled or loaded what the steps need. Both in CPU seconds: machines are busy."""
WAITING: Final = 20
"""A step that waits for something is given so many times as long."""
SURVIVED: Final = b"\n"
ERROR_MOST: Final = 200
STEPS: Final = "streams.control:make"


def heal(root: str, states: str, network: str, build: str, steps: str = STEPS) -> Skip | None:
    """Find the event that ends control and leave it out from now on; None if nothing does. Control must be down.

    Raises TowerError if a record cannot be survived even without its events: no skip heals that.
    """
    command = [sys.executable, "-m", "streams.poison", root, states, network, steps, build]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise TowerError(f"network {network}: {ran.stderr.strip().splitlines()[-1]}", "run a build that can")
    told = json.loads(ran.stdout)
    if told is None:
        return None
    skip = Skip(**told)
    skips.add(urls.writer(names.skips(root, network)), skip)
    return skip


def search(home: Home, network: str) -> Skip | None:
    """The first event behind OUTCOMES that the steps do not survive, among the records that can be under way."""
    done, known = home.last_outcome(network).number, home.skipped(network)
    chain = Advance(home, network, home.start(network)).chain
    behind = list(islice(records(home.log(network), chain.after), done - chain.after + 2 * MOST))
    left = [without(record, known.get(record.number, ())) for record in behind]
    outcome = [chain.advance(record) for record in left if record.number <= done]
    ahead = left[len(outcome) :]
    survived, error = trial(chain, ahead, FIRST_S)
    if not error:
        return None
    for record in ahead[:survived]:
        chain.advance(record)
    bad = ahead[survived]
    event, error = bisect(home, chain, bad, error)
    whole = behind[len(outcome) + survived]
    return Skip(bad.number, original(whole, known.get(bad.number, []), event), home.build, error)


def bisect(home: Home, chain: Chain, record: Record, error: str) -> tuple[int, str]:
    """The first event with which the steps do not survive, and how they end."""
    good, bad, warm = 0, record.rows("event").size, False
    if trial(chain, [first(record, 0)], FIRST_S)[1]:
        what = f"record {record.number} ends control even without its events: {error}"
        raise TowerError(what, "run a build that can")
    while bad - good > 1:
        middle = (good + bad) // 2
        _, found = trial(chain, [first(record, middle)], TRIAL_S if warm else FIRST_S)
        good, bad, error = (good, middle, found) if found else (middle, bad, error)
        if not found and not warm:
            warm = bool(Chain(home.make, chain.saved(), chain.after).advance(first(record, middle)))
    return bad - 1, error


def first(record: Record, count: int) -> Record:
    """The record with its first events only."""
    return only(record, np.arange(record.rows("event").size) < count)


def original(record: Record, known: list[Skip], event: int) -> int:
    """Which event of the whole record that is, as some are left out already."""
    left = np.delete(np.arange(record.rows("event").size), [skip.event for skip in known])
    return int(left[event])


def trial(chain: Chain, ahead: list[Record], seconds: int) -> tuple[int, str]:
    """How many of these records the steps survive, and how they end; "" if not at all. The chain stays as it is."""
    reads, writes = os.pipe()
    if not (child := os.fork()):
        _try(chain, ahead, seconds, writes)
    os.close(writes)
    with os.fdopen(reads, "rb") as told:
        survived = told.read()
    error = survived.lstrip(SURVIVED)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = f"signal {-status}" if status < 0 else f"exit {status}" if status else ""
    return len(survived) - len(error), error.decode(errors="replace") or ended


def _try(chain: Chain, ahead: list[Record], seconds: int, writes: int) -> None:
    """In the child: never returns."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    try:
        for record in ahead:
            signal.setitimer(signal.ITIMER_PROF, seconds)
            signal.alarm(WAITING * seconds)
            chain.advance(record)
            os.write(writes, SURVIVED)
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent wants to know
        os.write(writes, f"{type(error).__name__}: {error}".encode()[:ERROR_MOST])
    finally:
        os._exit(1)


def main(words: list[str]) -> int:
    """The scratch process."""
    root, states, network, steps, build = words
    module, _, name = steps.partition(":")
    home = Home(root, States(states), getattr(importlib.import_module(module), name), build)
    try:
        skip = search(home, network)
    except TowerError as error:
        print(error.what, file=sys.stderr)  # noqa: T201 - the parent reads it
        return 1
    print(json.dumps(skip and asdict(skip)))  # noqa: T201 - the parent reads it
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
