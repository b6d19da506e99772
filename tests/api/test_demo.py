"""The demo: one command starts everything, plays a day, and ends with in = out; whatever goes wrong is said by name."""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from api import demo
from api.embedded import Tower, free_ports, key_of
from api.standing import Balance, Standing, standing
from streams.inbox import InboxWriter
from tests.suites.running_demo import ROOT, Demo
from tests.suites.tower_folder import recorded
from tower.clock import HOUR, parse
from tower.errors import UsageError

START = parse("2013-02-08T09:00:00Z")


def here(data: Path, redis: int = 8082, clickhouse: int = 8083) -> Tower:
    return Tower(data, ("east",), redis, clickhouse, "key")


def test_a_port_that_is_taken_is_passed_over(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port not in free_ports(port, 2)


def test_a_port_that_is_taken_is_said_aloud_with_the_one_in_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    demo.announce(here(tmp_path, redis=8082, clickhouse=8085), "A day", 8080)
    said = capsys.readouterr().err
    assert "Port 8083 is taken: SQL is on 8085.\n" in said
    assert "live state is on" not in said
    assert "http://127.0.0.1:8085" in said
    assert str(tmp_path) in said


def test_no_free_port_behind_the_first_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="--port: nothing is free behind it"):
        free_ports(65_536, 1)


def test_the_key_of_the_sql_door_stays_and_is_for_this_user_only(tmp_path: Path) -> None:
    key = key_of(tmp_path)
    assert key == key_of(tmp_path)
    assert len(key) == 32
    assert (tmp_path / "clickhouse.key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["clickhouse.key"]


def test_a_folder_of_our_own_is_made_afresh_and_one_that_was_asked_for_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = demo.prepared(None)
    (first / "logs").mkdir()
    assert not (demo.prepared(None) / "logs").exists()
    (tmp_path / "mine").mkdir()
    assert demo.prepared("mine") == Path("mine")
    assert (tmp_path / "mine").exists()


def test_it_is_warming_up_until_control_has_come_to_the_start(tmp_path: Path) -> None:
    show = demo.Show(here(tmp_path), START - 52 * HOUR, START)
    assert show.warming(Standing(0, 0, 0, 0)) == "warming up: 0 of 52 h; "
    assert show.warming(Standing(0, 9, 9, START - 40 * HOUR)) == "warming up: 12 of 52 h; "
    assert not show.is_warm
    assert demo.Show(here(tmp_path), START, START).is_warm


def test_how_it_stands_is_read_from_the_logs(tmp_path: Path) -> None:
    day = recorded(tmp_path)
    root = f"file:{tmp_path}/logs"
    at = standing(root, "east")
    assert (at.waiting, at.log, at.outcomes, at.now) == (0, len(day.log), len(day.outcomes), day.outcomes[-1].now)
    assert at.is_through()
    show = demo.Show(here(tmp_path), 0, day.outcomes[-1].now)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\dZ  record [\d,]+ of [\d,]+, 0 messages wait; open: .+", show.line())
    assert show.is_warm


def closed(root: Path, capsys: pytest.CaptureFixture[str], *, is_through: bool, as_json: bool) -> tuple[int, str, str]:
    balance = Balance(f"file:{root}/logs", "east")
    balance.follow()
    code = demo.close(balance, root, is_through=is_through, as_json=as_json)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_it_ends_with_the_ledger_whether_in_is_out_and_where_the_data_lies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = recorded(tmp_path)
    code, out, err = closed(tmp_path, capsys, is_through=True, as_json=True)
    said = json.loads(out)
    assert (code, said["balanced"], said["drained"], said["data"]) == (0, True, True, str(tmp_path))
    assert {row["source"] for row in said["ledger"]} == {"planner", "carrier", "dock"}
    assert sum(row["received"] for row in said["ledger"]) == sum(record.rows("event").size for record in day.log)
    assert err == f"The data lies in {tmp_path}.\n"
    code, out, err = closed(tmp_path, capsys, is_through=True, as_json=False)
    assert (code, out.splitlines()[-1].split(";")[0]) == (0, "in = out")


def test_what_did_not_all_go_through_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(tmp_path)
    code, out, _ = closed(tmp_path, capsys, is_through=False, as_json=False)
    assert (code, out.splitlines()[-1].split(";")[0]) == (1, "IN IS NOT OUT")


def test_the_network_is_marked_as_driven_before_anybody_looks(tmp_path: Path) -> None:
    demo.mark_driven(here(tmp_path))
    InboxWriter(f"file:{tmp_path}/logs", "east", "clock").close()
    assert (tmp_path / "logs" / "east" / "inbox" / "clock").is_dir()


def test_the_driver_is_told_where_to_start_and_how_fast(tmp_path: Path) -> None:
    told = argparse.Namespace(scenario="blizzard", speed=3600.0)
    words = demo.driver(here(tmp_path), told, START).words
    assert words[-4:] == ("--from-ms", str(START), "--speed", "3600.0")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists() and Path(f"/proc/{pid}/cmdline").read_bytes() != b""


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_blizzard_from_start_to_a_balanced_ledger(data: Path) -> None:
    words = ("--from", "2013-02-06T00:00:00-05:00", "--speed", "3600", "--exit-after", "8", "--json")
    first = Demo(data, *words)
    try:
        first.until("The tower is up.")
        check_a_second_is_refused(data)
        assert first.ended() == 0, first.err.read_text()[-2000:]
    finally:
        first.process.kill()
    said = json.loads(first.out.read_text())
    assert (said["balanced"], said["drained"]) == (True, True)
    assert sum(row["received"] for row in said["ledger"]) > 1000
    assert said["deviations"] > 0
    assert not any(map(is_alive, first.pids()))
    check_ctrl_c_drains(data)
    check_nothing_outlives_it(data)


def check_a_second_is_refused(data: Path) -> None:
    command = [sys.executable, "-m", "api.cli", "demo", "--data", str(data)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert re.fullmatch(rf"Error: data folder {data}: a tower runs on it \(pid \d+\)\nTry: .*--data.*\n", second.stderr)


def check_ctrl_c_drains(data: Path) -> None:
    """A second life on the same data, ended by Ctrl-C."""
    demo = Demo(data, "--from", "2013-02-06T00:00:00-05:00")
    try:
        demo.until("The tower is up.")
        os.killpg(demo.process.pid, signal.SIGINT)
        assert demo.ended() == 0
    finally:
        demo.process.kill()
    said = demo.err.read_text()
    assert "Draining ..." in said
    assert said.endswith(f"The data lies in {data}.\n")
    assert "in = out" in demo.out.read_text()


def check_nothing_outlives_it(data: Path) -> None:
    demo = Demo(data)
    demo.until("The tower is up.")
    demo.process.kill()
    demo.ended()
    end = time.monotonic() + 60
    while any(map(is_alive, demo.pids())) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(demo.pids()) == 11
    assert not any(map(is_alive, demo.pids()))
