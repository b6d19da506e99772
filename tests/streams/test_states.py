import os
from pathlib import Path

import pytest

from streams.states import Place, States
from tower import clock
from tower.errors import Fenced, FormatError, Lost

STATE = {"": {"chain": b"1234"}, "legs": {"legs": b"abc", "past": b""}}


def save(states: States, number: int, now: int = 0, *, kept: bool = False) -> None:
    states.save("a/b", Place("log", number, now, kept), STATE)
    states.wait()


def test_a_state_comes_back_byte_for_byte(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    save(states, 7)
    assert states.load("a/b", 7) == STATE
    assert states.numbers("a/b") == [7]
    assert os.listdir(tmp_path) == ["a_2fb"]


def test_the_newest_few_and_one_an_hour_and_what_is_kept_stay(tmp_path: Path) -> None:
    states = States(str(tmp_path), newest=2)
    save(states, 1, kept=True)
    for number in range(2, 11):
        save(states, number, now=number * clock.HOUR // 4)
    assert states.numbers("a/b") == [1, 3, 7, 9, 10]


def test_only_so_many_hours_stay(tmp_path: Path) -> None:
    states = States(str(tmp_path), newest=1, hours=2)
    for number in range(1, 6):
        save(states, number, now=number * clock.HOUR)
    assert states.numbers("a/b") == [4, 5]


def test_control_starts_from_the_newest_that_outcomes_have_caught_up_with(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    for number in (10, 20, 30):
        save(states, number)
    assert [states.newest("a/b", "log", 40, upto) for upto in (9, 10, 29, 40)] == [0, 10, 20, 30]


def test_a_log_emptied_beside_its_states_is_named_with_a_fix(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    save(states, 10)
    with pytest.raises(Lost, match=r"is of log log, LOG is other") as caught:
        states.newest("a/b", "other", 40, 40)
    assert caught.value.try_.startswith("put the log back, or remove")
    with pytest.raises(Lost, match="is beyond the end of LOG, 9"):
        states.newest("a/b", "log", 9, 9)


def test_a_damaged_state_is_never_loaded(tmp_path: Path) -> None:
    states = States(str(tmp_path))
    save(states, 3)
    path = tmp_path / "a_2fb" / "3"
    whole = path.read_bytes()
    for at in (0, 9, len(whole) // 2, len(whole) - 20):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises((FormatError, ValueError)):
            states.load("a/b", 3)
    path.write_bytes(whole[:-1])
    with pytest.raises(FormatError, match="is damaged"):
        states.load("a/b", 3)


def test_a_half_written_state_is_none(tmp_path: Path) -> None:
    (tmp_path / "a_2fb").mkdir()
    (tmp_path / "a_2fb" / "3.new").write_bytes(b"half")
    assert States(str(tmp_path)).numbers("a/b") == []


def test_a_state_that_another_control_has_dropped_meanwhile_is_named(tmp_path: Path) -> None:
    states = States(str(tmp_path), newest=1)
    save(states, 1)
    save(States(str(tmp_path), newest=1), 2)
    for asked in (states.load, states.head):
        with pytest.raises(Fenced, match=r"a_2fb/1 is gone: another control of network a/b has gone on"):
            asked("a/b", 1)
