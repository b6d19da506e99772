"""A supervisor keeps programs running and says each change in one clear line; a folder has one tower."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api import worker
from api.programs import Program, Running, inherited
from api.supervisor import Folder, Supervisor
from tower.errors import Refused, TowerError

ROOT = Path(__file__).parents[2]
Made = Callable[..., Supervisor]


def says(name: str, *lines: str, then: str = "sleep 60", **more: object) -> Program:
    """A program that says these lines and goes on so; ready at `ready`."""
    script = "; ".join([*(f"echo '{line}'" for line in lines), then])
    return Program(name, ("sh", "-c", script), "ready", **more)  # type: ignore[arg-type]


@pytest.fixture
def supervised(tmp_path: Path) -> Iterator[Made]:
    """Makes supervisors; ends what they started."""
    made: list[Supervisor] = []

    def make(*programs: Program, heal: Callable[[str], bool] = lambda _: False) -> Supervisor:
        made.append(Supervisor(programs, tmp_path, heal))
        return made[-1]

    yield make
    for supervisor in made:
        supervisor.close()


def watched(supervisor: Supervisor, until: Callable[[], object], seconds: float = 60.0) -> None:
    """Watch until that is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        supervisor.watch()
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_all_programs_are_started_and_each_is_said_when_it_is_ready(
    supervised: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervised(says("one", then="sleep 0.3; echo ready; sleep 60"), says("two", "ready"))
    supervisor.start()
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[:3] for line in lines] == [["one", "up,", "pid"], ["two", "up,", "pid"]]
    assert all(is_alive(run.pid) for run in supervisor.running.values())


