"""Demo: an embedded tower and a driver that plays a recorded day into it."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Final

from api.embedded import Tower, tower
from api.programs import Program, python
from api.standing import Balance, standing
from api.supervisor import Folder, Supervisor
from streams.inbox import InboxWriter
from streams.names import CLOCK
from streams.poison import Strikes, heal
from tower import clock
from tower.build import build as running
from tower.errors import UsageError

DRAIN_S: Final = 60.0
SAY_EACH_S: Final = 5.0
LOOK_S: Final = 0.1
MARK: Final = "made-by-demo"


def play(told: argparse.Namespace) -> int:
    """Run the demo; 0 if the ledger balances at the end."""
    from simulators.scenarios import find

    scenario = find(told.scenario)
    start = moment(told.start) if told.start else scenario.from_ms
    data = prepared(told.data)
    folder = Folder(data)
    here = tower(data, (network_of(told.scenario),), told.port)
    mark_driven(here)
    supervisor = Supervisor([*here.programs(), driver(here, told, start)], data, Healer(here))
    try:
        supervisor.start()
        announce(here, scenario.title)
        follow(supervisor, here, told.exit_after)
    except KeyboardInterrupt:
        print("Draining ...", file=sys.stderr)
    finally:
        supervisor.stop("driver")
        balance = drained(supervisor, here)
        supervisor.stop()
        folder.close()
    return close(balance, data, as_json=told.json)


def mark_driven(here: Tower) -> None:
    """Make the inbox that tells ingest that a driver says how time passes, before ingest looks."""
    InboxWriter(here.root, here.networks[0], CLOCK).close()


def network_of(scenario: str) -> str:
    """The network that a scenario plays in."""
    from simulators.scenarios import network

    return network(scenario)


def moment(text: str) -> int:
    """A moment of the command line; UsageError if it is none."""
    try:
        return clock.parse(text)
    except ValueError as error:
        raise UsageError(f"--from: {error}", "write it as 2013-02-08T04:00:00-05:00") from error


def prepared(asked: str | None) -> Path:
    """The data folder: the one asked for as it is, or a fresh one of our own."""
    if asked:
        return Path(asked)
    data = Path("run") / "demo"
    if (data / MARK).exists():
        Folder(data).close()  # refuses if another demo runs on it
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True)
    (data / MARK).touch()
    return data


def driver(here: Tower, told: argparse.Namespace, start: int) -> Program:
    """The program that plays the day."""
    words = ["--scenario", told.scenario, "--root", here.root, "--control", str(here.data / "driver"),
             "--from-ms", str(start)]  # fmt: skip
    words += ["--speed", str(told.speed)] if told.speed else []
    return Program("driver", python("simulators.driver", *words), "driver ready", here.environment(), ends=True)


def announce(here: Tower, title: str) -> None:
    """Say what can be opened."""
    print(f"{title}\nSQL           {here.clickhouse_url}  (read only, no key)\nlive state    {here.redis_url}\n"
          f"data          {here.data}\nCtrl-C drains and stops.", file=sys.stderr, flush=True)  # fmt: skip


def follow(supervisor: Supervisor, here: Tower, seconds: float | None) -> None:
    """Watch until the time is up or the day is over."""
    began = said = clock.steady_s()
    balance = Balance(here.root, here.networks[0])
    while not supervisor.is_done() and (seconds is None or clock.steady_s() - began < seconds):
        supervisor.watch()
        if clock.steady_s() - said > SAY_EACH_S:
            said = clock.steady_s()
            print(line(here, balance), file=sys.stderr, flush=True)
        clock.sleep(LOOK_S)


def line(here: Tower, balance: Balance) -> str:
    """How it stands, in one line."""
    balance.follow()
    opened = ", ".join(f"{count:,} {word}" for word, count in balance.by_severity().items() if count)
    return f"{standing(here.root, here.networks[0]).worded()}; open: {opened or 'nothing'}"


def drained(supervisor: Supervisor, here: Tower) -> Balance:
    """Wait until all that came in has gone through."""
    network, deadline = here.networks[0], clock.steady_s() + DRAIN_S
    while clock.steady_s() < deadline:
        supervisor.watch()
        at = standing(here.root, network)
        if not at.waiting and at.outcomes == at.log and are_delivered(here, network, at.outcomes):
            break
        clock.sleep(LOOK_S)
    balance = Balance(here.root, network)
    balance.follow()
    return balance


def are_delivered(here: Tower, network: str, number: int) -> bool:
    """Whether live state and warehouse have everything up to that record."""
    from sinks.clickhouse.store import ClickHouse
    from sinks.views import Views

    asked = "SELECT max(last) FROM tower.progress WHERE state = 'done' AND log = 'OUTCOMES'"
    stored = ClickHouse(here.clickhouse_url).rows(asked)[0][0]
    return Views(here.redis_url).position(network).number >= number and stored >= number


class Healer:
    """Asked whenever a program has ended: leaves out the event that control cannot survive, if that is why."""

    def __init__(self, here: Tower) -> None:
        self.here, self.strikes = here, Strikes()

    def __call__(self, name: str) -> bool:
        """Whether something was left out."""
        network = self.here.networks[0]
        if name != "control" or not self.strikes.ended(standing(self.here.root, network).outcomes):
            return False
        return heal(self.here.root, str(self.here.data / "states"), network, running()) is not None


def close(balance: Balance, data: Path, *, as_json: bool) -> int:
    """Print the ledger and say whether it balances."""
    rows = balance.rows()
    if as_json:
        print(json.dumps({"ledger": rows, "balanced": balance.is_balanced(), "deviations": balance.raised}))
    else:
        heads = ("received", "accepted", "duplicate", "late", "rejected")
        print(f"{'source':<24}" + "".join(f"{h:>12}" for h in heads))
        for row in rows:
            print(f"{row['source']:<24}" + "".join(f"{row[h]:>12,}" for h in heads))
        print(f"{'in = out' if balance.is_balanced() else 'IN IS NOT OUT'}; {balance.raised:,} deviations; data in {data}")
    return 0 if balance.is_balanced() else 1
