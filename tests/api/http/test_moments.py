"""What was at a moment is what a straight replay to that moment gives, wherever state files lie."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from api.http.moments import Moments
from api.http.past import Found, Past, number_at, past
from api.http.present import Present
from api.http.problems import Problem
from api.hub.follow import Decided
from operators.chain import Chain
from sinks.views.keys import LIVE
from streams import names
from streams.control import make
from streams.states import Place, States
from tests.suites.small_day import Day, small_day
from tower import clock
from tower.logs import urls


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Day, str]:
    """A small day in files, with a state in its middle."""
    folder = tmp_path_factory.mktemp("day")
    found = small_day(str(folder / "unused"), root=f"file:{folder}/logs")
    states, chain = States(str(folder / "states")), Chain(make)
    middle = len(found.log) // 2
    for record in found.log[:middle]:
        chain.advance(record)
    states.save("east", Place("l", middle, found.log[middle - 1].now), chain.saved())
    states.wait()
    return found, str(folder / "states")


def replayed(day: Day, number: int) -> Present:
    """The network after that record, taken from the first outcome on."""
    present = Present("east")
    present.take([Decided(outcome, 0) for outcome in day.outcomes[:number]])
    return present


def sorted_rows(table: str, rows: np.ndarray) -> list[bytes]:
    """Rows by id, as bytes."""
    order = np.argsort(rows[LIVE[table]], kind="stable")
    return [row.tobytes() for row in rows[order]]


@pytest.mark.parametrize("part", [0.3, 0.5, 0.8, 1.0])
def test_a_moment_is_what_a_straight_replay_gives(day: tuple[Day, str], part: float) -> None:
    recorded, states = day
    number = int(len(recorded.log) * part)
    found, straight = past(Past(recorded.root, states, "east", number)), replayed(recorded, number)
    assert isinstance(found, Found)
    assert found.now == straight.now
    differ = [table for table in LIVE if sorted_rows(table, found.tables.get(table, straight.tables[table].rows[:0]))
              != sorted_rows(table, straight.tables[table].rows)]  # fmt: skip
    assert differ == []
    assert len(straight.tables["legs"]) > 0


def test_a_moment_is_the_last_record_up_to_it(day: tuple[Day, str]) -> None:
    recorded, _ = day
    log = urls.reader(names.outcomes(recorded.root, "east"))
    nows = {record.number: record.now for record in recorded.outcomes}
    for number in (1, 7, len(nows)):
        last = max(other for other, now in nows.items() if now <= nows[number])
        assert number_at(log, nows[number]) == last
        assert number_at(log, nows[number] + 1) == max(other for other, now in nows.items() if now <= nows[number] + 1)
    assert number_at(log, nows[1] - 1) == 0


def test_what_is_not_kept_any_more_is_gone_with_a_hint_where_else_to_look(day: tuple[Day, str]) -> None:
    recorded, states = day
    now = replayed(recorded, len(recorded.outcomes))
    moments = Moments(recorded.root, states)
    with pytest.raises(Problem) as gone:
        moments.at("east", recorded.outcomes[0].now - 1, now)
    assert (gone.value.status, "sql" in gone.value.hint) == (410, True)
    with pytest.raises(Problem) as ahead:
        moments.at("east", now.now + 1, now)
    assert ahead.value.status == 422
    assert moments.at("east", now.now, now) is now, "the newest moment is now"


@pytest.mark.full
def test_another_process_makes_the_moment_and_it_is_kept(day: tuple[Day, str]) -> None:
    recorded, states = day
    now, number = replayed(recorded, len(recorded.outcomes)), len(recorded.log) // 2 + 5
    moments = Moments(recorded.root, states)
    made = moments.at("east", recorded.outcomes[number - 1].now, now)
    assert moments.at("east", recorded.outcomes[number - 1].now, now) is made
    straight = replayed(recorded, made.seq)
    assert sorted_rows("legs", made.tables["legs"].rows) == sorted_rows("legs", straight.tables["legs"].rows)
    assert made.now == straight.now
    moments.close()


ABANDONED = """
import multiprocessing, os
from concurrent.futures import ProcessPoolExecutor
from api.http.moments import tied

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), tied)
    print(pool.submit(os.getpid).result(), flush=True)
    os._exit(1)
"""


def test_the_process_that_makes_moments_ends_with_the_api_however_that_ends(tmp_path: Path) -> None:
    (tmp_path / "abandoned.py").write_text(ABANDONED)
    said = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, str(tmp_path / "abandoned.py")]
    found = subprocess.run(words, check=False, env=said, capture_output=True, text=True)
    worker = int(found.stdout)
    while is_there(worker):
        clock.sleep(0.05)
    assert not is_there(worker)


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
