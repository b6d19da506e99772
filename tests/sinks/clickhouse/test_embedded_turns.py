"""Turns: bounded inside, bounded before the door, and an end that loses nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sinks.clickhouse.embedded.refusal import Refusal
from sinks.clickhouse.embedded.turns import Turns


class Guest:
    """Somebody who takes a turn and leaves when told."""

    def __init__(self, turns: Turns) -> None:
        self.leave, self.entered, self.refused = threading.Event(), threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self.visit, args=(turns,))
        self.thread.start()

    def visit(self, turns: Turns) -> None:
        try:
            with turns.turn():
                self.entered.set()
                self.leave.wait(60)
        except Refusal:
            self.refused.set()

    def left(self) -> None:
        self.leave.set()
        self.thread.join(60)


def test_one_more_than_may_wait_is_refused_at_once() -> None:
    turns = Turns("readers", at_once=1, waiting=0)
    guest = Guest(turns)
    assert guest.entered.wait(60)
    with pytest.raises(Refusal, match="1 readers are served and 0 wait") as refused, turns.turn():
        pass
    assert refused.value.status == 503
    guest.left()


def test_who_waits_enters_when_another_leaves() -> None:
    turns = Turns("readers", at_once=1, waiting=1)
    first = Guest(turns)
    assert first.entered.wait(60)
    second = Guest(turns)
    assert not second.entered.wait(0.05)
    first.left()
    assert second.entered.wait(60)
    second.left()


def test_waiting_has_an_end() -> None:
    turns = Turns("readers", at_once=1, waiting=1, wait_s=0.02)
    first = Guest(turns)
    assert first.entered.wait(60)
    with pytest.raises(Refusal, match=r"waited 0\.02 s"), turns.turn():
        pass
    first.left()


def test_draining_waits_for_who_is_inside_and_refuses_who_waits() -> None:
    turns = Turns("readers", at_once=1, waiting=1)
    inside = Guest(turns)
    assert inside.entered.wait(60)
    before, drained = Guest(turns), threading.Thread(target=turns.drain)
    drained.start()
    assert before.refused.wait(60)
    assert drained.is_alive()
    inside.left()
    drained.join(60)
    assert not drained.is_alive()
    with pytest.raises(Refusal, match="stopping"), turns.turn():
        pass


def test_never_more_are_inside_than_may_be() -> None:
    turns, inside, most = Turns("readers", at_once=3, waiting=100), list[int](), list[int]()

    def visit(number: int) -> None:
        with turns.turn():
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(visit, range(500)))
    assert len(most) == 500
    assert max(most) <= 3
