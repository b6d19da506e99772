"""Draining waits while anything moves, for alerts too, and for nobody who is away."""

from collections.abc import Iterator
from pathlib import Path

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
