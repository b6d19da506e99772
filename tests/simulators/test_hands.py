"""The world does what the tower sends: each action once, at one moment, whatever is killed, and tells the outcome."""

from typing import Any

import numpy as np
import orjson
import pytest

from simulators.driver import Player
from simulators.hands import SOURCE, Hands
from simulators.scenarios import load
from simulators.scenarios.reacting import ReactingFeed
from simulators.world.rows import BOOKED, COVERED, PLANNED, STAGED
from streams import names
from streams.entries import entries
from tests.suites.small_api import rows
from tests.suites.small_world import memory_root
from tower import ids
from tower.clock import HOUR, MINUTE
from tower.envelope import Envelope
from tower.events import NUMBER
from tower.ids import pairs
from tower.logs import urls
from tower.record import Record, entry

NETWORK = "blizzard"
ACTION = 0xAC
BOOKINGS = NUMBER["line.booked"]
pytestmark = pytest.mark.full


class Life:
    """A driver and what the tower has sent it."""

    def __init__(self, root: str = "") -> None:
        self.root = root or memory_root()
        feed = load(NETWORK)
        assert isinstance(feed, ReactingFeed)
        self.feed, self.player = feed, Player(feed, self.root, NETWORK)

    def at(self, hours: float) -> int:
        """So many hours after the start."""
        return self.feed.start_ms + int(hours * HOUR)

    def send(self, moves: list[tuple[int, int]], number: int = 1) -> None:
        """Have the tower send an action: lines to legs, by the world's numbers."""
        ids_, lines = self.feed.ids, []
        for line, leg in moves:
            key = int(pairs(ids_.order[[line]], ids_.line[[line]])[0])
            booked = int(self.feed.world.w.lines["leg"][line])
            lines.append({"key": ACTION * 1000 + line, "action": ACTION, "line": key, "order": ids_.order[line],
                          "order_line": ids_.line[line], "to_leg": ids_.leg[leg] if leg >= 0 else ids.UNKNOWN,
                          "from_leg": ids_.leg[booked] if booked >= 0 else ids.UNKNOWN, "state": 0})  # fmt: skip
        action = rows("actions", {"key": ACTION, "decision": 1, "state": 0, "type": 0})
        log = urls.writer(names.outcomes(self.root, NETWORK))
        said = {"actions": action, "action_moves": rows("action_moves", *lines)}
        log.append(number, [entry(Record(number, 0, said).encode())])
        log.close()

    def seat(self, visit: int, door: int, start: int) -> None:
        """Have the tower send a visit to a door, by the world's numbers."""
        ids_ = self.feed.ids
        move = {"key": ACTION * 1000, "action": ACTION, "visit": ids_.visit[visit], "to_start": start, "state": 0,
                "to_door": ids_.door[ids_.origin[visit >> 2], door]}  # fmt: skip
        said = {"actions": rows("actions", {"key": ACTION, "decision": 1, "state": 0, "type": 1}),
                "action_moves": rows("action_moves", move)}  # fmt: skip
        log = urls.writer(names.outcomes(self.root, NETWORK))
        log.append(1, [entry(Record(1, 0, said).encode())])
        log.close()

    def open_move(self, state: int = BOOKED) -> tuple[int, int]:
        """A line in that state, and another leg from where it is to where it goes, with room."""
        w, soon = self.feed.world.w, self.feed.world.now + 3 * HOUR
        for line in np.flatnonzero((w.lines["state"] == state) & (w.lines["leg"] >= 0)).tolist():
            leg = int(w.lines["leg"][line])
            fits = ((w.offered["origin"] == w.offered["origin"][leg]) & (w.offered["dest"] == w.offered["dest"][leg])
                    & (w.legs["state"] >= PLANNED) & (w.legs["state"] <= COVERED)
                    & (w.legs["used"] < w.offered["room"]) & (w.legs["etd"] > soon))  # fmt: skip
            fits[leg] = False
            if fits.any():
                return line, int(np.flatnonzero(fits)[0])
        raise AssertionError("no line can be moved")

    def answers(self) -> list[dict[str, Any]]:
        """What the hands have said."""
        found = entries(urls.reader(names.inbox(self.root, NETWORK, SOURCE)))
        return [said for _, data in found for said in orjson.loads(Envelope.decode(bytes(data)).data)]

    def kept(self) -> dict[str, list[bytes]]:
        """All inboxes but the clock's."""
        found = [source for source in names.sources(self.root, NETWORK) if source != names.CLOCK]
        return {source: [bytes(data) for _, data in entries(urls.reader(names.inbox(self.root, NETWORK, source)))]
                for source in found}  # fmt: skip


def test_a_line_is_booked_anew_and_the_action_is_acknowledged_and_executed() -> None:
    life = Life()
    life.player.until(life.at(30))
    line, leg = life.open_move()
    life.send([(line, leg)])
    life.player.until(life.at(30) + 2 * MINUTE)
    assert [said["kind"] for said in life.answers()] == ["action.acknowledged", "action.executed"]
    assert life.feed.world.w.lines["leg"][line] == leg
    life.player.until(life.at(31))
    assert len(life.answers()) == 2


