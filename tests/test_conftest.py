"""A skip is a failure where nothing may be missing; a test that never ends does not hold up the others."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api.commands.test import WORKERS
from tests.conftest import LONGEST, longest_first

ROOT = Path(__file__).parents[1]
A_TEST = "import pytest\n\ndef test_a():\n    pytest.skip('no broker')\n"
A_FILE = "import pytest\n\npytest.skip('no broker', allow_module_level=True)\n"
AN_EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_a():\n    assert 0\n"
HANGS = """
import asyncio, threading, pytest

@pytest.mark.timeout(1)
def test_a():
    asyncio.run(asyncio.to_thread(threading.Event().wait))

def test_b():
    pass
"""
TELLS = """
import os, pytest

@pytest.mark.parametrize("n", range({}))
def test(n):
    with open("{}", "a") as told:
        told.write(os.environ["PYTEST_XDIST_WORKER"] + " {}\\n")
"""
NOTHING_FAILED = {0, 5}  # pytest's own codes: all is well, and no test ran


def ran_well(path: Path, content: str, ci: str) -> bool:
    """Whether pytest, with our conftest, is content with a file."""
    (path / "test_a.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, f"--rootdir={path}", str(path)]
    environment = {**os.environ, "CI": ci, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True)
    return done.returncode in NOTHING_FAILED


@pytest.mark.parametrize("content", [A_TEST, A_FILE])
def test_a_skip_fails_in_ci_alone(tmp_path: Path, content: str) -> None:
    assert ran_well(tmp_path, content, ci="false")
    assert not ran_well(tmp_path, content, ci="true")


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert ran_well(tmp_path, AN_EXPECTED_FAILURE, ci="true")


def test_a_test_that_never_ends_is_told_with_its_stacks_and_the_others_run(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(HANGS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, f"--rootdir={tmp_path}", "-n1",
               "-rA", str(tmp_path)]  # fmt: skip
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "TOWER_TEST_HANGS_S": "1"}
    done = subprocess.run(command, check=False, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "in test_a" in done.stderr
    assert "crashed while running" in done.stdout
    assert "1 failed, 1 passed" in done.stdout


def test_the_longest_come_first_in_what_each_worker_is_given() -> None:
    names = ["a.py"] * 7 + list(LONGEST)[:4] + ["z.py"] * 5
    items: list[Any] = [SimpleNamespace(path=Path("tests") / name) for name in names]
    first, second, third, fourth = items[7:11]
    rest = [*items[:7], *items[11:]]
    assert longest_first(items, 1) == [first, second, third, fourth, *rest]
    assert longest_first(items, 3) == [first, *rest[:4], second, *rest[4:8], third, fourth, *rest[8:]]
    assert longest_first(items[7:9], 3) == [first, second]
    assert longest_first(rest, 3) == rest


def test_each_worker_begins_with_another_of_the_longest(tmp_path: Path) -> None:
    told, longest = tmp_path / "told", list(LONGEST)[:3]
    for name in ("a/test_a.py", *longest, "z/test_z.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TELLS.format(10, told, name))
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-c", os.devnull, f"--rootdir={tmp_path}",
               "--import-mode=importlib", *WORKERS, str(tmp_path)]  # fmt: skip
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "PYTEST_ADDOPTS": ""}, capture_output=True)
    ran: dict[str, list[str]] = {}
    for line in told.read_text().splitlines():
        worker, name = line.split()
        ran.setdefault(worker, []).append(name)
    assert sum(map(len, ran.values())) == 50
    assert sorted(names[0] for names in ran.values()) == sorted(longest)
