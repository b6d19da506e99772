"""Demo: an embedded tower and a driver that plays a recorded day into it.

It can be used as soon as its programs are up. What lies before the day's start is then delivered as fast as it goes,
and shown as `warming up`; `--exit-after` counts from when that is through, or from five minutes later at most.
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from api.asked import folder, moment
from api.draining import send_out
from api.embedded import Tower, tower
from api.healer import Healer
from api.keys import FILE, Keys
from api.programs import Program, python
from api.standing import Balance, Delivered, Standing, alerted, last, standing
from api.supervisor import Folder, Supervisor, tell
from streams import names
from streams.build import activate, id_of
from streams.inbox import InboxWriter
from streams.mend import mend
from streams.names import CLOCK
from tower import clock
from tower.build import build as running
from tower.record import Record, split

STUCK_S: Final = 30.0
"""Draining ends when nothing has moved for so long."""
WARM_S: Final = 300.0
SAY_EACH_S: Final = 5.0
LOOK_S: Final = 0.1
MARK: Final = "made-by-demo"


def play(told: argparse.Namespace) -> int:
    """Run the demo; 0 if all that came in has gone through and the ledger balances."""
    from simulators.scenarios import find

    scenario = find(told.scenario)
    start = moment(told.start, "--from") if told.start else scenario.from_ms
    data = prepared(told.data)
    with closing(Folder(data)):
        here = tower(data, (scenario.name,), told.port)
        announce(here, scenario.title, told.port)
        tell(doors(here, keys_of(data)))
        mend(here.root)
        mark_driven(here)
        enter_build(here, scenario.start_ms)
        show = Show(here, scenario.start_ms, start)
        with closing(Supervisor([*here.programs(), driver(here, told, start)], data, healer(here))) as supervisor:
            is_through = run(supervisor, show, told.exit_after)
    return close(show.balance, data, is_through=is_through, as_json=told.json)


def run(supervisor: Supervisor, show: "Show", seconds: float | None) -> bool:
    """Start, watch until it is time, drain; whether everything went through. A second Ctrl-C stops at once."""
    supervisor.start()
    with interrupted():
        tell("The tower is up. Ctrl-C drains and stops.")
        follow(supervisor, show, seconds)
    supervisor.stop("driver", "api", "plan")  # nothing more comes in
    return drained(supervisor, show)


@contextmanager
def interrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM end what is done within."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        tell("Draining ... Ctrl-C again stops at once.")
    finally:
        signal.signal(signal.SIGTERM, before)


def mark_driven(here: Tower) -> None:
    """Make the inbox that tells ingest that a driver says how time passes, before ingest looks."""
    InboxWriter(here.root, here.networks[0], CLOCK).close()


def enter_build(here: Tower, begins: int = 0) -> None:
    """Have each log say that this build runs from here on, unless it is the one that ran."""
    build = running()
    for network in here.networks:
        number, data = last(names.outcomes(here.root, network))
        if not data or Record.decode(number, split(data)[1]).build != id_of(build):
            activate(here.root, network, build, begins)


def healer(here: Tower) -> Healer:
    """Who mends its control."""
    return Healer(here.root, str(here.data / "states"), here.networks)


def prepared(asked: str | None) -> Path:
    """The data folder: the one asked for as it is, or a fresh one of our own."""
    if asked:
        return folder(Path(asked), "--data")
    data = Path("run") / "demo"
    if (data / MARK).exists():
        Folder(data).close()  # refuses if another demo runs on it
        shutil.rmtree(data)
    folder(data, "--data")
    (data / MARK).touch()
    return data


def driver(here: Tower, told: argparse.Namespace, start: int) -> Program:
    """The program that plays the day."""
    words = ["--scenario", told.scenario, "--root", here.root, "--control", str(here.data / "driver"),
             "--from-ms", str(start)]  # fmt: skip
    words += ["--speed", str(told.speed)] if told.speed else []
    return Program("driver", python("simulators.driver", *words), "driver ready", here.environment(), ends=True)


def announce(here: Tower, title: str, port: int) -> None:
    """Say where everything is, and which ports were taken."""
    doors = {"the tower": (here.port, port), "the feed": (here.port + 1, port + 1),
             "SQL": (here.clickhouse_port, port + 3), "live state": (here.redis_port, port + 2)}  # fmt: skip
    for name, (got, wanted) in doors.items():
        if got != wanted:
            tell(f"Port {wanted} is taken: {name} is on {got}.")
    tell(f"{title}\nfeed          ws://127.0.0.1:{here.port + 1}/v1/stream\n"
         f"SQL           {here.clickhouse_url}  (read only, no key)\nlive state    {here.redis_url}\n"
         f"data          {here.data}")  # fmt: skip


def keys_of(data: Path) -> dict[str, str]:
    """Keys for whoever looks, fresh ones each time; none where somebody has written keys of their own."""
    path = data / FILE
    if not all(key.demo for key in Keys.read(path).all()):
        return {}
    return Keys.made(path, {"wall": "viewer", "dispatcher": "dispatcher", "approver": "approver"}, demo=True)


def doors(here: Tower, keys: Mapping[str, str]) -> str:
    """Where screens and the API are, with the keys that open them."""
    url = f"http://127.0.0.1:{here.port}"
    behind = {name: f"#key={keys[name]}" if keys else "#key=..." for name in ("wall", "dispatcher", "approver")}
    shown = [f"key           {name} {key}" for name, key in keys.items() if name != "wall"]
    lines = [f"wall          {url}/wall{behind['wall']}", f"desk          {url}/desk{behind['dispatcher']}",
             f"what if       {url}/replay{behind['approver']}", f"API           {url}/docs"]  # fmt: skip
    return "\n".join([*lines, *(shown or [f"keys          those of {here.data / FILE}"])])


class Show:
    """What a person is told while the tower runs: how warm it is, then how it stands."""

    def __init__(self, here: Tower, begins_ms: int, start_ms: int) -> None:
        self.here, self.network, self.begins_ms, self.start_ms = here, here.networks[0], begins_ms, start_ms
        self.balance = Balance(here.root, self.network)
        self.is_warm = start_ms <= begins_ms

    def look(self) -> Standing:
        """How it stands; notices when control has come to the start."""
        at = standing(self.here.root, self.network)
        self.is_warm = self.is_warm or at.now >= self.start_ms - clock.MINUTE
        return at

    def line(self) -> str:
        """The same in one line."""
        at = self.look()
        self.balance.follow()
        opened = ", ".join(f"{count:,} {word}" for word, count in self.balance.by_severity().items() if count)
        return f"{'' if self.is_warm else self.warming(at)}{at.worded()}; open: {opened or 'nothing'}"

    def warming(self, at: Standing) -> str:
        """How many hours before the start are through, of how many."""
        done = max(at.now - self.begins_ms, 0) // clock.HOUR
        return f"warming up: {done} of {(self.start_ms - self.begins_ms) // clock.HOUR} h; "


def follow(supervisor: Supervisor, show: Show, seconds: float | None) -> None:
    """Watch until the day is over, or so long after it has become warm."""
    began = said = clock.steady_s()
    warm: float | None = None
    while not supervisor.is_done() and (seconds is None or warm is None or clock.steady_s() - warm < seconds):
        supervisor.watch()
        now = clock.steady_s()
        if warm is None:
            show.look()
            warm = now if show.is_warm or now - began > WARM_S else None
        if now - said > SAY_EACH_S:
            said = now
            tell(show.line())
        supervisor.rest(LOOK_S)


def drained(supervisor: Supervisor, show: Show) -> bool:
    """Wait until all that came in is in live state and history; False if nothing moves any more before."""
    delivered = Delivered(show.here.redis_url, show.here.clickhouse_url, show.network)
    seen, moved = None, clock.steady_s()
    while clock.steady_s() - moved < STUCK_S:
        supervisor.watch()
        at, there = show.look(), (*delivered(), alerted(show.here.data, show.network))
        if at.is_through() and there == (at.outcomes, at.outcomes, at.log, at.outcomes):
            show.balance.follow()
            send_out(supervisor, show.here)
            return True
        if (at, there) != seen:
            seen, moved = (at, there), clock.steady_s()
        clock.sleep(LOOK_S)
    tell(f"Nothing moves any more: {show.line()}")
    return False


def close(balance: Balance, data: Path, *, is_through: bool, as_json: bool) -> int:
    """Write the ledger, say where the data lies, and whether in = out."""
    is_well = is_through and balance.is_balanced()
    lines = [told(balance, data, is_through=is_through)] if as_json else [*table(balance), verdict(balance, is_well)]
    sys.stdout.write("\n".join(lines) + "\n")
    tell(f"The data lies in {data}.")
    return 0 if is_well else 1


def told(balance: Balance, data: Path, *, is_through: bool) -> str:
    """How it ended, as JSON."""
    how = {"ledger": balance.rows(), "balanced": balance.is_balanced(), "drained": is_through}
    return json.dumps({**how, "deviations": balance.raised, "data": str(data)})


def verdict(balance: Balance, is_well: bool) -> str:
    """How it ended, in a line."""
    return f"{'in = out' if is_well else 'IN IS NOT OUT'}; {balance.raised:,} deviations"


def table(balance: Balance) -> Iterator[str]:
    """The ledger in lines."""
    heads = ("received", "accepted", "duplicate", "late", "rejected")
    yield f"{'source':<24}" + "".join(f"{head:>12}" for head in heads)
    for row in balance.rows():
        yield f"{row['source']:<24}" + "".join(f"{row[head]:>12,}" for head in heads)
