"""Runs in their turn: each in a process of its own, which may be stopped, killed, or left behind."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.whatif import play, turns
from api.whatif.kept import KEPT, Kept, put
from api.whatif.turns import CUT_OFF, Turns, started, verdict
from tower import clock

FORK = {"id": "f" * 16, "network": "blizzard", "from": "2013-02-08T15:30:00.000Z", "moment": 1_360_337_400_000,
        "position": 30, "state_hash": "00", "title": "", "past": "running", "of": "blizzard"}  # fmt: skip
ONE = {"key": "A", "title": "As run", "said": "blizzard", "policy": "usual", "words": {}}
FAST = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text('{\"runs_done\": 1}')"


def asked(**more: Any) -> dict[str, Any]:
    return {"kind": "run", "status": "waiting", "title": "", "fork": FORK, "variants": [ONE], "day": "2013-02-08",
            "runs": 1, "precision": 0.0, "asked_ms": 1, **more}  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path, "blizzard")


class Playing:
    """Turns over one network, with a player of the test's own."""

    def __init__(self, kept: Kept) -> None:
        self.kept, self.turns = kept, Turns({"blizzard": kept})

    def until(self, id: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        for _ in range(2400):
            told = self.kept.run(id) or {}
            if is_so(told):
                return told
            clock.sleep(0.05)
        raise AssertionError(told)

    def over(self, id: str) -> dict[str, Any]:
        return self.until(id, lambda told: told["status"] not in ("waiting", "running"))

    def pid(self, id: str) -> int:
        self.until(id, lambda told: told["status"] == "running")
        with self.turns._lock:
            assert self.turns._now is not None
            return self.turns._now[2].pid


@pytest.fixture
def playing(kept: Kept) -> Iterator[Playing]:
    found = Playing(kept)
    found.turns.start()
    yield found
    found.turns.stop()
    found.turns.join(20)


def plays(code: str) -> Callable[[Path, str], subprocess.Popen[bytes]]:
    """A player that does this."""

    def begun(run: Path, _: str) -> subprocess.Popen[bytes]:
        with open(f"{run}.said", "wb") as said:
            words = [sys.executable, "-c", code, f"{run}.found"]
            return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=said, stderr=said)

    return begun


def test_a_run_is_played_whole_by_its_own_process_and_says_what_it_found(playing: Playing) -> None:
    id = playing.kept.add_run(asked(), {})["id"]
    playing.turns.wake()
    assert playing.over(id)["status"] == "done", playing.kept.said(id)
    found = playing.kept.found(id)
    assert (found["runs_done"], found["stopped_because"], found["eta_s"]) == (1, "one run", None)
    assert found["proof"]["from_position"] == 30
    assert found["proof"]["policy"] == {"A": "usual"}
    net = next(one for one in found["kpis"] if one["name"] == "net_cost")
    assert list(net["of"]["A"]) == ["value", "runs"], "nothing to compare with"
    assert net["of"]["A"]["value"] > 0
    assert list(found["lanes"]["series"]) == ["A"]
    assert "diff" not in found
    assert found["cpu_s"] > 0


def test_a_process_that_is_killed_has_failed_and_the_next_one_is_played(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "started", plays("import time; time.sleep(600)"))
    first = playing.kept.add_run(asked(), {})["id"]
    second = playing.kept.add_run(asked(), {})["id"]
    playing.turns.wake()
    pid = playing.pid(first)
    monkeypatch.setattr(turns, "started", plays(FAST))
    os.kill(pid, signal.SIGKILL)
    told = playing.over(first)
    assert (told["status"], told["why"]) == ("failed", "its process was ended by signal 9")
    assert told["hint"]
    assert playing.over(second)["status"] == "done"


def test_a_run_that_is_stopped_ends_its_process_and_keeps_what_it_found(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "started", plays(f"{FAST}; import time; time.sleep(600)"))
    id = playing.kept.add_run(asked(), {})["id"]
    playing.turns.wake()
    pid = playing.pid(id)
    playing.until(id, lambda _: bool(playing.kept.found(id)))
    assert (playing.turns.stop_run("blizzard", id) or {})["status"] == "stopped"
    while playing.turns._now is not None:
        clock.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert (playing.kept.run(id) or {})["status"] == "stopped"
    assert playing.kept.found(id) == {"runs_done": 1}
    assert (playing.turns.stop_run("blizzard", id) or {})["status"] == "stopped", "again changes nothing"


def test_after_a_restart_what_waited_waits_and_what_was_under_way_has_failed(kept: Kept) -> None:
    waits, under_way, done = (kept.add_run(asked(status=status), {})["id"] for status in ("waiting", "running", "done"))
    again = Turns({"blizzard": kept})
    assert ((kept.run(under_way) or {})["status"], (kept.run(under_way) or {})["why"]) == ("failed", CUT_OFF)
    assert (kept.run(done) or {})["status"] == "done"
    assert (again._next() or ("", {}))[1]["id"] == waits


def test_a_player_ends_when_nobody_holds_its_input_any_more(kept: Kept) -> None:
    id = kept.add_run(asked(), {})["id"]
    process = started(kept.runs / id)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) == 3


def test_where_no_process_can_be_started_it_is_tried_again(
    playing: Playing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "AGAIN_S", 0.05)
    failed: list[Path] = []

    def once(run: Path, root: str) -> subprocess.Popen[bytes]:
        if not failed:
            failed.append(run)
            raise OSError(12, "no memory")
        return plays(FAST)(run, root)

    monkeypatch.setattr(turns, "started", once)
    id = playing.kept.add_run(asked(), {})["id"]
    playing.turns.wake()
    assert playing.over(id)["status"] == "done"
    assert failed


def test_words_that_cannot_be_played_are_told(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    id = kept.add_run(asked(day="2013-05-23"), {})["id"]
    monkeypatch.setattr(sys, "argv", ["play", str(kept.runs / f"{id}.json"), str(kept.runs / f"{id}.found")])
    monkeypatch.setattr(os, "nice", lambda _: None)
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    monkeypatch.setattr(threading.Thread, "start", lambda _: None)
    assert play.main() == 1
    (kept.runs / f"{id}.said").write_text("Error: day: no day of the forked week\n")
    assert verdict(kept, id, 1, "")["why"] == "day: no day of the forked week"
    assert verdict(kept, id, -signal.SIGXCPU, "")["why"] == f"its process used more than {play.CPU_S} s of CPU"
    assert verdict(kept, id, 3, "")["why"] == "its process ended with 3"


def test_only_the_newest_are_kept_but_none_is_dropped_that_waits(kept: Kept) -> None:
    waits = kept.add_run(asked(), {})["id"]
    old = kept.add_run(asked(status="done"), {})["id"]
    put(kept.runs / f"{old}.found", {"runs_done": 1})
    for _ in range(KEPT):
        kept.add_run(asked(status="done"), {})
    assert len(kept.all_runs()) == KEPT
    assert kept.run(waits)
    assert kept.run(old) is None
    assert kept.found(old) == {}


def test_files_that_are_no_runs_are_passed_over(kept: Kept) -> None:
    id = kept.add_run(asked(), {})["id"]
    for name, text in (("0" * 16, "{"), ("1" * 16, "[]"), ("2" * 16, '{"id": "3"}')):
        (kept.runs / f"{name}.json").write_text(text)
    assert [one["id"] for one in kept.all_runs()] == [id]
    assert kept.run("../" + id) is None
    assert kept.change("9" * 16, status="done") is None
