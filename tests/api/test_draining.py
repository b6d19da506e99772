"""Draining waits while anything moves, for alerts too, and for nobody who is away."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from api import draining
from api.draining import gone, send_out
from api.embedded import Tower
from api.progress import Progress
from api.standing import alerted, untold
from api.supervisor import Supervisor
from api.vitals import Vitals
from sinks.webhooks.outbox import Message, Outbox
from streams import names
from streams.alerts import outbox_of
from streams.beat import Beat, Turning
from tower.logs import urls
from tower.record import Record


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervisor]:
    """A supervisor of no program, and little patience."""
    monkeypatch.setattr(draining, "REST_S", 0.0)
    monkeypatch.setattr(draining, "STUCK_S", 0.05)
    one = Supervisor([], tmp_path)
    yield one
    one.close()


def test_it_waits_while_something_moves_and_gives_up_what_does_not(nobody: Supervisor) -> None:
    steps = iter([[3, 1], [2, 1], [1, 0], [0, 0]])
    assert gone(nobody, lambda: next(steps))
    assert not gone(nobody, lambda: [1])


@pytest.mark.parametrize(("stands_s", "used_s", "found"), [
    (10, 0, False), (20, 0.1, True), (20, 5, False), (900, 170, False), (900, 190, True),
])  # fmt: skip
def test_who_works_without_a_step_is_waited_for_but_not_for_ever(stands_s: float, used_s: float, found: bool) -> None:
    assert draining.is_stuck(stands_s, used_s) is found


def test_the_cpu_of_flows_alone_counts_as_work(monkeypatch: pytest.MonkeyPatch) -> None:
    pids = {"control": 7, "ingest": 8, "clickhouse": 9, "alerts": None}
    one: Any = SimpleNamespace(running={name: SimpleNamespace(pid=pid) for name, pid in pids.items()})
    monkeypatch.setattr(draining, "cpu_s", {7: 1.0, 8: 2.0, 9: 4.0}.__getitem__)
    assert draining.used_s(one) == 3.0


def waiting(path: Path, *messages: str) -> Outbox:
    box = Outbox(path)
    for name in messages:
        box.tell(Message(name, "ops", "tower.deviation.opened", b"{}"), 1, None)
    return box


def test_an_alert_is_waited_for_until_it_was_tried_once(
    nobody: Supervisor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Tower(tmp_path, ("east",), 1, 2, "key")
    assert untold(tmp_path, "east") == 0
    box = waiting(outbox_of(tmp_path, "east"), "m1", "m2")
    assert untold(tmp_path, "east") == 2
    send_out(nobody, here)
    assert "Alerts are left that nobody has taken" in capsys.readouterr().err
    for message in box.due("ops", 1):
        box.tried(message, 1, 503, "away", "waiting", due_ms=10**15)
    assert untold(tmp_path, "east") == 0
    send_out(nobody, here)
    assert capsys.readouterr().err == ""
    box.close()


def test_how_far_alerts_are_is_what_the_flow_says(tmp_path: Path) -> None:
    root = f"file:{tmp_path}/logs"
    outcomes = urls.writer(names.outcomes(root, "east"))
    outcomes.append(1, [Record(number, number).entry() for number in (1, 2, 3)])
    progress = Progress(root, ["east"], data=tmp_path)
    assert (progress.alerts(), alerted(tmp_path, "east")) == (None, 0), "it has said nothing yet"
    turning = Turning()
    beat = Beat(tmp_path, "alerts", turning)
    for number in (2, 3):
        turning.at("east", number)
        beat.write()
        assert progress.asks()["alerts"]() == Vitals(number, waits=number < 3)
    assert alerted(tmp_path, "east") == 3
    outcomes.close()
