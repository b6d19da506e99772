"""A scenario and the steps that watch it in one process: what they decide the world does, always the same way."""

import json
from pathlib import Path
from typing import Any

import pytest

from streams import names
from streams.entries import records
from tests.suites.tower_folder import say
from tower.logs import urls
from tower.outcomes import ACTION_STATES, MOVE_STATES

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]
AUTO = {"decisions": {"rebook": {"mode": "auto", "auto_most_cents": 1_000_000, "auto_confidence": 0.5,
                                 "auto_undo_min": 0}}}  # fmt: skip
UNTIL = "2013-02-06T12:00:00-05:00"
"""By then a few incidents have had options."""


def replayed(capfd: pytest.CaptureFixture[str], folder: Path, *words: str) -> dict[str, Any]:
    """The summary of a replay of the blizzard's first hours under that policy, kept in the folder."""
    folder.mkdir()
    (folder / "auto.json").write_text(json.dumps(AUTO))
    said = say(capfd, "replay", "blizzard", "--to", UNTIL, "--policy", str(folder / "auto.json"), "--json",
               "--out", str(folder / "logs"), *words)  # fmt: skip
    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


def test_what_the_tower_decides_is_done_and_told_and_it_always_plays_the_same(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = replayed(capfd, tmp_path / "a"), replayed(capfd, tmp_path / "b")
    assert (first["outcomes_hash"], first["state_hash"]) == (second["outcomes_hash"], second["state_hash"])
    assert (first["rejected"], first["outcomes"]["actions"] > 0) == ({}, True)
    again = json.loads(say(capfd, "replay", str(tmp_path / "a" / "logs"), "--json").out)
    assert again["state_hash"] == first["state_hash"], "the log says what the world did"
    states, booked = last_of(tmp_path / "a" / "logs")
    assert set(states) == {ACTION_STATES.index("executed")}
    assert set(booked) == {True}, "each line that was moved has been booked where it was to go"


def test_a_receipt_is_recomputed_from_the_log_and_is_equal(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    replayed(capfd, tmp_path / "a")
    outcomes = records(urls.reader(names.outcomes(f"file:{tmp_path}/a/logs", "blizzard")))
    decision = next(int(rows["key"][0]) for outcome in outcomes if (rows := outcome.rows("decisions")).size)
    said = say(capfd, "explain", f"#{decision:016x}", "--data", str(tmp_path / "a"), "--json")
    told = json.loads(said.out)
    assert (said.code, told["recomputed"]["equal"], told["approvers"]) == (0, True, ["policy"])
    assert say(capfd, "explain", f"#{decision:016x}", "--data", str(tmp_path / "a")).lines[-1].endswith(": equal")


def last_of(folder: Path) -> tuple[list[int], list[bool]]:
    """The state of each action, and of each line that was moved whether it was booked on that leg afterwards."""
    actions: dict[int, int] = {}
    moved: dict[int, tuple[int, int]] = {}
    seen: set[tuple[int, int]] = set()
    for outcome in records(urls.reader(names.outcomes(f"file:{folder}", "blizzard"))):
        actions |= {int(row["key"]): int(row["state"]) for row in outcome.rows("actions")}
        done = [row for row in outcome.rows("action_moves") if row["state"] == MOVE_STATES.index("done")]
        moved |= {int(row["key"]): (int(row["line"]), int(row["to_leg"])) for row in done}
        lines = outcome.rows("lines")
        seen |= set(zip(lines["key"].tolist(), lines["booked_leg"].tolist(), strict=True))
    return list(actions.values()), [one in seen for one in moved.values()]
