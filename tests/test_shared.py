"""What is made once for a run is made by the first who wants it, whole, and found by the others."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.suites.shared import once

WORKERS = ("gw0", "gw1", "gw2")


def factory(folder: Path) -> Any:
    """What pytest gives to a worker whose temporary folder this is."""
    folder.mkdir()
    return SimpleNamespace(getbasetemp=lambda: folder)


def test_one_worker_makes_it_and_the_others_wait_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "first").touch()
        (folder / "last").touch()

    with ThreadPoolExecutor(len(WORKERS)) as pool:
        found = list(pool.map(lambda name: once(factory(tmp_path / name), "week", make), WORKERS))
    assert found == [tmp_path / "week"] * len(WORKERS)
    assert len(made) == 1
    assert sorted(path.name for path in found[0].iterdir()) == ["first", "last"]


def test_what_was_not_made_whole_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    alone = factory(tmp_path / "alone")

    def breaks(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        once(alone, "week", breaks)
    found = once(alone, "week", lambda folder: (folder / "whole").touch())
    assert [path.name for path in found.iterdir()] == ["whole"]
    assert found == tmp_path / "alone" / "week"
