"""What is written wrong on a command line is refused in one line that says how to write it."""

from argparse import Namespace
from pathlib import Path

import pytest

from api import asked
from tests.suites.tower_folder import say
from tower.errors import UsageError


@pytest.mark.parametrize("text", ["0", "-3", "fast", "nan", "inf"])
def test_a_number_that_must_be_above_zero_is(capfd: pytest.CaptureFixture[str], text: str) -> None:
    said = say(capfd, "demo", f"--speed={text}")
    assert (said.code, said.err.splitlines()[0]) == (
        2, f"Error: towerctl demo: argument --speed: a number above 0 (got {text})")  # fmt: skip


@pytest.mark.parametrize("command", [["demo"], ["replay", "blizzard"]])
def test_a_moment_has_a_zone(capfd: pytest.CaptureFixture[str], command: list[str]) -> None:
    said = say(capfd, *command, "--from", "2013-02-09")
    assert said.code == 2
    assert said.err.splitlines() == [
        "Error: --from: not a time with its zone (got 2013-02-09)",
        "Try: --from 2013-02-08T04:00:00-05:00",
    ]


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=rf"--data: no folder can be made there: .* \(got {tmp_path}/file/run\)"):
        asked.folder(tmp_path / "file" / "run", "--data")


def test_an_adapter_is_for_a_path(capfd: pytest.CaptureFixture[str]) -> None:
    said = say(capfd, "replay", "blizzard", "--adapter", "nycflights13")
    assert (said.code, said.err.splitlines()[0]) == (
        2, "Error: --adapter: for a data set at a path (got nycflights13 with blizzard)")  # fmt: skip


def test_a_history_that_does_not_answer_is_named_in_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_CLICKHOUSE_URL", "http://127.0.0.1:9")
    said = say(capfd, "sql", "select 1")
    assert said.code == 1
    assert said.err.splitlines() == [
        "Error: sql: nobody answers (tried http://127.0.0.1:9)",
        "Try: towerctl demo, or see that it runs there",
    ]


def test_a_wrong_pytest_argument_is_a_wrong_call() -> None:
    from api.commands import test

    arguments = Namespace(all=False, rest=["-n0", "--nonsense"])
    assert test.run(arguments) == 2
