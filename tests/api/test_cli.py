"""The command line's promises: where words go, what the exit code says, how errors are worded."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from api import cli
from api.commands import config, doctor, test
from tower.errors import TowerError, UsageError


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The only command there is, `play`; a test says what it does."""
    played = SimpleNamespace(NAME="play", HELP="Play", add_arguments=lambda parser: None, run=lambda arguments: 0)
    monkeypatch.setattr(cli, "names", lambda: ["play"])
    monkeypatch.setattr("importlib.import_module", lambda name: played)
    return played


def raising(error: BaseException) -> object:
    def run(arguments: argparse.Namespace) -> int:
        raise error

    return run


def test_an_error_is_one_line_and_its_fix_another(
    command: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    command.run = raising(TowerError("disk: full (got 0 GB)", "free some"))
    assert cli.main(["play"]) == 1
    assert capsys.readouterr() == ("", "Error: disk: full (got 0 GB)\nTry: free some\n")


def test_a_wrong_call_is_2(command: SimpleNamespace) -> None:
    command.run = raising(UsageError("play: no such tune"))
    assert cli.main(["play"]) == 2
    assert cli.main(["play", "--loud"]) == 2


def test_ctrl_c_is_130_and_no_traceback(command: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    command.run = raising(KeyboardInterrupt())
    assert cli.main(["play"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_bug_shows_its_traceback(command: SimpleNamespace) -> None:
    command.run = raising(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        cli.main(["play"])


def test_an_unknown_command_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["vesion"]) == 2
    assert capsys.readouterr().err == "Error: towerctl: no such command (got vesion)\nTry: towerctl version\n"


def test_an_unknown_argument_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["version", "--jsn"]) == 2
    assert "unknown argument (got --jsn)\nTry: towerctl version --help" in capsys.readouterr().err


def test_no_command_at_all_is_a_wrong_call_that_lists_them_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert all(name in told.err for name in cli.names())


def test_every_command_keeps_the_contract() -> None:
    for name in cli.names():
        command = cli.load(name)
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        assert name == command.NAME
        assert command.HELP
        assert callable(command.run)


def test_listing_the_commands_imports_nothing_heavy() -> None:
    code = "import sys; from api import cli; cli.overview(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"numpy", "numba", "pydantic", "fastapi", "bytewax", "chdb", "pyarrow"} & set(loaded)


def test_a_reader_that_has_enough_is_not_an_error() -> None:
    line = f"{sys.executable} -m api.cli doctor --json | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], check=True, capture_output=True, text=True)
    assert done.stderr == ""


def test_version_says_the_build_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["version", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["build"].startswith(said["version"])
    assert set(said) == {"build", "version", "commit", "python"}


def arguments(*rest: str, everything: bool = False) -> argparse.Namespace:
    return argparse.Namespace(all=everything, rest=list(rest))


def test_tests_run_on_both_cores_unless_they_are_watched() -> None:
    assert "-n" in test.pytest_command(arguments("-k", "leg"))
    assert "-n" not in test.pytest_command(arguments("--pdb"))
    assert test.pytest_command(arguments("-n", "4")).count("-n") == 1


def test_all_adds_the_full_tests_and_the_caller_has_the_last_word() -> None:
    command = test.pytest_command(arguments("-m", "long", everything=True))
    assert [command[i + 1] for i, word in enumerate(command[3:], 3) if word == "-m"] == ["not long", "long"]


def test_tests_keep_bytecode_whatever_their_caller_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("TOWER_KEPT", "1")
    said = test.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in said
    assert said["TOWER_KEPT"] == "1"


def test_doctor_tells_a_package_that_is_not_the_locked_one(tmp_path: Path) -> None:
    lock = tmp_path / "product.txt"
    lock.write_text("numpy==0.0.1 \\\n    --hash=sha256:0\nnone-such==1 ; sys_platform == 'win32' \\\n")
    check = doctor.packages(lock)
    assert check.state == "fail"
    assert check.found.startswith("numpy ")
    assert "none-such" not in check.found
    assert check.fix


def test_doctor_gives_a_fix_with_everything_that_is_not_well() -> None:
    lacking = [doctor.python((3, 13, 0)), doctor.disk(0.1), doctor.program("none-such", "apt-get install it")]
    assert [check.state for check in lacking] == ["fail", "fail", "note"]
    assert all(check.fix for check in lacking)
    assert "Try:" in doctor.line(lacking[0])


def test_doctor_tells_a_server_that_is_named_and_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOWER_REDIS_URL", "redis://127.0.0.1:9/0")
    (found,) = [check for check in doctor.servers() if check.name == "redis_url"]
    assert (found.state, found.found.partition(":9")[0]) == ("fail", "127.0.0.1")
    assert "TOWER_REDIS_URL" in found.fix


def test_config_says_where_each_value_was_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOWER_REDIS_PASSWORD", "hush")
    (tmp_path / "tower.toml").write_text("port = 9000\n")
    assert cli.main([config.NAME, "show", "--origin", "--json"]) == 0
    said = capsys.readouterr().out
    rows = json.loads(said)
    assert rows["port"] == {"value": 9000, "origin": "tower.toml"}
    assert rows["redis_password"]["origin"] == "environment"
    assert rows["data"]["origin"] == "default"
    assert "hush" not in said
