"""Up: a tower on real sources and the real clock. What the settings name is used; what they do not name is embedded."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Final

from api.asked import folder
from api.demo import doors, enter_build, healer, interrupted, table
from api.draining import gone, send_out
from api.embedded import Tower, tower
from api.standing import Balance, Delivered, alerted, last, standing
from api.supervisor import Folder, Supervisor, tell
from streams import names
from streams.mend import mend
from tower import clock, saying, settings
from tower.settings import Settings

NETWORK: Final = "main"
"""The network of a tower that is told none and has none."""
ELSEWHERE: Final = ("logs", "redis_url", "redis_password", "clickhouse_url", "clickhouse_user", "clickhouse_password",
                    "kafka_in", "kafka_gap", "kafka_security", "kafka_mechanism", "kafka_ca", "kafka_user",
                    "kafka_password", "host", "hosts", "origins", "log_format", "secrets",
                    "webhook_networks")  # fmt: skip
"""The settings that its programs are told as they are."""
INPUTS: Final = ("kafka_in", "api", "plan")
SAY_EACH_S: Final = 60.0
REST_S: Final = 0.25


def run(told: argparse.Namespace) -> int:
    """Run until Ctrl-C or SIGTERM, drain, and say what became of all that came in since; 1 if it does not balance."""
    found = settings.load({"data": told.data, "networks": told.networks, "port": told.port})
    saying.speak(found.log_format, "up")
    folder(found.data, "--data")
    with closing(Folder(found.data)):
        here = made(found)
        announce(here, found)
        mend(here.root)
        for network in here.networks:
            names.prepare(here.root, network)
        enter_build(here)
        balances = {network: balance(here.root, network) for network in here.networks}
        with closing(Supervisor(here.programs(), found.data, healer(here))) as supervisor:
            watch(supervisor, here, told.exit_after)
            is_through = drained(supervisor, here)
    return close(here, balances, is_through=is_through, as_json=told.json)


def made(found: Settings) -> Tower:
    """The tower that the settings ask for."""
    networks = tuple(names.wanted(found)) or (NETWORK,)
    return tower(found.data, networks, found.port, elsewhere(found))


def elsewhere(found: Settings) -> Mapping[str, str]:
    """What the settings name, by its name in the environment; a user or password only beside the server it is for."""
    said = {name: shown(getattr(found, name)) for name in ELSEWHERE}
    named = {name: value for name, value in said.items() if value and said.get(f"{name.partition('_')[0]}_url", "-")}
    return {f"{settings.PREFIX}{name.upper()}": value for name, value in named.items()}


def shown(value: object) -> str:
    """A setting as the environment has it."""
    secret: Callable[[], str] | None = getattr(value, "get_secret_value", None)
    return secret() if secret else str(value or "")


def announce(here: Tower, found: Settings) -> None:
    """Say where everything is."""
    ours = ("", "  (embedded)")
    tell(f"networks      {', '.join(here.networks)}\n"
         f"events        {found.kafka_in or 'no Kafka'}\n"
         f"API           http://127.0.0.1:{here.port}/docs  (keys: {here.data / 'keys.json'})\n"
         f"feed          ws://127.0.0.1:{here.port + 1}/v1/stream\n"
         f"SQL           {here.clickhouse_url}{ours[not found.clickhouse_url]}\n"
         f"live state    {here.redis_url}{ours[not found.redis_url]}\n"
         f"logs          {here.root}\ndata          {here.data}")  # fmt: skip
    tell(doors(here, {}))
    if here.port != found.port:
        tell(f"Port {found.port} is taken: the tower is on {here.port}.")


def balance(root: str, network: str) -> Balance:
    """The ledger from here on: of sources that have not spoken since, nothing is said."""
    found = Balance(root, network)
    found.after = last(names.outcomes(root, network))[0]
    return found


def watch(supervisor: Supervisor, here: Tower, seconds: float | None) -> None:
    """Start, and watch until somebody says that it is enough."""
    supervisor.start()
    begun = said = clock.steady_s()
    with interrupted():
        tell("The tower is up. Ctrl-C drains and stops.")
        while seconds is None or clock.steady_s() - begun < seconds:
            supervisor.watch()
            if clock.steady_s() - said > SAY_EACH_S:
                said = clock.steady_s()
                tell("\n".join(f"{network:<13} {standing(here.root, network).worded()}" for network in here.networks))
            supervisor.rest(REST_S)


def drained(supervisor: Supervisor, here: Tower) -> bool:
    """Let in nothing more and wait until what is in has gone through; False if nothing moves any more before."""
    supervisor.stop(*INPUTS)
    is_taken = gone(supervisor, lambda: [standing(here.root, network).waiting for network in here.networks])
    supervisor.stop("ingest")
    is_through = gone(supervisor, lambda: behind(here))
    if not (is_taken and is_through):
        tell("Nothing moves any more; the tower goes on there when it is started again.")
    send_out(supervisor, here)
    return is_taken and is_through


def behind(here: Tower) -> list[int]:
    """How many records each flow has still to do; those elsewhere may do it next time."""
    left: list[int] = []
    for network in here.networks:
        at = standing(here.root, network)
        left += [at.log - at.outcomes, at.outcomes - alerted(here.data, network)]
        if not {"TOWER_REDIS_URL", "TOWER_CLICKHOUSE_URL"} & here.given.keys():
            there = Delivered(here.redis_url, here.clickhouse_url, network)()
            left += [end - done for end, done in zip((at.outcomes, at.outcomes, at.log), there, strict=True)]
    return left


def close(here: Tower, balances: Mapping[str, Balance], *, is_through: bool, as_json: bool) -> int:
    """Write the ledger of each network, and say where the data lies."""
    for one in balances.values():
        one.follow()
    is_well = is_through and all(one.is_balanced() for one in balances.values() if one.ledger)
    if as_json:
        told = {name: {"ledger": one.rows(), "deviations": one.raised} for name, one in balances.items()}
        print_out(json.dumps({"networks": told, "drained": is_through, "balanced": is_well, "data": str(here.data)}))
    else:
        print_out("\n".join(line for name, one in balances.items() for line in [name, *table(one)]))
        print_out("in = out" if is_well else "IN IS NOT OUT")
    tell(f"The data lies in {here.data}.")
    return 0 if is_well else 1


def print_out(text: str) -> None:
    """To stdout."""
    sys.stdout.write(f"{text}\n")
