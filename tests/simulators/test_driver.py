"""The driver says each thing once, at any speed, however often it is killed, and does as it is told meanwhile."""

import os
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from random import Random

import numpy as np
import orjson
import pytest

from simulators.driver import Leave, Pace, Player, Wanted, play, tell, warm, whole
from simulators.feed import Arrivals, Feed, RecordedFeed
from simulators.recorded.blocks import Block, Parts, arrivals
from simulators.recorded.names import Names, event_ids
from simulators.scenarios import find, load
from streams import ingest, names
from streams.entries import entries, records
from streams.inbox import InboxWriter
from tests.suites.small_world import memory_root, run
from tower import clock, ids
from tower.clock import HOUR, MINUTE
from tower.envelope import Envelope
from tower.errors import Refused
from tower.logs import urls

START = 1_360_000_000_000
NETWORK = "made"


def orders(source: str, size: int, seed: int) -> Arrivals:
    """Orders at moments of any ms in four hours, often several in a second."""
    names, draw = Names(), Random(seed)
    at = START + np.sort(np.array([draw.randrange(4 * HOUR) // draw.choice([1, 1000]) for _ in range(size)]))
    named = [f"{source}{seed}/{i}".encode() for i in range(size)]
    subjects = np.array([names.one("order", name.decode()) for name in named], "u8")
    lines = {"line": np.full(size, names.one("line", "1"), "u8"), "quantity": np.arange(size)}
    parts = Parts("order_line", np.arange(size), lines)
    block = Block("order.placed", event_ids(source, named), at, subjects, parts=parts)
    return arrivals(source, [block], names.texts)


def feed() -> Feed:
    """Two sources, one of them from two data sets."""
    return RecordedFeed(NETWORK, (NETWORK,), [orders("shop", 300, 1), orders("web", 200, 2), orders("shop", 100, 3)])


def kept(root: str) -> dict[str, list[bytes]]:
    """What lies in the inboxes but the clock's."""
    found = [source for source in names.sources(root, NETWORK) if source != names.CLOCK]
    return {s: [bytes(data) for _, data in entries(urls.reader(names.inbox(root, NETWORK, s)))] for s in found}


def driven(root: str, moments: Iterator[int] | list[int]) -> None:
    """One life of a driver."""
    player = Player(feed(), root, NETWORK)
    for moment in moments:
        player.until(moment)
    player.close()


def facts(root: str, network: str = NETWORK) -> str:
    """The hash of the network's LOG but for hop stamps and how often the driver spoke, after ingest has run dry."""
    run(ingest.over(root, [network], ends=True))
    digest = blake2b()
    for record in records(urls.reader(names.log(root, network))):
        record.causes.pop(ids.of("source", names.CLOCK), None)
        digest.update(record.encode())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def whole_day() -> str:
    """A root into which everything was told at once."""
    root = memory_root()
    driven(root, [START + 5 * HOUR])
    return root


@pytest.mark.parametrize("seed", range(5))
def test_killed_anywhere_and_started_again_it_says_each_message_once(whole_day: str, seed: int) -> None:
    root, draw, at = memory_root(), Random(seed), START
    while at < START + 5 * HOUR:
        lives = [at := at + draw.randrange(HOUR) for _ in range(draw.randrange(4))]
        driven(root, lives)
    driven(root, [START + 5 * HOUR])
    assert kept(root) == kept(whole_day)


def test_killed_between_messages_and_the_word_that_time_has_passed_it_goes_on(whole_day: str) -> None:
    root = memory_root()
    driven(root, [START + HOUR])
    door = InboxWriter(root, NETWORK, "web")
    behind = len(kept(root)["web"])
    door.put(Envelope.decode(kept(whole_day)["web"][behind]))
    door.close()
    driven(root, [START + 5 * HOUR])
    assert kept(root) == kept(whole_day)


@pytest.mark.parametrize("step", [9_001, 60_000, 7 * MINUTE + 1])
def test_at_any_speed_the_log_says_the_same(whole_day: str, step: int) -> None:
    root = memory_root()
    driven(root, [*range(START, START + 4 * HOUR, step), START + 5 * HOUR])
    assert facts(root) == facts(whole_day)


def test_two_drivers_on_one_network_are_refused() -> None:
    root = memory_root()
    Player(feed(), root, NETWORK)
    with pytest.raises(Refused):
        Player(feed(), root, NETWORK)


def test_ingest_hears_of_each_hour_so_that_a_door_that_waits_for_ingest_opens() -> None:
    player = Player(feed(), memory_root(), NETWORK)
    passed = [(moment, player.passed()) for moment in player.hours(START + 3 * HOUR)]
    assert [moment for moment, _ in passed] == [moment for _, moment in passed]
    assert len(passed) == 3


def test_a_moment_is_the_end_of_a_whole_second() -> None:
    assert [whole(moment) for moment in (1999, 2000, 2998, 2999)] == [1999, 1999, 1999, 2999]


def test_changing_the_speed_never_jumps() -> None:
    pace = Pace(START, 10.0, 0.0)
    assert pace.moment(1.0) == START + 10_000
    pace.speed = 0.0
    assert pace.moment(100.0) == START + 10_000
    pace.speed = 1000.0
    assert pace.moment(100.5) == START + 510_000


def test_speed_and_pause_are_read_when_their_file_changes_and_nonsense_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted, path = Wanted(tmp_path, 360.0), tmp_path / "wanted.json"
    assert wanted.speed() == 360
    said = ['{"speed": 60}', '{"paused": true}', "{", "[]", '{"speed": null}', '{"speed": 1e9}', '{"speed": -5}']
    found = []
    for i, words in enumerate(said):
        path.write_text(words)
        os.utime(path, ns=(i + 1, i + 1))
        found.append((wanted.speed(), wanted.speed())[0])
    assert found == [60, 0, 0, 0, 0, 100_000, 0]
    assert capsys.readouterr().err.count("wanted.json: ") == 3


def test_a_pause_ends_with_the_speed_that_was(tmp_path: Path) -> None:
    wanted, path = Wanted(tmp_path, 360.0), tmp_path / "wanted.json"
    path.write_text('{"paused": true}')
    assert wanted.speed() == 0
    path.write_text('{"paused": false}')
    os.utime(path, ns=(1, 1))
    assert wanted.speed() == 360


def test_while_somebody_weighs_an_option_it_plays_no_faster_than_time(tmp_path: Path) -> None:
    wanted, path = Wanted(tmp_path, 360.0), tmp_path / "wanted.json"
    soon = clock.wall_ms() + HOUR
    for speed, until, found in ((360, soon, 1), (0.5, soon + 1, 0.5), (360, soon - HOUR, 360)):
        path.write_text(f'{{"speed": {speed}, "looked_until_ms": {until}}}')
        os.utime(path, ns=(until, until))
        assert wanted.speed() == found


def test_told_to_leave_it_finishes_the_moment_and_says_how_far_it_is(tmp_path: Path) -> None:
    player, leave = Player(feed(), memory_root(), NETWORK), Leave()
    leave()
    warm(player, START + 3 * HOUR, tmp_path, leave)
    now = orjson.loads((tmp_path / "now.json").read_bytes())
    assert now["now_ms"] == player.passed() == whole(START) + HOUR
    assert not play(player, Pace(START, 1.0, 0.0), START + 4 * HOUR, tmp_path, leave)


def test_readers_see_where_it_stands_in_whole_words(tmp_path: Path) -> None:
    tell(tmp_path, START, 360.0)
    now = orjson.loads((tmp_path / "now.json").read_bytes())
    assert now == {"now": "2013-02-04T17:46:40.000Z", "now_ms": START, "speed": 360.0}
    assert [path.name for path in tmp_path.iterdir()] == ["now.json"]


@pytest.mark.full
def test_a_stretch_of_the_blizzard_says_the_same_at_an_hour_a_second_and_flat_out(tmp_path: Path) -> None:
    until = find("blizzard").from_ms - 44 * HOUR
    assert played(tmp_path / "a", until, 3600.0) == played(tmp_path / "b", until, 100_000.0)


def played(folder: Path, until: int, speed: float) -> str:
    """The facts of the blizzard up to a moment, of which the last two hours are played at that speed."""
    folder.mkdir()
    root, day, start = memory_root(), load("blizzard"), until - 2 * HOUR
    player = Player(day, root, day.networks[0])
    player.until(start)
    began = time.monotonic()
    assert play(player, Pace(start, speed, began), until, folder, Leave())
    player.close()
    return facts(root, day.networks[0])
