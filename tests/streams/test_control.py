import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from operators.chain import Chain, state_hash
from streams import control, ingest, names
from streams.advance import Advance, Home
from streams.connect import LogSource
from streams.control import Control, make
from streams.entries import records
from streams.gate import Gates
from streams.outcomes import OutcomeSink
from streams.states import States
from tests.suites.dying import Dying
from tests.suites.small_world import deliver, envelopes, legs, memory_root, run
from tower.errors import Diverged, Lost
from tower.logs import LogWriter, urls
from tower.record import Record, entry, split

NETWORK = "east"


def with_log(size: int = 30, networks: Sequence[str] = (NETWORK,), most: int = 7) -> str:
    """A root with the LOG of each network."""
    root = memory_root()
    for seed, network in enumerate(networks):
        deliver(root, network, envelopes(legs(size, seed), together=5))
    run(ingest.over(root, networks, ends=True, most=most))
    return root


def home_of(root: str, folder: Path, every: int = 10) -> Home:
    return Home(root, States(str(folder)), make, every=every)


def log_of(root: str, network: str = NETWORK) -> list[Record]:
    return list(records(urls.reader(names.log(root, network))))


def straight(root: str, network: str = NETWORK) -> tuple[list[bytes], str]:
    """What one chain says to all of LOG, and the hash of its state."""
    chain = Chain(make)
    return [chain.advance(record).encode() for record in log_of(root, network)], state_hash({network: chain.saved()})


def outcomes_of(root: str, network: str = NETWORK) -> list[bytes]:
    log = urls.reader(names.outcomes(root, network))
    return [bytes(split(data)[1]) for _, data in log.read(0, 1 << 20)]


def dying(root: str, draw: random.Random, opened: list[LogWriter]) -> Callable[[str], LogWriter]:
    def writer(network: str) -> LogWriter:
        opened.append(urls.writer(names.outcomes(root, network)))
        return Dying(opened[-1], draw.randrange(4), before=draw.random() < 0.5)

    return writer


def run_until_done(home: Home, draw: random.Random) -> int:
    """Start the flow again and again until it ends by itself; how often it died."""
    for deaths in range(1000):
        gates, opened = Gates(draw.choice([1, 5, 64])), list[LogWriter]()
        source = LogSource([NETWORK], home.log, home.start, gates, ends=True)
        sink = OutcomeSink([NETWORK], dying(home.root, draw, opened), gates)
        try:
            run(control.build(source, lambda _: Control(home), sink))
        except BaseException:
            if deaths == 999:
                raise
        else:
            return deaths
        finally:
            for writer in opened:
                writer.close()
    raise AssertionError


@pytest.mark.parametrize("seed", range(3))
def test_outcomes_are_those_of_a_straight_replay_however_often_control_dies(tmp_path: Path, seed: int) -> None:
    root = with_log()
    deaths = run_until_done(home_of(root, tmp_path), random.Random(seed))
    assert outcomes_of(root) == straight(root)[0]
    assert deaths > 0


def test_every_state_file_leads_to_the_state_of_a_straight_replay(tmp_path: Path) -> None:
    root = with_log()
    home = Home(root, States(str(tmp_path), newest=1000), make, every=5)
    run(control.over(home, [NETWORK], ends=True))
    home.states.wait()
    numbers = home.states.numbers(NETWORK)
    assert len(numbers) > 3
    for number in numbers:
        advance = Advance(home_of(root, tmp_path / "none", every=1 << 30), NETWORK, 0)
        advance = Advance(Home(root, home.states, make, every=1 << 30), NETWORK, number)
        for record in log_of(root)[number:]:
            advance(record)
        assert state_hash({NETWORK: advance.chain.saved()}) == straight(root)[1]


@pytest.mark.parametrize("workers", [1, 2])
def test_two_networks_say_the_same_on_one_and_on_two_workers(tmp_path: Path, workers: int) -> None:
    networks = ["east", "west"]
    root = with_log(networks=networks)
    flow = control.over(home_of(root, tmp_path), networks, ends=True)
    run(flow, workers)
    for network in networks:
        assert outcomes_of(root, network) == straight(root, network)[0]


def test_control_goes_on_where_outcomes_end(tmp_path: Path) -> None:
    root = with_log()
    home = home_of(root, tmp_path)
    run(control.over(home, [NETWORK], ends=True))
    told = outcomes_of(root)
    home.states.wait()
    assert 0 < home.start(NETWORK) <= len(told)
    run(control.over(home_of(root, tmp_path), [NETWORK], ends=True))
    assert outcomes_of(root) == told


def falsified(root: str, number: int) -> None:
    """Put another chain hash on outcomes from that record on, as another history would have."""
    log = urls.reader(names.outcomes(root, NETWORK))
    found = [Record.decode(n, split(data)[1]) for n, data in log.read(0, 1 << 20)]
    other = urls.writer(names.outcomes(root, "other"))
    for record in found:
        record.chain ^= record.number >= number
    other.append(1, [entry(record.encode()) for record in found])
    other.close()


def test_another_history_stops_the_network_and_names_its_first_record(tmp_path: Path) -> None:
    root = with_log()
    run(control.over(home_of(root, tmp_path), [NETWORK], ends=True))
    falsified(root, 9)
    writer = urls.writer(names.outcomes(root, "other"))
    sink = OutcomeSink([NETWORK], lambda _: writer, Gates())
    partition = sink.build_part("", NETWORK, None)
    chain = Chain(make)
    with pytest.raises(Diverged, match="network east: the outcome of record 9 is not the one on record"):
        partition.write_batch([chain.advance(record) for record in log_of(root)])


def test_outcomes_ahead_of_the_log_are_an_error_with_a_fix(tmp_path: Path) -> None:
    root = with_log()
    home = home_of(root, tmp_path)
    run(control.over(home, [NETWORK], ends=True))
    urls.writer(names.outcomes(root, NETWORK)).append(len(log_of(root)) + 1, [entry(Record(1, 1).encode())])
    with pytest.raises(Lost, match="OUTCOMES has") as caught:
        home.start(NETWORK)
    assert "put LOG back" in caught.value.try_


def test_a_state_of_another_log_is_an_error_with_a_fix(tmp_path: Path) -> None:
    first = with_log()
    home = home_of(first, tmp_path)
    run(control.over(home, [NETWORK], ends=True))
    home.states.wait()
    with pytest.raises(Lost, match="is of log") as caught:
        home_of(with_log(), tmp_path).start(NETWORK)
    assert "remove" in caught.value.try_


def test_no_more_than_64_records_are_under_way(tmp_path: Path) -> None:
    root = with_log(size=60, most=1)
    gates = Gates()
    home = home_of(root, tmp_path)
    source = LogSource([NETWORK], home.log, home.start, gates)
    partition = source.build_part("", NETWORK, None)
    sent = [len(partition.next_batch()) for _ in range(10)]
    assert sum(sent) == 64
    gates[NETWORK].passed += 10
    assert len(partition.next_batch()) == 10
