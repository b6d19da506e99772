"""Whatever comes, each event is accepted or rejected with a reason; nothing crashes, nothing grows."""

import resource

import orjson
import pytest

from streams.adapters import checked, chosen, decode, decode_all, split_all
from tests.streams.adapters.hostile import messages
from tests.streams.adapters.wire import NOW, envelope, own_ids, reasons, same
from tower.batch import RAW_MOST, Batch, to_record
from tower.envelope import Envelope
from tower.record import Record
from tower.render import to_wire


def hold(told: Envelope) -> None:
    """What is true of any message."""
    batch = decode(told, 5, "network-1")
    found = chosen(told).read(told)
    count = len(found) if isinstance(found, list) else len(found.rows("event")) + len(found.rows("rejected"))
    foreign = isinstance(found, Batch) and told.headers.get("network", "network-1") != "network-1"
    assert len(batch) + len(batch.rows("rejected")) == (1 if foreign else count)
    assert isinstance(found, Batch) or sorted(places(batch)) == list(range(count))
    assert all(reasons(batch))
    assert len(batch.raws) == len(batch.rows("rejected"))
    assert all(len(raw) <= RAW_MOST for raw in batch.raws)
    assert isinstance(found, Batch) or bool(checked(told, ["network-1"])) == bool(len(batch.rows("rejected")))
    again = Record.decode(1, to_record(batch, 1, NOW, {}).encode())
    assert again.rows("event").tobytes() == batch.rows("event").tobytes()
    orjson.dumps(to_wire(batch))


def places(batch: Batch) -> list[int]:
    return [*batch.rows("event")["row"].tolist(), *batch.rows("rejected")["row"].tolist()]


def test_five_thousand_hostile_messages_are_accounted_for() -> None:
    for told in messages(seed=1, count=5_000):
        hold(told)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_two_hundred_thousand_hostile_messages_are_accounted_for_in_flat_memory() -> None:
    peaks = []
    for seed in range(40):
        for told in messages(seed=100 + seed, count=5_000):
            hold(told)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    assert peaks[-1] < 1.1 * peaks[9], peaks


def test_the_same_message_gives_the_same_rows() -> None:
    for told in messages(seed=2, count=300):
        assert same(decode(told, 5, "network-1"), decode(told, 5, "network-1"))


def test_many_messages_at_once_are_the_same_as_one_by_one() -> None:
    told = [*enumerate(messages(seed=4, count=400))]
    one_by_one = Batch.concat([decode(envelope, position, "network-1") for position, envelope in told])
    assert same(decode_all(told, "network-1"), one_by_one)
    assert same(split_all(told, ["network-1"])["network-1"], one_by_one)
    assert len(decode_all([], "network-1")) == 0 == len(split_all([], ["network-1"]))


def test_most_of_what_is_hostile_holds_something_acceptable() -> None:
    batches = [decode(told, 5, "network-1") for told in messages(seed=3, count=500)]
    accepted, rejected = sum(map(len, batches)), sum(len(b.rows("rejected")) for b in batches)
    assert min(accepted, rejected) > 300, (accepted, rejected)


def test_ten_megabytes_are_one_rejected_row_that_keeps_little() -> None:
    batch = decode(envelope(b'[{"id":"' + b"x" * 10_000_000 + b'"}]'), 5, "us")
    assert (len(batch), len(batch.rows("rejected")), len(batch.raws[0])) == (0, 1, RAW_MOST)


def test_a_full_message_of_the_smallest_events_is_accepted() -> None:
    events = [{"id": str(i), "kind": "visit.left", "at": NOW, "visit": "v"} for i in range(110_000)]
    told = envelope(events)
    assert len(told.data) < 8_000_000
    assert len(decode(told, 5, "us")) == len(events)
    assert len(own_ids(events)) == len(events)
