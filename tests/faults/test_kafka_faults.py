import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import monotonic, sleep
from zlib import crc32

import pytest

from tests.kafka_broker.broker import Broker
from tests.kafka_broker.topic import Topic
from tower.errors import LogError, Trimmed
from tower.logs import Entry
from tower.logs.kafka import KafkaReader
from tower.logs.kafka_client import PATIENCE_S

pytest_plugins = ["tests.kafka_broker.fixtures"]
pytestmark = [pytest.mark.full, pytest.mark.xdist_group("kafka"), pytest.mark.timeout(120, func_only=True)]


class Writer:
    """A writer in a process of its own, and what it said."""

    def __init__(self, topic: Topic, who: str, out: Path, largest: int, seconds: float, patience_s: float) -> None:
        self.out = out / f"{who}.out"
        words = [topic.bootstrap, topic.name, "0", who, *map(str, (largest, seconds, patience_s))]
        command = [sys.executable, "-m", "tests.kafka_broker.chain", *words]
        with self.out.open("wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    @property
    def acks(self) -> dict[int, int]:
        """Number to checksum of all that was acknowledged."""
        words = [line.split() for line in self.out.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return {int(word[1]): int(word[2]) for word in words if word[0] == "ack"}

    def said(self) -> str:
        return self.out.read_text()

    def wait_for_acks(self, more: int = 1, within_s: float = 40) -> None:
        until, before = monotonic() + within_s, len(self.acks)
        while len(self.acks) < before + more:
            assert self.process.poll() is None, self.said()[-500:]
            assert monotonic() < until, self.said()[-500:]
            sleep(0.02)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


Start = Callable[..., Writer]


@pytest.fixture
def start(topic: Topic, tmp_path: Path) -> Iterator[Start]:
    """Starts writers in processes of their own; kills what is left of them."""
    started: list[Writer] = []

    def begin(largest: int = 20, seconds: float = 120.0, patience_s: float = PATIENCE_S) -> Writer:
        started.append(Writer(topic, f"w{len(started)}", tmp_path, largest, seconds, patience_s))
        return started[-1]

    yield begin
    for writer in started:
        writer.kill()


def everything(reader: KafkaReader) -> list[Entry]:
    found: list[Entry] = []
    while more := reader.read(len(found), 5000):
        found += more
    return found


def check_chain(topic: Topic, *writers: Writer) -> int:
    """Nothing acknowledged is lost, nothing is twice, all is in order."""
    newest, sums = b"", {}
    for place, (number, data) in enumerate(everything(topic.reader()), 1):
        told, _, before, _ = bytes(data).split(b"|")
        assert (number, int(told), int(before)) == (place, place, crc32(newest))
        newest = bytes(data)
        sums[number] = crc32(newest)
    assert all(sums.get(number) == told for writer in writers for number, told in writer.acks.items())
    return len(sums)


@pytest.mark.timeout(300, func_only=True)
def test_a_broker_killed_under_load_loses_and_doubles_nothing(kafka: Broker, topic: Topic, start: Start) -> None:
    writer, reader = start(seconds=240.0, patience_s=90.0), topic.reader()
    for _ in range(2):
        writer.wait_for_acks(100)
        kafka.kill()
        kafka.start()
        writer.wait_for_acks(within_s=100)
    writer.wait_for_acks(100)
    writer.kill()
    assert check_chain(topic, writer) > 300
    assert len(everything(reader)) == topic.reader().last()[0]


def test_of_two_live_writers_one_wins_each_number(topic: Topic, start: Start) -> None:
    live, ended, until = [start(4), start(4)], list[Writer](), monotonic() + 60
    while len(ended) < 6:
        assert monotonic() < until
        sleep(0.02)
        for writer in [writer for writer in live if writer.process.poll() is not None]:
            live[live.index(writer)] = start(4)
            ended.append(writer)
    live[0].wait_for_acks()
    writers = ended + live
    for writer in live:
        writer.kill()
    assert {writer.said().splitlines()[-1].split()[1] for writer in ended} == {"Fenced"}
    assert len([writer for writer in writers if writer.acks]) > 3
    check_chain(topic, *writers)


@pytest.mark.parametrize("pause_s", [5, pytest.param(40, marks=pytest.mark.long)])
def test_a_writer_that_was_stopped_is_fenced_and_its_successor_goes_on(
    topic: Topic, start: Start, pause_s: int
) -> None:
    old = start()
    old.wait_for_acks(20)
    old.process.send_signal(signal.SIGSTOP)
    new = start()
    new.wait_for_acks(20)
    sleep(pause_s)
    old.process.send_signal(signal.SIGCONT)
    old.process.wait(20)
    assert ("end Fenced" if pause_s < PATIENCE_S else "end ") in old.said()
    new.wait_for_acks(20)
    new.kill()
    check_chain(topic, old, new)


@pytest.mark.parametrize("kills", [4, pytest.param(40, marks=pytest.mark.long)])
def test_a_writer_killed_in_the_middle_of_an_append_leaves_all_of_it_or_nothing(
    topic: Topic, start: Start, kills: int
) -> None:
    writers, draw = [], Random(3)
    for _ in range(kills):
        writers.append(start(400))
        writers[-1].wait_for_acks()
        sleep(draw.uniform(0.05, 0.3))
        writers[-1].kill()
    opened = [int(writer.said().split()[1]) for writer in writers]
    assert opened == sorted(opened)
    check_chain(topic, *writers)


def test_appends_that_wait_in_a_stopped_broker_are_void_for_the_next_writer(
    kafka: Broker, topic: Topic, start: Start
) -> None:
    dead = start(300)
    dead.wait_for_acks(5)
    kafka.pause()
    sleep(0.3)
    dead.kill()
    heir = start(300)
    sleep(0.5)
    kafka.resume()
    heir.wait_for_acks(5)
    heir.kill()
    check_chain(topic, dead, heir)


def test_an_append_that_is_not_acknowledged_in_time_ends_its_writer(
    kafka: Broker, topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, neighbour = topic.writer(0), topic.writer(1)
    writer.append(1, [b"1"])
    kafka.pause()
    with monkeypatch.context() as hurry:
        hurry.setattr("tower.logs.kafka_sender.PATIENCE_S", 1.0)
        with pytest.raises(LogError, match=r"append to log\.\d+/0: not acknowledged within 1 s"):
            writer.append(2, [b"2"] * 3)
    kafka.resume()
    with pytest.raises(LogError) as told:
        writer.append(2, [b"no"])
    assert "open the log again" in told.value.try_
    neighbour.append(1, [b"1"])
    again = topic.writer(0)
    again.append(again.last()[0] + 1, [b"new"])
    found = [data for _, data in everything(topic.reader())]
    assert found in ([b"1", b"new"], [b"1", b"2", b"2", b"2", b"new"])


def test_trimming_under_readers_loses_them_nothing_that_is_left(topic: Topic) -> None:
    writer, steady, seeking, draw = topic.writer(), topic.reader(), topic.reader(), Random(5)
    after, found = 0, 0
    told: list[tuple[int, int, int]] = []
    for first in range(1, 3001, 100):
        writer.append(first, [b"%d" % number for number in range(first, first + 100)])
        writer.trim(first - 150)
        after += in_order(steady, after)
        place = draw.randrange(first)
        try:
            found += in_order(seeking, place)
        except Trimmed as gone:
            told.append((place + 1, gone.first, first - 149))
    assert len(told) > 3
    assert all(place < oldest <= trimmed for place, oldest, trimmed in told)
    assert found > 3
    assert after > 2000


def in_order(reader: KafkaReader, after: int) -> int:
    """How many were read; they are the right ones."""
    entries = reader.read(after, 100)
    numbers = [number for number, _ in entries]
    assert numbers == [int(data) for _, data in entries] == list(range(after + 1, after + 1 + len(entries)))
    return len(entries)


def test_readers_wait_for_a_broker_that_is_away(kafka: Broker, topic: Topic) -> None:
    writer, old = topic.writer(), topic.reader()
    writer.append(1, [b"1"])
    assert old.read(0, 5) == [(1, b"1")]
    kafka.pause()
    code = f"from tower.logs.kafka import KafkaReader as R; print(R({topic.bootstrap!r}, {topic.name!r}, 0).read(0, 5))"
    reader = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    sleep(1.5)
    kafka.resume()
    said, _ = reader.communicate(timeout=30)
    assert said == "[(1, b'1')]\n"
    kafka.kill()
    kafka.start()
    writer.append(2, [b"2"])
    assert old.read(1, 5) == [(2, b"2")]
    assert old.last() == (2, b"2")
