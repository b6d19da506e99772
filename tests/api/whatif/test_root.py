"""A fork of a running network has the past of its log, with what was done by hand in it, message for message."""

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.whatif.root import RECORDED, RUNNING, done_by_hand, place
from simulators.driver import Player
from simulators.hands import SOURCE
from simulators.scenarios import load
from simulators.scenarios.blizzard import SCENARIO
from simulators.scenarios.obeying import Errand
from simulators.scenarios.reacting import ReactingFeed
from simulators.whatif.branch import Branch, Root, played
from simulators.whatif.prefix import agreement
from simulators.whatif.variant import read
from simulators.world.rows import BOOKED, COVERED, PLANNED
from streams import names
from tests.suites.small_api import rows
from tower import ids
from tower.clock import HOUR, MINUTE
from tower.errors import UsageError
from tower.ids import pairs
from tower.logs import urls
from tower.record import Record, entry

ACTION = 0xAC
DONE_AT = SCENARIO.start_ms + 9 * HOUR
MOMENT = DONE_AT + 40 * MINUTE


def sent(feed: ReactingFeed, root: str) -> None:
    """The tower sends an action: one line that is booked goes on another leg, one off its leg to wait."""
    w, known, lines = feed.world.w, feed.ids, list[dict[str, Any]]()
    booked = np.flatnonzero((w.lines["state"] == BOOKED) & (w.legs["etd"][w.lines["leg"]] > MOMENT + 6 * HOUR))
    for line in booked.tolist():
        leg = w.lines["leg"][line]
        fits = np.flatnonzero(
            (w.offered["origin"] == w.offered["origin"][leg]) & (w.offered["dest"] == w.offered["dest"][leg])
            & (w.legs["state"] >= PLANNED) & (w.legs["state"] <= COVERED) & (w.legs["used"] < w.offered["room"])
            & (w.legs["etd"] > MOMENT + 6 * HOUR) & (np.arange(len(w.legs)) != leg)
        )  # fmt: skip
        if len(lines) < 2 and fits.size:
            key = int(pairs(known.order[[line]], known.line[[line]])[0])
            lines.append({"key": line, "action": ACTION, "line": key, "order": known.order[line],
                          "order_line": known.line[line], "from_leg": known.leg[leg], "state": 0,
                          "to_leg": ids.UNKNOWN if lines else known.leg[fits[0]]})  # fmt: skip
    said = {"actions": rows("actions", {"key": ACTION, "decision": 1, "state": 0, "type": 0}),
            "action_moves": rows("action_moves", *lines)}  # fmt: skip
    with closing(urls.writer(names.outcomes(root, "blizzard"))) as log:
        log.append(1, [entry(Record(1, DONE_AT, said, chain=7).encode())])
        log.append(2, [entry(Record(2, MOMENT + HOUR, chain=8).encode())])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Logs of a network in whose world two lines were moved by hand."""
    found = f"file:{tmp_path_factory.mktemp('root')}"
    feed = load("blizzard")
    assert isinstance(feed, ReactingFeed)
    player = Player(feed, found, "blizzard")
    player.until(DONE_AT)
    sent(feed, found)
    player.until(MOMENT + MINUTE)
    player.close()
    return found


def before(root: str, *, by_hand: bool) -> np.ndarray:
    """What the world that is played anew tells before the fork."""
    _, done = done_by_hand(root, "blizzard", MOMENT)
    errands = tuple((one["at"], tuple(map(Errand.of, one["moves"]))) for one in done if by_hand)
    told = played(Root(SCENARIO.seed, MOMENT, errands), Branch(read("blizzard")), SCENARIO.seed).told
    return told[told[:, 0] < MOMENT]


def test_with_what_was_done_by_hand_the_past_is_the_logs(root: str) -> None:
    past, done = done_by_hand(root, "blizzard", MOMENT)
    assert (past, len(done), len(done[0]["moves"])) == (RUNNING, 1, 2)
    found = agreement(root, "blizzard", before(root, by_hand=True), MOMENT)
    assert found is not None
    assert (found.equal, found.messages > 300) == (True, True)


def test_without_it_the_past_is_another(root: str) -> None:
    found = agreement(root, "blizzard", before(root, by_hand=False), MOMENT)
    assert found is not None
    assert not found.equal


def test_what_is_done_later_is_not_in_the_past(root: str) -> None:
    assert done_by_hand(root, "blizzard", DONE_AT) == (RUNNING, [])


def test_where_the_inbox_has_lost_its_beginning_the_past_is_the_recorded_one(tmp_path: Path) -> None:
    found = f"file:{tmp_path}"
    with closing(urls.writer(names.inbox(found, "blizzard", SOURCE))) as inbox:
        inbox.append(1, [b"x"])
    assert done_by_hand(f"file:{tmp_path}/none", "blizzard", MOMENT) == (RUNNING, [])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tower.logs.files_reader.FileReader.first", lambda _: 2)
        assert done_by_hand(found, "blizzard", MOMENT) == (RECORDED, [])


def test_a_place_is_within_the_scenario_and_the_log(root: str) -> None:
    assert place(root, "blizzard", SCENARIO, moment=DONE_AT + 1, position=None) == (1, DONE_AT + 1, f"{7:016x}")
    assert place(root, "blizzard", SCENARIO, moment=None, position=None).state_hash == f"{8:016x}"
    with pytest.raises(UsageError, match="nothing is kept"):
        place(root, "blizzard", SCENARIO, moment=SCENARIO.start_ms, position=None)
    with pytest.raises(UsageError, match="position: the log has records 1 to 2"):
        place(root, "blizzard", SCENARIO, moment=None, position=3)


def test_a_network_that_has_said_nothing_cannot_be_forked(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing has been said"):
        place(f"file:{tmp_path}", "blizzard", SCENARIO, moment=None, position=None)
