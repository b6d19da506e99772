"""A skip is a failure where nothing may be missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
A_TEST = "import pytest\n\ndef test_a():\n    pytest.skip('no broker')\n"
A_FILE = "import pytest\n\npytest.skip('no broker', allow_module_level=True)\n"
AN_EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_a():\n    assert 0\n"
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
