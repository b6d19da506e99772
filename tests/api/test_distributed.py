"""Distributed: a real Kafka, a Valkey and a ClickHouse door, each flow and door a process, told all by settings.

What comes out at each end is what one process says that reads the log by itself.
"""

from collections.abc import Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from api.hub.picture import Picture
from api.keys import FILE, Keys
from api.standing import Balance, Delivered, standing
from sinks.clickhouse.store import ClickHouse
from sinks.views import Views
from sinks.views.keys import LIVE
from streams import names
from streams.build import activate
from streams.entries import records
from streams.inbox import InboxWriter, tick
from streams.replay import Replay
from tests.determinism import worker
from tests.determinism.evening import BEGIN, Held, arrivals, deliver, encoded, straight
from tests.kafka_broker.broker import Broker, free_port
from tests.sinks.clickhouse.warehouse import KEY, Warehouse
from tests.suites import anyorder
from tests.suites.distributed import Listener, Programs, network_on, valkey
from tower import layouts
from tower.build import build
from tower.clock import SECOND
from tower.logs import urls
from tower.outcomes import FACTS, JUDGED, TABLES
from tower.record import Record

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("kafka"), pytest.mark.timeout(900, func_only=True)]
NETWORK = "distributed"


def settings(data: Path, root: str, redis_url: str, clickhouse_url: str, port: int) -> dict[str, str]:
    """All that a program is told."""
    return {
        "TOWER_DATA": str(data), "TOWER_NETWORKS": NETWORK, "TOWER_LOGS": root, "TOWER_REDIS_URL": redis_url,
        "TOWER_CLICKHOUSE_URL": clickhouse_url, "TOWER_CLICKHOUSE_PASSWORD": KEY, "TOWER_PORT": str(port),
    }  # fmt: skip


def test_the_blizzards_evening_through_servers_and_processes_is_what_one_process_makes_of_it(
    kafka: Broker, tmp_path: Path
) -> None:
    tokens, port = Keys.made(tmp_path / FILE, {"wall": "viewer"}), free_port()
    with (
        network_on(kafka, NETWORK) as root,
        valkey(tmp_path) as redis_url,
        Warehouse(tmp_path / "clickhouse") as warehouse,
        Programs(tmp_path, settings(tmp_path, root, redis_url, warehouse.url, port)) as programs,
    ):
        begun(root, programs)
        channels: dict[str, dict[str, Any]] = {"deviations": {"mode": "events"}, "incidents": {}}
        listener = Listener(f"ws://127.0.0.1:{port + 1}/v1/stream", tokens["wall"], channels)
        programs.until(listener.is_signed_in)
        deliver(root, NETWORK)
        programs.until(lambda: standing(root, NETWORK).now >= end() and standing(root, NETWORK).is_through())
        alone = Alone(root)
        assert worker.outcomes(root, NETWORK) == encoded(alone.outcomes)
        at = len(alone.outcomes)
        there = Delivered(redis_url, warehouse.url, NETWORK)
        programs.until(lambda: there() == (at, at, at))
        assert is_balanced(root)
        assert history(ClickHouse(warehouse.url)) == counted(alone.outcomes)
        assert_shown(Views(redis_url), alone)
        programs.until(lambda: dict(alone.picture.rows("deviations")) == listener.feed.rows["deviations"])
        assert listener.heard["deviations"] == alone.told("deviations")
        programs.until(lambda: dict(alone.picture.rows("incidents")) == listener.feed.rows["incidents"])
        assert_answered(f"http://127.0.0.1:{port}", tokens["wall"], alone)


def begun(root: str, programs: Programs) -> None:
    """Name the build, as every tower does first: a log in Kafka has an id from its first entry on, and clients that are
    cut off resume by it.
    """
    with closing(InboxWriter(root, NETWORK, names.CLOCK)) as clock:
        activate(root, NETWORK, build(), BEGIN - SECOND)
        tick(clock, BEGIN)
    with closing(urls.reader(names.outcomes(root, NETWORK))) as outcomes:
        programs.until(lambda: outcomes.last()[0] > 0)


@cache
def end() -> int:
    """The last second in which anything is received."""
    return arrivals()[-1][0]


class Alone:
    """What one process says that reads the same LOG: its outcomes, its state, the feed's picture."""

    def __init__(self, root: str) -> None:
        with closing(urls.reader(names.log(root, NETWORK))) as log:
            held = Held()
            replay = Replay(NETWORK, held)
            replay.follow(records(log), {})
        self.chain, self.outcomes = replay.chain, held.outcomes
        self.picture = Picture(NETWORK)
        self.picture.draw()
        for outcome in self.outcomes:
            self.picture.take(outcome)

    def told(self, channel: str) -> set[str]:
        """Every row that was ever told on a channel."""
        return {id for _, rows in self.picture.missed(channel, 0) for id in dict(rows)}

    def rows(self, table: str) -> np.ndarray:
        """A published table of the state, in the columns in which it is published; none of one that no step keeps."""
        kept = (step.tables[table].rows for step in self.chain.steps if table in step.tables)
        held = next(kept, layouts.empty(table))
        rows = layouts.empty(table, held.size)
        for name in rows.dtype.names or ():
            rows[name] = held[name]
        return rows


def is_balanced(root: str) -> bool:
    """Whether the ledger is, and whether it speaks of every event and of the build."""
    balance = Balance(root, NETWORK)
    balance.follow()
    events = 1 + sum(len(batch) for _, _, batch in arrivals())
    return balance.is_balanced() and sum(row["received"] for row in balance.rows()) == events


def history(store: ClickHouse) -> dict[str, int]:
    """Rows in history, by table."""
    found = store.rows(" UNION ALL ".join(f"SELECT '{table}', count() FROM tower.{table}" for table in TABLES))
    return {table: count for table, count in found if count}


def counted(outcomes: Sequence[Record]) -> dict[str, int]:
    """Rows of outcomes, by table."""
    return {table: n for table in TABLES if (n := sum(record.rows(table).size for record in outcomes))}


def assert_shown(views: Views, alone: Alone) -> None:
    """Live state is the state, and the facts in it are those of a replay that has never seen a log."""
    position, shown = views.at_once(NETWORK, list(LIVE))
    assert (position.number, position.mark) == (len(alone.outcomes), alone.outcomes[-1].chain)
    facts = anyorder.facts({table: shown[table] for table in FACTS if table != "sources"})
    assert facts == straight().facts()
    for table in JUDGED:
        assert by_key(shown[table]) == by_key(alone.rows(table)), table
    assert {f"#{key:016x}" for key in shown["deviations"]["id"].tolist()} == set(alone.picture.rows("deviations"))


def by_key(rows: np.ndarray) -> dict[int, bytes]:
    return {int(row["key"]): row.tobytes() for row in rows}


def assert_answered(url: str, token: str, alone: Alone) -> None:
    """The API says the same."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        told = {path: client.get(f"/v1/{path}").json() for path in ("deviations", "legs", "ledger")}
    at = len(alone.outcomes)
    assert {path: (one["seq"], one["count"]) for path, one in told.items()} == {
        "deviations": (at, len(alone.picture.rows("deviations"))),
        "legs": (at, alone.rows("legs").size),
        "ledger": (at, len({int(row["source"]) for outcome in alone.outcomes for row in outcome.rows("ledger")})),
    }
