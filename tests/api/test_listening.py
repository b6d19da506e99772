"""Lines that go on come from the hub where one answers, and say what the log's lines say."""

import asyncio
from collections.abc import Generator
from contextlib import closing
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, cast

import pytest

from api import listening, reading
from tests.suites.small_hub import SmallHub, played
from tests.suites.told_day import told_day
from tower.record import Record

DAY = told_day(2)


def from_the_log(records: tuple[Record, ...]) -> list[str]:
    """The lines of the log, without their moments: the log's are when it was said, the feed's since when it is so.

    Of each deviation the last line of a record: the feed tells what stands behind it.
    """
    texts, lines = reading.Texts(), []
    for record in records:
        texts.learn(record)
        last = {row["id"]: row for row in record.rows("deviations")}
        lines += [reading.worded(row, record.now, texts)[22:] for row in last.values()]
    return lines


def test_the_day_passes_two_limits_in_one_record() -> None:
    """Or the test below would not show what is told of that."""
    ids = [record.rows("deviations")["id"].tolist() for record in DAY]
    assert any(len(set(some)) < len(some) for some in ids)


def of_either(line: str) -> str:
    """A line but for how it ended: the log also says withdrawn, and how bad it is by then."""
    ended = line.replace("withdrawn", "closed")
    return ended[10:] if "  closed  " in ended else ended


def test_they_say_what_the_lines_of_the_log_say() -> None:
    async def scene(small: SmallHub) -> None:
        expected, heard = [of_either(line) for line in from_the_log(DAY)], SimpleQueue[str]()

        def hear() -> None:
            lines = cast("Generator[str]", listening.lines(small.url, "wall", "n", None, 0))
            with closing(lines):
                for line in islice(lines, len(expected)):
                    heard.put(of_either(line[22:]))

        Thread(target=hear, daemon=True).start()  # a line too few, and it never ends
        while not small.hub.groups["n"]:  # noqa: ASYNC110  # the thread subscribes when it does
            await asyncio.sleep(0.01)
        for record in DAY:
            small.tell(record)
        assert [await asyncio.to_thread(heard.get, timeout=60) for _ in expected] == expected

    played(scene)


def test_severity_means_has_been_at_least() -> None:
    heard = listening.Heard(2)
    base: dict[str, Any] = {"id": "#1", "kind": "leg.late", "status": "opened"}
    said = [*([{**base, "severity": severity}] for severity in (1, 2, 1)), [{"op": "del", "id": "#1"}]]
    told = [[(row["severity"], row["status"]) for row in heard.take(rows)] for rows in said]
    assert told == [[], [(2, "opened")], [(1, "opened")], [(1, "closed")]]


def test_word_of_a_hub_is_for_its_owner_and_its_key_stays(tmp_path: Path) -> None:
    first = listening.left(tmp_path, "ws://127.0.0.1:1/v1/stream")
    assert listening.left(tmp_path, "ws://127.0.0.1:2/v1/stream") == first
    assert (tmp_path / listening.FILE).stat().st_mode & 0o077 == 0
    assert listening.said(tmp_path) == ("ws://127.0.0.1:2/v1/stream", first)
    assert listening.found(tmp_path) is None, "nobody answers there"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
def test_a_broken_word_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / listening.FILE).write_text(text)
    assert listening.found(tmp_path) is None
