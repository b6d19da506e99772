"""The process: how it starts, refuses to start, ends, and is killed."""

import importlib.metadata
import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.sinks.clickhouse.warehouse import KEY, SAMPLE, Warehouse, command, environment, failed, python

TOKEN = "tower/sample/{}"


def block(number: int) -> str:
    """Rows that tell which block they are of; the third has the values of the second, on purpose."""
    return "".join(f"{max(number, 2)},{row}\n" for row in range(100))


def test_it_says_where_it_is_and_what_holds_it(tmp_path: Path) -> None:
    with Warehouse(tmp_path) as warehouse:
        version = re.escape(importlib.metadata.version("chdb"))
        assert re.fullmatch(
            rf"clickhouse ready on {warehouse.url} \(chDB {version}, Landlock abi \d+\)\n", warehouse.ready
        )
        assert KEY not in " ".join(command(tmp_path))


def test_a_second_process_on_the_folder_is_told_who_has_it(tmp_path: Path) -> None:
    with Warehouse(tmp_path) as warehouse:
        code, words = failed(tmp_path)
        assert code == 1
        assert words == (
            f"Error: --path: {tmp_path} is served by process {warehouse.process.pid}."
            f" Try: kill {warehouse.process.pid}, or another --path\n"
        )
        assert warehouse.value("SELECT 1") == "1"


def test_a_taken_port_is_one_line_with_the_fix(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, words = failed(tmp_path, port)
    assert (code, words.count("\n")) == (1, 1)
    assert f"127.0.0.1:{port}: Address already in use. Try: --port {port % 65535 + 1}" in words


@pytest.mark.parametrize(
    "more, what",
    [
        ({"TOWER_CLICKHOUSE_PASSWORD": ""}, "needs 16 characters (got 0)"),
        ({"TOWER_CLICKHOUSE_PASSWORD": "short"}, "needs 16 characters (got 5)"),
        ({"TOWER_CLICKHOUSE_PASSWORD": "", "TOWER_CLICKHOUSE_PASSWORD_FILE": "/nowhere"}, "cannot read /nowhere"),
    ],
)
def test_without_a_key_it_does_not_start(tmp_path: Path, more: dict[str, str], what: str) -> None:
    code, words = failed(tmp_path, 0, **more)
    assert (code, words.count("\n")) == (1, 1)
    assert what in words


def test_the_key_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setattr("tests.sinks.clickhouse.warehouse.environment", lambda: without_key(tmp_path / "key"))
    with Warehouse(tmp_path / "w") as warehouse:
        warehouse.write("CREATE DATABASE tower")


def without_key(path: Path) -> dict[str, str]:
    return environment(TOWER_CLICKHOUSE_PASSWORD="", TOWER_CLICKHOUSE_PASSWORD_FILE=str(path))


def test_a_folder_that_cannot_be_written_is_an_error_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, words = failed(tmp_path / "file" / "w")
    assert (code, words.count("\n")) == (1, 1)
    assert "cannot write" in words


def test_a_kernel_without_landlock_gets_a_warning_and_is_served(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys; from sinks.clickhouse.embedded import __main__ as it, sandbox\n"
        "sandbox.abi = lambda: 0\n"
        "it.say = print\n"
        "print(it.shut_in(it.hold(pathlib.Path(sys.argv[1])) and pathlib.Path(sys.argv[1])))\n"
        "print(open('/etc/hostname') is not None)\n"
    )
    warning, abi, free = python(script, str(tmp_path)).splitlines()
    assert warning.startswith("Warning: this kernel has no Landlock")
    assert (abi, free) == ("0", "True")


def test_sigterm_finishes_what_runs_and_refuses_what_waits(tmp_path: Path) -> None:
    with Warehouse(tmp_path) as warehouse, ThreadPoolExecutor(4) as pool:
        running = [pool.submit(warehouse.ask, f"SELECT sleep(1), {number}") for number in range(4)]
        time.sleep(0.5)
        assert warehouse.stop() == 0
        told = [one.result() for one in running]
    assert sorted(one.status for one in told) == [200, 200, 503, 503]


def test_sigterm_ends_it_though_clients_keep_their_connections(tmp_path: Path) -> None:
    with Warehouse(tmp_path) as warehouse, socket.create_connection(("127.0.0.1", warehouse.port)):
        assert warehouse.stop() == 0  # or it would be waited for in vain


def made(path: Path) -> Warehouse:
    warehouse = Warehouse(path)
    warehouse.write("CREATE DATABASE IF NOT EXISTS tower")
    warehouse.write(SAMPLE.replace("TABLE", "TABLE IF NOT EXISTS"))
    return warehouse


def insert(warehouse: Warehouse, number: int) -> None:
    token = TOKEN.format(number)
    warehouse.write("INSERT INTO tower.sample FORMAT CSV", block(number), insert_deduplication_token=token)


def until_killed(step: Callable[[int], None]) -> list[int]:
    """The numbers of the steps that came through."""
    done: list[int] = []
    try:
        while True:
            step(len(done) + 1)
            done.append(len(done) + 1)
    except (OSError, HTTPException):
        return done


@pytest.mark.parametrize("after_s", [0.2, 0.7])
def test_after_a_kill_what_was_acknowledged_is_there_and_again_adds_nothing(tmp_path: Path, after_s: float) -> None:
    with made(tmp_path) as warehouse:
        threading.Timer(after_s, warehouse.process.kill).start()
        acknowledged = until_killed(lambda number: insert(warehouse, number))
    with made(tmp_path) as again:
        rows = int(again.value("SELECT count() FROM tower.sample"))
        assert rows in {100 * len(acknowledged), 100 * len(acknowledged) + 100}, "whole blocks, one may be unanswered"
        for number in range(1, len(acknowledged) + 2):
            insert(again, number)
        assert again.value("SELECT count(), max(a) FROM tower.sample") == (
            f"{100 * len(acknowledged) + 100}\t{max(len(acknowledged) + 1, 2)}"
        )
    assert acknowledged


def test_it_comes_up_on_the_same_port_at_once_after_a_kill(tmp_path: Path) -> None:
    left = tmp_path / "engine" / "tmp" / "left"
    with Warehouse(tmp_path) as warehouse:
        left.mkdir()
        warehouse.kill()
    with Warehouse(tmp_path, warehouse.port) as again:
        assert again.value("SELECT 2") == "2"
    assert not left.exists()
