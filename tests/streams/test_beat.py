"""A flow says once a second that its loop turns, how far it is and what it measured; whoever asks is told the truth."""

import re
from pathlib import Path

import pytest

from api import alive
from streams.beat import Beat, Turning, heard, path_of
from tests.streams.test_alerts_flow import ALL, box_of, told
from tower import clock
from tower.errors import TowerError


def test_a_beat_says_when_the_loop_last_turned_and_how_far_it_is(tmp_path: Path) -> None:
    turning = Turning()
    beat = Beat(tmp_path, "control", turning)
    turning.turn()
    turning.at("east", 7)
    beat.write()
    first = heard(tmp_path, "control")
    clock.sleep(0.01)
    beat.write()
    second = heard(tmp_path, "control")
    assert first is not None
    assert second is not None
    assert (first.flow, first.passed) == ("control", {"east": 7})
    assert second.at > second.turned == first.turned, "it has not turned since"
    turning.turn()
    beat.write()
    third = heard(tmp_path, "control")
    assert third is not None
    assert third.turned == third.at


def test_a_disk_that_takes_nothing_stops_no_flow(tmp_path: Path) -> None:
    (tmp_path / "beats").touch()
    Beat(tmp_path, "control", Turning()).write()
    with pytest.raises(TowerError, match="cannot be read"):
        heard(tmp_path, "control")


def test_a_flow_that_turns_is_alive_and_one_that_does_not_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOWER_DATA", str(tmp_path))
    assert alive.main(["control"]) == 1
    assert "control has said nothing yet" in capsys.readouterr().err
    turning = Turning()
    turning.turn()
    beat = Beat(tmp_path, "control", turning)
    beat.write()
    assert alive.main(["control"]) == 0
    assert re.fullmatch(r"control turned [\d.]+ s ago\n", capsys.readouterr().err)
    monkeypatch.setattr(alive, "PATIENCE_S", -1.0)
    assert alive.main(["control"]) == 1
    assert "control has not turned for" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["nonsense"], ["../keys"]])
def test_what_is_no_flow_is_not_asked(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOWER_DATA", str(tmp_path))
    assert alive.main(words) == 2
    assert "no such flow" in capsys.readouterr().err


def test_something_else_in_its_place_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = path_of(tmp_path, "control")
    path.parent.mkdir()
    for said in (b"{", b"[]", b'{"flow": "control"}'):
        path.write_bytes(said)
        with pytest.raises(TowerError, match=r"control\.json cannot be read"):
            heard(tmp_path, "control")


def test_alerts_say_how_far_they_are_even_where_the_outbox_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    turning = Turning()
    monkeypatch.setattr("streams.alerts.HERE", turning)
    here = told(tmp_path / "states", [ALL])
    box_of(here, tmp_path)
    assert turning.passed == {"east": here.outcomes[-1].number}
