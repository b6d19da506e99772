from pathlib import Path

import pytest

from streams import ingest, names
from streams.inbox import InboxWriter, driven_now, stamps_of, tick
from tests.suites.small_world import envelopes, legs, memory_root, run
from tower import clock
from tower.envelope import Envelope
from tower.errors import Busy, Full, Refused
from tower.logs import urls

NETWORK = "east"


def message(text: bytes = b"[]") -> Envelope:
    return Envelope("gate", clock.wall_ms(), "application/json", text)


def test_a_message_is_kept_byte_for_byte_at_the_position_that_is_told(tmp_path: Path) -> None:
    root = f"file:{tmp_path}"
    inbox = InboxWriter(root, NETWORK, "gate")
    told = [message(b"one"), message(b"two"), message(b"three")]
    assert [inbox.put(told[0]), inbox.put(*told[1:])] == [1, 3]
    inbox.close()
    kept = urls.reader(names.inbox(root, NETWORK, "gate")).read(0, 10)
    assert [Envelope.decode(data) for _, data in kept] == told
    assert InboxWriter(root, NETWORK, "gate").put(told[0]) == 4


def test_a_source_has_one_writer() -> None:
    root = memory_root()
    InboxWriter(root, NETWORK, "gate")
    with pytest.raises(Refused):
        InboxWriter(root, NETWORK, "gate")


def test_the_door_is_busy_while_ingest_is_too_far_behind() -> None:
    root = memory_root()
    inbox = InboxWriter(root, NETWORK, "planner", lag_most=5)
    said = [e for e in envelopes(legs(20)) if e.source == "planner"]
    for one in said[:5]:
        inbox.put(one)
    with pytest.raises(Busy, match="inbox east/planner: 5 messages wait, at most 5 may") as caught:
        inbox.put(said[5])
    assert "whether ingest runs" in caught.value.try_
    run(ingest.over(root, [NETWORK], ends=True))
    assert inbox.put(*said[5:8]) == 8


def test_the_door_is_busy_while_the_disk_is_full_and_keeps_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    inbox = InboxWriter(memory_root(), NETWORK, "gate")

    def full(first: int, entries: list[bytes]) -> None:
        raise Full("append to inbox: no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(inbox._log, "append", full)
        with pytest.raises(Busy, match="no space left"):
            inbox.put(message(), message())
    assert inbox.put(message()) == 1


def test_a_live_network_has_the_wall_clock_a_driven_one_its_drivers() -> None:
    root = memory_root()
    assert stamps_of(root, NETWORK) is clock.wall_ms
    driver = InboxWriter(root, NETWORK, names.CLOCK)
    stamp = stamps_of(root, NETWORK)
    tick(driver, 5_000)
    assert stamp() == 4_999
    tick(driver, 9_100)
    assert stamp() == 8_999  # before the second that ingest waits for
    assert driven_now(urls.reader(names.inbox(root, NETWORK, names.CLOCK))) == 9_099


def test_what_is_found_under_a_root_is_what_was_made_there(tmp_path: Path) -> None:
    for root in (f"file:{tmp_path}", memory_root()):
        assert (names.networks(root), names.sources(root, "no/rth")) == ([], [])
        InboxWriter(root, "no/rth", "noaa.gov").close()
        InboxWriter(root, "no/rth", "é").close()
        InboxWriter(root, "south", "x").close()
        assert names.networks(root) == ["no/rth", "south"]
        assert names.sources(root, "no/rth") == ["noaa.gov", "é"]


def test_a_topic_has_its_parts_between_dots() -> None:
    assert names.inbox("kafka://host:9092", "north.1", "a/b") == "kafka://host:9092/tower.north_2e1.inbox.a_2fb/0"
    assert names.log("kafka://host:9092", "east") == "kafka://host:9092/tower.east.log/0"
    assert names.outcomes("file:/srv", "east") == "file:/srv/east/outcomes"
    assert names.skips("file:/srv", "east") == "file:/srv/east/skips"
