"""Doors from end to end: most of a hub's are closed, the running chain offers to seat visits otherwise, policy has it
done, the world does it, the log says the same when it is taken again, and a person takes it back.
"""

from collections.abc import Iterator
from heapq import merge
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api import receipt
from api.reading import Texts
from simulators import scenarios
from simulators.answering import Answering
from simulators.scenarios.reacting import ReactingFeed
from simulators.scenarios.week import HUBS
from simulators.world.rows import OUT
from streams import told
from streams.planned import Planned
from streams.replay import Arrival, Keep, Replay
from streams.states import Place, States
from tests.suites.small_world import memory_root
from tower.clock import HOUR, MINUTE
from tower.outcomes import ACTION_STATES, ACTION_TYPES, DECISION_STATES, MOVE_STATES, OPTIONS
from tower.record import Record

NETWORK, HUB, DOORS, LEFT = "blizzard", "EWR", 20, 4
AT = HUBS.index(HUB)
REDOCK = ACTION_TYPES.index("redock")
SHUT, ENDS = 8 * HOUR, 8 * HOUR + 12 * MINUTE
"""After the week's beginning: 8:00 in New York, when vehicles come for the first legs of the day."""
pytestmark = pytest.mark.full


class Morning:
    """The first hours of the blizzard's week; from `SHUT` on its largest hub has few doors left."""

    def __init__(self, states: States) -> None:
        feed = scenarios.load(NETWORK)
        assert isinstance(feed, ReactingFeed)
        self.feed, self.states, self.root = feed, states, memory_root()
        self.shut = feed.start_ms + SHUT
        self.world = Answering(feed)
        self.planned = Planned(NETWORK, self.hear)
        self.replay = Replay(NETWORK, Keep(self.root, NETWORK))
        self.outcomes: list[Record] = []
        self.seats: dict[int, tuple[int, int]] = {}
        self.said: list[dict[str, Any]] = []

    def play(self) -> None:
        """To the end."""
        self.replay.hear = self.planned.hear
        self.replay.play(self.planned.arrivals(self.arrivals()))

    def arrivals(self) -> Iterator[Arrival]:
        """What the day says, and that doors are closed, which the world keeps to; what a person says comes between."""
        day = merge(told.arrivals([self.policy(), *self.closed()], NETWORK), self.world.arrivals(), key=second)
        for arrival in takewhile(lambda one: one[0] < self.feed.start_ms + ENDS, day):
            if arrival[0] >= self.shut:
                self.feed.world.w.places["cap"][4 * AT + OUT] = LEFT
            yield from self.people(arrival[0])
            yield arrival

    def people(self, moment: int) -> Iterator[Arrival]:
        """What was decided by a person, then."""
        events, self.said = self.said, []
        yield from told.arrivals([{**one, "at": moment} for one in events], NETWORK)

    def policy(self) -> dict[str, Any]:
        """Redocks are done by the tower alone, while there are some minutes to take them back."""
        rule = {"mode": "auto", "auto_most_cents": 1_000_000, "auto_confidence": 0.9, "auto_undo_min": 1}
        return {"id": "p", "kind": "policy.set", "policy": "house", "version": 1, "source": "people",
                "at": self.feed.start_ms, "document": {"decisions": {"redock": rule}}}  # fmt: skip

    def closed(self) -> list[dict[str, Any]]:
        """All doors of the hub but the first ones."""
        return [{"id": f"d{n}", "kind": "door.closed", "site": HUB, "door": f"{HUB}-{n:02d}", "at": self.shut,
                 "source": "yard", "reason": "ice"} for n in range(LEFT + 1, DOORS + 1)]  # fmt: skip

    def hear(self, outcome: Record) -> None:
        """Keep it, leave a state just before the doors close, and let a person take back what is done first."""
        self.outcomes.append(outcome)
        if outcome.now < self.shut <= outcome.now + MINUTE and not self.states.numbers(NETWORK):
            self.states.save(NETWORK, Place("", outcome.number, outcome.now), self.replay.chain.saved())
            self.states.wait()
        self.world.hear(outcome)
        for row in self.rows("decisions", outcome):
            if row["state"] == DECISION_STATES.index("executed") and not self.seats:
                self.seats = self.seated()
                self.said = [{"id": "r", "kind": "decision.rolled_back", "decision": f"#{int(row['key']):016x}",
                              "by": "ann", "role": "approver", "source": "people"}]  # fmt: skip

    def seated(self) -> dict[int, tuple[int, int]]:
        """Where visits are to come that were told to, by the world's numbers: which door and when."""
        visits = self.feed.world.w.visits
        chosen = np.flatnonzero(visits["wanted"] >= 0).tolist()
        return {v: (int(visits["wanted"][v]), int(visits["start"][v])) for v in chosen}

    def rows(self, table: str, *outcomes: Record) -> list[np.void]:
        """What was said of redocks, oldest first."""
        return [row for outcome in outcomes or self.outcomes for row in outcome.rows(table) if row["type"] == REDOCK]


def second(arrival: Arrival) -> int:
    return arrival[0]


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    played = Morning(States(str(tmp_path_factory.mktemp("states"))))
    played.play()
    return played


def test_it_is_offered_decided_by_policy_done_by_the_world_and_taken_back(morning: Morning) -> None:
    first = morning.rows("decisions")[0]["key"]
    said = [row for row in morning.rows("decisions") if row["key"] == first]
    assert [DECISION_STATES[row["state"]] for row in said] == ["acting", "executed", "undoing", "rolled_back"]
    offered = [row for outcome in morning.outcomes for row in outcome.rows("options")
               if row["kind"] == OPTIONS.index("redock")]  # fmt: skip
    assert said[0]["option"] in {row["key"] for row in offered}
    done = [row for row in morning.rows("actions") if row["decision"] == first]
    assert [ACTION_STATES[row["state"]] for row in done[:2]] == ["sent", "executed"]
    assert done[1]["done"] == said[0]["moves"] > 10


def test_the_world_has_each_visit_where_the_action_says(morning: Morning) -> None:
    action = next(row for row in morning.rows("actions") if row["done"] > 0)
    moves = {int(row["visit"]): row for outcome in morning.outcomes for row in outcome.rows("action_moves")
             if row["action"] == action["key"]}  # fmt: skip
    numbers = {int(key): 4 * i for i, key in enumerate(morning.feed.ids.visit[::4])}
    doors = {int(key): n for n, key in enumerate(morning.feed.ids.door[AT])}
    assert {MOVE_STATES[row["state"]] for row in moves.values()} == {"done"}
    wanted = {numbers[visit]: doors[int(row["to_door"])] for visit, row in moves.items()}
    assert {visit: door for visit, (door, _) in morning.seats.items()} == wanted
    assert set(wanted.values()) <= set(range(LEFT)), "nobody is sent to a closed door"
    assert morning.seated() != morning.seats, "taken back"


def test_the_receipt_says_who_and_what_and_the_log_says_the_same(morning: Morning, tmp_path: Path) -> None:
    texts, key = Texts(), int(morning.rows("decisions")[0]["key"])
    found = receipt.story(morning.root, NETWORK, key, texts)
    assert found is not None
    said = receipt.receipt(found, receipt.recomputed(morning.root, str(morning.states.folder), found), texts)
    assert said["recomputed"]["equal"] is True
    assert [word["kind"] for word in said["words"]][-1] == "action.executed"
    assert "decision.rolled_back" in {word["kind"] for word in said["words"]}
    assert {row["type"] for row in said["actions"]} == {"redock"}
