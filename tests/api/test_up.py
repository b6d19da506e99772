"""`up`: what the settings name is used and what they do not is embedded; it ends with in = out and goes on later."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import orjson
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from pydantic import SecretStr

from api import up
from api.embedded import Tower
from api.standing import Balance
from streams import names
from streams.inbox import InboxWriter
from tests.faults.under_load import environment, until
from tests.kafka_broker.broker import Broker
from tests.suites.tower_folder import recorded
from tower import clock
from tower.envelope import Envelope
from tower.logs import urls
from tower.settings import Settings

pytest_plugins = ["tests.kafka_broker.fixtures"]

ROOT = Path(__file__).parents[2]


def here(data: Path, given: Mapping[str, str] | None = None) -> Tower:
    return Tower(data, ("east",), 8082, 8083, "key", 8080, given or {})


def programs(given: Mapping[str, str], data: Path) -> list[str]:
    return [program.name for program in here(data, given).programs()]


def test_what_is_not_named_is_embedded(tmp_path: Path) -> None:
    told = {"TOWER_KAFKA_GAP": "refuse", "TOWER_KAFKA_SECURITY": "plaintext", "TOWER_KAFKA_MECHANISM": "PLAIN",
            "TOWER_HOST": "127.0.0.1", "TOWER_LOG_FORMAT": "text"}  # fmt: skip
    assert up.elsewhere(Settings()) == told
    assert programs({}, tmp_path)[:6] == ["valkey", "clickhouse", "ingest", "control", "views", "record"]
    assert here(tmp_path).root == f"file:{tmp_path}/logs"


def test_what_is_named_is_used_and_its_programs_are_told_so(tmp_path: Path) -> None:
    found = Settings(
        redis_url="redis://far:6379/0", redis_password=SecretStr("hush"), clickhouse_url="http://far:8123",
        clickhouse_user="tower", logs="kafka://far:9092", kafka_in="kafka://far:9093",
    )  # fmt: skip
    given = up.elsewhere(found)
    told = here(tmp_path, given).environment()
    assert {name: told[name] for name in given} == given
    assert given["TOWER_REDIS_PASSWORD"] == "hush"
    assert (given["TOWER_CLICKHOUSE_USER"], "TOWER_CLICKHOUSE_PASSWORD" in given) == ("tower", False)
    assert programs(given, tmp_path)[:5] == ["kafka_in", "ingest", "control", "views", "record"]
    assert here(tmp_path, given).root == "kafka://far:9092"


def test_a_user_of_a_server_that_is_not_named_is_nobody(tmp_path: Path) -> None:
    assert "TOWER_CLICKHOUSE_USER" not in up.elsewhere(Settings(clickhouse_user="tower"))


def test_a_secret_of_a_server_goes_to_its_programs_only_beside_its_server() -> None:
    assert "TOWER_CLICKHOUSE_PASSWORD" not in up.elsewhere(Settings(clickhouse_password=SecretStr("x")))


def test_a_tower_that_is_told_no_network_has_those_that_have_logs_or_main(tmp_path: Path) -> None:
    assert up.made(Settings(data=tmp_path, port=23_200)).networks == ("main",)
    InboxWriter(f"file:{tmp_path}/logs", "north", "gate").close()
    assert up.made(Settings(data=tmp_path, port=23_200)).networks == ("north",)
    assert up.made(Settings(data=tmp_path, port=23_200, networks="a,b")).networks == ("a", "b")


def test_it_speaks_of_what_has_come_since_it_was_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(tmp_path)
    since = up.balance(f"file:{tmp_path}/logs", "east")
    whole = Balance(f"file:{tmp_path}/logs", "east")
    assert up.close(here(tmp_path), {"east": since}, is_through=True, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["networks"] == {"east": {"ledger": [], "deviations": 0}}
    assert up.close(here(tmp_path), {"east": whole}, is_through=True, as_json=False) == 0
    assert "\nin = out\n" in capsys.readouterr().out
    assert up.close(here(tmp_path), {"east": whole}, is_through=False, as_json=False) == 1


class Up:
    """`towerctl up` as a process."""

    def __init__(self, data: Path, **told: str) -> None:
        self.output = data / "said.txt"
        words = [sys.executable, "-m", "api.cli", "up", "--data", str(data), "--json",
                 "--port", str(24_000 + os.getpid() % 8_000)]  # fmt: skip
        with self.output.open("ab") as said:
            self.process = subprocess.Popen(
                words, cwd=data, env={**environment(), **told}, stdout=subprocess.PIPE, stderr=said
            )

    def until(self, is_so: Callable[[], bool]) -> None:
        def checked() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return is_so()

        until(checked, 300, self.output.read_text)

    def pid(self, name: str) -> int:
        return int(re.findall(rf"{name} +up, pid (\d+)", self.output.read_text())[-1])

    def ended(self) -> dict[str, object]:
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=180)
        assert self.process.returncode == 0, self.output.read_text()
        told: dict[str, object] = json.loads(out)
        return told

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def start(**told: str) -> Up:
        started.append(Up(tmp_path, **told))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.mark.full
@pytest.mark.timeout(300, func_only=True)
@pytest.mark.xdist_group("kafka")
def test_events_in_kafka_come_through_to_history_and_the_next_start_goes_on(
    kafka: Broker, run: Callable[..., Up], tmp_path: Path
) -> None:
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    admin.create_topics([NewTopic("tower.in.weather", 2, 1)])["tower.in.weather"].result()
    kafka_in = {"TOWER_KAFKA_IN": f"kafka://{kafka.bootstrap}", "TOWER_NETWORKS": "east,west"}
    try:
        for start in (0, 100):
            told = a_hundred_more(run(**kafka_in), kafka, start, tmp_path)
            assert (told["drained"], told["balanced"]) == (True, True)
            (tmp_path / "said.txt").write_text("")
        networks = told["networks"]
        assert isinstance(networks, dict)
        counts = {row["source"]: row for network in networks.values() for row in network["ledger"]}
        assert sum(row["accepted"] for name, row in counts.items() if name.startswith("station")) == 200
    finally:
        admin.delete_topics(["tower.in.weather"])["tower.in.weather"].result()


def a_hundred_more(one: Up, kafka: Broker, start: int, data: Path) -> dict[str, object]:
    """What a tower says at its end that has taken in a hundred messages."""
    one.until(lambda: "The tower is up" in one.output.read_text())
    said(kafka, start, start + 100)
    one.until(lambda: kept(data, "east") + kept(data, "west") >= start + 100)
    return one.ended()


def said(kafka: Broker, start: int, stop: int) -> None:
    producer, now = Producer({"bootstrap.servers": kafka.bootstrap}), clock.wall_ms()
    for number in range(start, stop):
        network = ("east", "west")[number % 2]
        event = {"id": str(number), "kind": "weather.observed", "station": "EWR", "at": now, "temp_c": 1.5,
                 "network": network, "source": f"station-{network}"}  # fmt: skip
        producer.produce("tower.in.weather", orjson.dumps(event))
    assert producer.flush(30) == 0


def kept(data: Path, network: str) -> int:
    root = f"file:{data}/logs"
    if "kafka-weather" not in names.sources(root, network):
        return 0
    return urls.reader(names.inbox(root, network, "kafka-weather")).last()[0]


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_flow_that_a_signal_has_stopped_for_good_is_replaced(run: Callable[..., Up], tmp_path: Path) -> None:
    one = run(TOWER_NETWORKS="east")
    one.until(lambda: "The tower is up" in one.output.read_text())
    gate = InboxWriter(f"file:{tmp_path}/logs", "east", "gate")
    event = {"id": "1", "kind": "leg.departed", "leg": "L1", "at": clock.wall_ms()}
    gate.put(Envelope("gate", clock.wall_ms(), "application/json", orjson.dumps(event)))
    os.kill(one.pid("control"), signal.SIGSTOP)
    time.sleep(1)
    one.until(lambda: "frozen: no step for" in one.output.read_text())
    one.until(lambda: one.output.read_text().count("control      up") == 2)
    told = one.ended()
    assert told["balanced"]


@pytest.mark.full
@pytest.mark.timeout(600)
def test_doors_and_servers_that_a_signal_has_stopped_are_replaced_and_all_programs_speak_json(
    run: Callable[..., Up], tmp_path: Path
) -> None:
    one = run(TOWER_NETWORKS="east", TOWER_LOG_FORMAT="json")
    one.until(lambda: "The tower is up" in one.output.read_text())
    victims = ("api", "hub", "valkey", "clickhouse")
    for name in victims:
        os.kill(one.pid(name), signal.SIGSTOP)
    one.until(lambda: all(f"{name:<12} frozen: no answer" in one.output.read_text() for name in victims))
    one.until(lambda: all(one.output.read_text().count(f"{name:<12} up, pid") == 2 for name in victims))
    assert one.ended()["balanced"]
    said = [*(tmp_path / "output").glob("*.txt"), one.output]
    assert {path.stem for path in said} >= {"api", "hub", "clickhouse", "control", "record", "said"}
    for path in said:
        if path.stem not in ("valkey", "views"):  # their own lines, and the engine's of a flow that ended
            assert all(orjson.loads(line)["message"] for line in path.read_text().splitlines()), path