def test_a_program_that_is_killed_is_started_again_and_each_change_is_one_line(
    supervised: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    supervisor = supervised(says("one", "ready"))
    supervisor.start()
    run = supervisor.running["one"]
    before = run.pid
    os.kill(before, signal.SIGKILL)
    watched(supervisor, lambda: run.starts == 2 and run.is_up)
    assert run.pid not in {0, before}
    up, ended, again, up_again = capsys.readouterr().err.splitlines()
    assert up.startswith(f"one          up, pid {before}, after ")
    assert ended == f"one          ended with -9: ready; again in 0.02 s; see {run.output}"
    assert again == f"one          started again, pid {run.pid}"
    assert up_again.startswith(f"one          up, pid {run.pid}, after ")


def test_what_one_life_said_does_not_make_the_next_one_ready(supervised: Made, tmp_path: Path) -> None:
    script = f"test -e {tmp_path}/once || (touch {tmp_path}/once; echo ready); sleep 60"
    supervisor = supervised(Program("one", ("sh", "-c", script), "ready"))
    supervisor.start()
    run = supervisor.running["one"]
    os.kill(run.pid, signal.SIGKILL)
    watched(supervisor, lambda: run.starts == 2 and run.pid)
    assert not run.is_ready()


def test_a_program_that_cannot_start_names_itself_its_last_words_and_where_its_output_lies(supervised: Made) -> None:
    supervisor = supervised(says("good", "ready"), says("bad", "setting up", "Error: no such key", then="exit 3"))
    with pytest.raises(TowerError, match="bad ended: Error: no such key") as caught:
        supervisor.start()
    assert caught.value.try_ == f"see {supervisor.running['bad'].output}"


def test_one_that_dies_without_a_word_before_it_is_ready_is_started_again_and_how_it_died_is_said(
    supervised: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = f"n=$(cat {tmp_path}/n 2>/dev/null || echo 0); echo $((n+1)) > {tmp_path}/n; "
    dies = "case $n in 0) exit 70;; 1) kill -SEGV $$;; esac; echo ready; sleep 60"
    supervisor = supervised(Program("one", ("sh", "-c", script + dies), "ready"))
    supervisor.start()
    first, second, up = capsys.readouterr().err.splitlines()
    assert first == "one          ended with 70, last words: said nothing, before it was ready; started again"
    assert second == "one          was ended by SIGSEGV, last words: said nothing, before it was ready; started again"
    assert up.startswith("one          up, pid ")


def test_one_that_dies_again_and_again_is_given_up(supervised: Made, capsys: pytest.CaptureFixture[str]) -> None:
    supervisor = supervised(says("one", "hm", then="exit 70"))
    with pytest.raises(TowerError, match="one ended: hm"):
        supervisor.start()
    assert (supervisor.running["one"].starts, capsys.readouterr().err.count("started again")) == (3, 2)


def test_a_program_that_does_not_exist_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(TowerError, match="ghost cannot start: no-such-program: No such file"):
        Running(Program("ghost", ("no-such-program",)), tmp_path / "ghost.txt").start()


@pytest.mark.parametrize("words, last", [
    ("echo; echo", "said nothing"),
    ("echo 'Traceback (most recent call last):'; echo 'tower.errors.Refused: x is written by y'; echo 'Try: stop it'",
     "tower.errors.Refused: x is written by y"),
    ("echo 'ValueError: seven'; echo 'bytewax.errors.BytewaxRuntimeError: (src/worker.rs) error'", "ValueError: seven"),
    ("yes | head -c 200000; echo; echo 'Error: the very last'", "Error: the very last"),
])  # fmt: skip
def test_the_last_words_name_the_error(tmp_path: Path, words: str, last: str) -> None:
    run = Running(Program("one", ("sh", "-c", words)), tmp_path / "one.txt")
    run.start()
    assert run.process is not None
    run.process.wait()
    assert run.last_words() == last


def test_a_program_that_always_ends_is_waited_for_twice_as_long_each_time(tmp_path: Path) -> None:
    run = Running(says("one"), tmp_path / "one.txt")
    run.since = time.monotonic()
    assert [run.back_off() for _ in range(10)] == [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.0, 5.0]
    run.since -= 31
    assert run.back_off() == 0.02


def test_a_program_whose_purpose_is_to_end_is_not_started_again(supervised: Made) -> None:
    supervisor = supervised(says("one", "ready", then="exit 0", ends=True))
    supervisor.start()
    watched(supervisor, supervisor.is_done)
    supervisor.watch()
    assert supervisor.running["one"].starts == 1


def test_healing_is_asked_for_by_name_and_said_and_failing_at_it_stops_nobody(
    supervised: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    def heal(name: str) -> bool:
        if name == "two":
            raise TowerError("record 7 ends control even without its events")
        return True

    supervisor = supervised(says("one", "ready"), says("two", "ready"), heal=heal)
    supervisor.start()
    for run in supervisor.running.values():
        os.kill(run.pid, signal.SIGKILL)
    watched(supervisor, lambda: all(run.starts == 2 for run in supervisor.running.values()))
    said = capsys.readouterr().err
    assert "one          ended with -9: ready; healed, again in 0.02 s" in said
    assert "two          ended with -9: ready; cannot be healed: record 7 ends control even without its events" in said


def test_what_is_stopped_is_not_missed_and_who_does_not_listen_is_made_to(supervised: Made) -> None:
    deaf = says("deaf", "ready", then="trap '' TERM; while :; do sleep 0.1; done")
    supervisor = supervised(deaf, says("good", "ready"))
    supervisor.start()
    pids = [run.pid for run in supervisor.running.values()]
    supervisor.running["deaf"].end(patience_s=0.2)
    supervisor.stop("good")
    supervisor.watch()
    assert [is_alive(pid) for pid in pids] == [False, False]


def test_programs_do_not_hear_the_ctrl_c_of_their_supervisor(supervised: Made) -> None:
    supervisor = supervised(says("one", "ready"))
    supervisor.start()
    assert os.getpgid(supervisor.running["one"].pid) != os.getpgid(0)


def test_programs_end_with_the_supervisor_however_it_ends(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from api.programs import Program
from api.supervisor import Supervisor
s = Supervisor([Program("one", ("sh", "-c", "echo ready; sleep 60"), "ready")], Path({str(tmp_path)!r}))
s.start()
print(s.running["one"].pid, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    process.kill()
    process.wait()
    process.stdout.close()
    end = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_alive(pid)


def test_programs_have_the_settings_that_they_are_given_and_no_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOWER_REDIS_PASSWORD", "hush")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "kept")
    assert "TOWER_REDIS_PASSWORD" not in inherited()
    assert inherited()["NUMBA_CACHE_DIR"] == "kept"


def test_a_second_tower_on_a_folder_is_refused_by_name_until_the_first_is_gone(tmp_path: Path) -> None:
    first = Folder(tmp_path)
    with pytest.raises(Refused, match=f"data folder {tmp_path}: a tower runs on it \\(pid {os.getpid()}\\)") as caught:
        Folder(tmp_path)
    assert "--data" in caught.value.try_
    first.close()
    Folder(tmp_path).close()


def test_a_flow_that_does_not_exist_is_refused_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert worker.main(["nonsense"]) == 1
    flows = "kafka_in, ingest, control, views, record, plan, alerts"
    said = f"Error: api.worker: no such flow (got nonsense)\nTry: one of: {flows}\n"
    assert capsys.readouterr().err == said


def test_what_a_person_can_mend_is_found_behind_what_the_engine_makes_of_it() -> None:
    refused, wrapped = Refused("log is written by pid 7", "stop that one"), RuntimeError("error calling build_part")
    wrapped.__cause__ = refused
    assert worker.cause(wrapped) is refused
    assert worker.cause(ValueError("a bug")) is None
