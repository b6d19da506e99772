"""Seeded schedules: whatever happens, and in whichever order, the tower says what a straight replay says."""

import re
import tempfile
from pathlib import Path

import pytest

from streams import outcomes, planner
from streams.ingest import InboxSource
from tests.schedules.rest import check
from tests.schedules.schedule import Schedule
from tower.logs.tail import Tail
from tower.record import Record, entry

SHORT, LONG, BLOCK = 100, 10_000, 50
SOON = 60
"""Within so many schedules a planted bug must show."""
MEMORY = Path("/dev/shm")


def play(seed: int) -> Schedule:
    """Run a schedule and check all that must be true of its end. What fails says how to play it again."""
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=where) as folder, pytest.MonkeyPatch.context() as patch:
        schedule = Schedule(seed, folder, patch)
        try:
            schedule.run()
            check(schedule)
        except BaseException as error:
            error.add_note(f"replay with: ./towerctl test tests/schedules -k 'seed-{seed:05}'\n{schedule.happened}")
            raise
        return schedule


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Some seeds always; any other one that is asked for by name."""
    if "seed" in metafunc.fixturenames:
        asked = {int(number) for number in re.findall(r"seed-(\d{5})", metafunc.config.option.keyword)}
        metafunc.parametrize("seed", sorted({*range(SHORT), *asked}), ids="seed-{:05}".format)


def test_whatever_happens_the_tower_says_what_a_straight_replay_says(seed: int) -> None:
    play(seed)


@pytest.mark.long
@pytest.mark.parametrize("first", range(SHORT, LONG, BLOCK))
def test_so_it_does_in_ten_thousand_schedules(first: int) -> None:
    for seed in range(first, first + BLOCK):
        play(seed)


def test_a_schedule_is_the_same_whenever_it_is_played() -> None:
    first, second = play(7), play(7)
    assert first.happened == second.happened
    assert first.views.server.keys == second.views.server.keys


def test_everything_that_can_go_wrong_does_in_the_first_schedules() -> None:
    played = [play(seed) for seed in range(40)]
    happened = [schedule.happened for schedule in played]
    assert sum(h.deaths for h in happened) > 20
    assert sum(h.cuts for h in happened) > 20
    assert sum(h.jumps > 0 for h in happened) > 2
    assert sum(schedule.control.healed for schedule in played) > 2
    assert sum(schedule.control.announced for schedule in played) > 2
    assert sum(len(schedule.planned) > 1 for schedule in played) > 5
    told = {name.split(": ")[1] for h in happened for name in h.errors}
    assert told >= {"Refused", "Fenced", "Lost"}


def believe_everything(partition: outcomes.OutcomePartition, records: list[Record]) -> None:
    """A sink of outcomes that does not refuse what it has."""
    partition.log.append(partition.log.last()[0] + 1, [entry(record.encode()) for record in records])
    partition._gate.passed += len(records)


def forget_causes(source: InboxSource, network: str) -> Record | None:
    """Ingest that starts without knowing what is taken in."""
    last = remembered(source, network)
    return last and Record(last.number, last.now)


def forget_what_was_said(root: str, network: str) -> int:
    """A plan flow that starts without knowing what it has said."""
    return 0


remembered = InboxSource.last
BUGS = {
    "refusal off in the outcome sink": (outcomes.OutcomePartition, "write_batch", believe_everything),
    "ingest forgets its causes at restart": (InboxSource, "last", forget_causes),
    "the plan flow forgets what it has said": (planner, "last_basis", forget_what_was_said),
    "a lost append that was not synced is believed": (Tail, "sync", lambda tail: None),
}


@pytest.mark.parametrize("bug", BUGS)
def test_schedules_find_a_planted_bug(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*BUGS[bug])
    found = next(error for seed in (*range(SOON, 2 * SOON), *range(SOON)) if (error := failure(seed)))
    assert "replay with: ./towerctl test tests/schedules -k 'seed-000" in found.__notes__[-1]


def failure(seed: int) -> Exception | None:
    """What a schedule fails with."""
    try:
        play(seed)
    except Exception as error:  # noqa: BLE001 - a planted bug may show in any way
        return error
    return None
