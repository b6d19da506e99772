import orjson
import pytest

from streams import ingest, names
from streams.hops import Hops, hops
from streams.inbox import InboxWriter
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower.envelope import Envelope
from tower.logs import urls
from tower.record import Record, entry, split

NETWORK = "east"


def log_at(root: str, stamps: list[int]) -> None:
    """LOG anew, as if its records had been appended then."""
    found = urls.reader(names.log(root, NETWORK)).read(0, 1000)
    writer = urls.writer(names.log(f"{root}x", NETWORK))
    writer.append(1, [entry(bytes(split(data)[1]), stamp.to_bytes(8, "little"))
                      for (_, data), stamp in zip(found, stamps, strict=True)])  # fmt: skip


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> str:
    """A live network: a message a second, each of one event said 40 ms before the door had it, logged 7 ms later."""
    root, base = memory_root(), 1_772_431_200_000
    for where in (root, f"{root}x"):
        gate = InboxWriter(where, NETWORK, "gate")
        for number in range(10):
            received = base + number * 1000 + 500
            event = {"id": str(number), "kind": "leg.departed", "leg": "L1", "at": received, "said_at": received - 40}
            gate.put(Envelope("gate", received, "application/json", orjson.dumps(event)))
        gate.close()
    run(ingest.over(root, [NETWORK], ends=True))
    log_at(root, [base + number * 1000 + 507 for number in range(10)])
    return f"{root}x"


def outcomes(root: str, delays: list[int], first: int = 1) -> None:
    writer = urls.writer(names.outcomes(root, NETWORK))
    stamps = [int.from_bytes(split(data)[0], "little") for _, data in urls.reader(names.log(root, NETWORK)).read(0, 99)]
    made = [Record(number, 0).encode() for number in range(first, first + len(delays))]
    writer.append(first, [entry(one, (stamps[first - 1 + i] + delay).to_bytes(8, "little"))
                          for i, (one, delay) in enumerate(zip(made, delays, strict=True))])  # fmt: skip
    writer.close()


def test_each_hop_is_told_by_what_rides_beside_the_records(live: str) -> None:
    outcomes(live, [3] * 9 + [90])
    assert hops(live, NETWORK) == {
        "inbox": {"p50": 40, "p99": 40}, "log": {"p50": 7, "p99": 7}, "outcome": {"p50": 3, "p99": 90},
    }  # fmt: skip


def test_a_hop_that_nothing_is_known_of_is_left_out(live: str) -> None:
    assert set(hops(live, NETWORK)) == {"inbox", "log"}
    assert hops(memory_root(), NETWORK) == {}


def test_each_call_takes_in_what_is_new_and_only_the_newest_count(live: str) -> None:
    outcomes(live, [100, 100])
    found = Hops(live, NETWORK, last=10)
    assert found()["outcome"] == {"p50": 100, "p99": 100}
    outcomes(live, [5] * 8, first=3)
    assert found()["outcome"] == {"p50": 5, "p99": 100}
    assert found()["outcome"] == {"p50": 5, "p99": 100}
    assert Hops(live, NETWORK, last=8)()["outcome"] == {"p50": 5, "p99": 5}


def test_each_span_is_told_once_and_after_a_long_silence_only_the_newest(live: str) -> None:
    told: list[tuple[str, float]] = []
    outcomes(live, [1, 1])
    found = Hops(live, NETWORK, last=3, told=lambda hop, ms: told.append((hop, ms)))
    found()
    assert [ms for hop, ms in told if hop == "outcome"] == [1, 1]
    outcomes(live, [5, 6, 7, 8, 9, 10, 11, 12], first=3)
    for _ in range(2):
        found()
    assert [ms for hop, ms in told if hop == "outcome"] == [1, 1, 10, 11, 12]


def test_in_a_driven_network_only_the_way_through_control_can_be_told() -> None:
    root = memory_root()
    deliver(root, NETWORK, envelopes(legs(5)))
    run(ingest.over(root, [NETWORK], ends=True))
    outcomes(root, [4, 4])
    assert set(hops(root, NETWORK)) == {"outcome"}
