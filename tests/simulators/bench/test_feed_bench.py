"""The bench of the feed: what it asks, in seconds, and what its figures say."""

import pytest

from simulators import bench
from simulators.bench.feed import QUICK_CLIENTS
from simulators.bench.feed_load import length, masked


@pytest.mark.full
def test_the_feed_stands_beside_what_people_write_instead() -> None:
    found = bench.run("feed", quick=True)
    assert {tuple(figure) for figure in found} == {bench.COLUMNS}
    assert {figure["peer"] for figure in found} == {
        "one client", "all read", "websockets.broadcast", "FastAPI, a loop of awaits",
    }  # fmt: skip
    assert [figure["target"] for figure in found if figure["target"]] == [250.0, 1.2]
    counts = [figure["value"] for figure in found if figure["unit"] == "clients"]
    assert {*counts} <= {0, QUICK_CLIENTS, 2 * QUICK_CLIENTS}  # 0: on a busy machine none is told in time
    assert all(figure["value"] > 0 for figure in found if figure["unit"] != "clients")


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_the_load_finds_where_a_frame_ends(size: int) -> None:
    from websockets.frames import Frame, Opcode

    data = Frame(Opcode.TEXT, b"x" * size).serialize(mask=False)
    assert length(data + b"more", 0) == len(data)
    assert length(data[: 2 if size < 126 else 3], 0) in (0, len(data))


def test_what_the_load_says_is_a_frame() -> None:
    import orjson
    from websockets.frames import Frame
    from websockets.streams import StreamReader

    reader = StreamReader()
    reader.feed_data(masked({"type": "hello", "token": "x" * 200}))
    parsing = Frame.parse(reader.read_exact, mask=True)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    assert orjson.loads(parsed.value.value.data)["type"] == "hello"