def test_a_line_that_is_picked_stays_and_is_named_and_an_action_without_any_line_moved_has_failed() -> None:
    life = Life()
    life.player.until(life.at(40))
    line, leg = life.open_move()
    lines = life.feed.world.w.lines
    picked = int(np.flatnonzero((lines["state"] == STAGED) & (lines["leg"] >= 0))[0])
    before = int(lines["leg"][picked])
    life.send([(line, leg), (picked, leg)])
    life.player.until(life.at(40) + MINUTE)
    said = life.answers()[1]
    assert (said["kind"], [one["reason"] for one in said["failed"]]) == ("action.executed", ["line: picked"])
    assert life.feed.world.w.lines["leg"][picked] == before


def test_a_line_that_nobody_knows_fails_and_says_so() -> None:
    life = Life()
    life.player.until(life.at(30))
    line, _ = life.open_move()
    gone = int(np.flatnonzero(life.feed.world.w.legs["state"] > COVERED)[0])
    life.send([(line, gone)])
    life.player.until(life.at(30) + MINUTE)
    said = life.answers()[1]
    assert (said["kind"], said["reason"]) == ("action.failed", "leg: it does not go any more")


@pytest.mark.parametrize("room", [1, 2])
def test_a_line_of_two_loads_is_moved_where_there_is_room_for_both(room: int) -> None:
    life = Life()
    life.player.until(life.at(30))
    w, (line, leg) = life.feed.world.w, life.open_move()
    there = int(w.lines["leg"][line])
    w.ordered["loads"][line], w.legs["used"][there] = 2, w.legs["used"][there] + 1
    w.offered["room"][leg] = w.legs["used"][leg] + room
    life.send([(line, leg)])
    life.player.until(life.at(30) + MINUTE)
    assert life.answers()[-1]["kind"] == ("action.executed" if room == 2 else "action.failed")
    assert (w.lines["leg"][line] == leg) == (room == 2)
    assert w.legs["used"][leg] <= w.offered["room"][leg]


def test_lines_that_change_places_find_room_though_both_legs_are_full() -> None:
    life = Life()
    life.player.until(life.at(30))
    w = life.feed.world.w
    (line, leg) = life.open_move()
    there = int(w.lines["leg"][line])
    life.send([(line, leg)])
    life.player.until(life.at(30) + MINUTE)
    for full in (leg, there):
        w.offered["room"][full] = w.legs["used"][full]
    others = np.flatnonzero((w.lines["leg"] == there) & (w.lines["state"] == BOOKED))
    if not others.size:
        w.offered["room"][there] += 1
    moves = [(line, there), *((int(other), leg) for other in others[:1])]
    assert life.player.hands is not None
    life.player.hands.world.take([*map(errand(life), moves)], life.feed.world.now + 1000)
    life.player.until(life.at(30) + 2 * MINUTE)
    assert [int(life.feed.world.w.lines["leg"][line]) for line, _ in moves] == [leg for _, leg in moves]


def errand(life: Life) -> Any:
    """A move by the world's numbers, as one by name."""
    from simulators.scenarios.obeying import Errand

    texts = life.feed.ids.names

    def named(move: tuple[int, int]) -> Errand:
        line, leg = move
        key = int(pairs(life.feed.ids.order[[line]], life.feed.ids.line[[line]])[0])
        return Errand(f"#{key:016x}", "", "", texts[int(life.feed.ids.leg[leg])], True)

    return named


@pytest.mark.parametrize("killed", ["before the outcome is told", "after", "never"])
def test_killed_after_it_has_taken_an_action_on_it_does_it_once_at_the_same_moment(
    killed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = Life()
    straight.player.until(straight.at(30))
    move = straight.open_move()
    straight.send([move])
    straight.player.until(straight.at(33))
    life = Life()
    life.player.until(life.at(30))
    life.send([move])
    if killed == "before the outcome is told":
        with monkeypatch.context() as broken:
            broken.setattr(Hands, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                life.player.until(life.at(30) + MINUTE)
        assert [said["kind"] for said in life.answers()] == ["action.acknowledged"]
    elif killed == "after":
        life.player.until(life.at(30) + MINUTE)
    life.player.close()
    again = Life(life.root)
    again.player.until(again.at(33))
    assert again.kept() == straight.kept()


def test_a_visit_is_told_to_come_to_another_door_and_moment_and_who_is_killed_does_it_once() -> None:
    lives = [Life(), Life()]
    for life in lives:
        life.player.until(life.at(30))
        w = life.feed.world.w
        soon = (w.legs["state"] == PLANNED) & (w.visits["door"][::4] < 0) & (w.legs["etd"] > life.at(32))
        leg = int(np.flatnonzero(soon)[np.argmin(w.legs["etd"][soon])])
        visit, start = 4 * leg, life.at(31.5)
        life.seat(visit, 3, start)
    straight, killed = lives
    straight.player.until(straight.at(33))
    killed.player.until(killed.at(30) + MINUTE)
    killed.player.close()
    again = Life(killed.root)
    again.player.until(again.at(33))
    assert again.kept() == straight.kept()
    assert [said["kind"] for said in again.answers()] == ["action.acknowledged", "action.executed"]
    assert "failed" not in again.answers()[1]
    assert (int(again.feed.world.w.visits["wanted"][visit]), again.feed.world.w.visits["arrived"][visit] >= start) == (
        3, True)  # fmt: skip
