"""Nobody who sends nonsense harms the hub, or is noticed by anybody else."""

import asyncio
import gc
import tracemalloc
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from api.hub.check import Bad, parsed
from api.hub.frames import Hello, Refused, Subscribe, Unsubscribe
from tests.suites.hostile_frames import Message, hostile
from tests.suites.small_hub import SmallHub, dial, played, signed_in
from tests.suites.told_day import told_day

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4), max_leaves=12,
)  # fmt: skip
FIELDS = st.sampled_from(["type", "id", "channel", "filter", "mode", "max_hz", "fresh", "token", "resume", "network"])
WORDS = st.sampled_from(["hello", "subscribe", "unsubscribe", "legs", "events", "state", "e"])
ALMOST = st.dictionaries(FIELDS, JSON | WORDS | st.integers(0, 9) | st.fixed_dictionaries({"severity": JSON}))


def judged(message: Message) -> None:
    said = outcome(message)
    if isinstance(said, Refused):
        assert said.field
        assert said.fix
        assert len(said.model_dump_json()) < 1000


def outcome(message: Message) -> Hello | Subscribe | Unsubscribe | Refused:
    try:
        return parsed(message)
    except Bad as bad:
        return bad.refused


@given(ALMOST)
def test_whatever_is_sent_is_a_frame_or_is_told_what_is_wrong(said: dict[str, object]) -> None:
    with suppress(TypeError):  # integers that JSON does not have
        judged(orjson.dumps(said).decode())


@given(st.text() | st.binary())
def test_whatever_is_no_json_is_told_so(message: Message) -> None:
    judged(message)


def test_nothing_is_learned_of_a_value_but_its_beginning() -> None:
    with pytest.raises(Bad) as bad:
        parsed('{"type": "subscribe", "id": 1, "channel": "' + "x" * 9000 + '"}')
    assert bad.value.refused.value == "x" * 100


async def barrage(small: SmallHub, count: int, seed: int) -> None:
    """So many messages over as many connections as it takes."""
    messages = list(hostile(count, seed))
    while messages:
        with suppress(ConnectionClosed, InvalidHandshake, InvalidMessage, ConnectionError):
            speaker, _ = await signed_in(small)
            async with speaker:
                while messages:
                    await speaker.ws.send(messages.pop())
                    await asyncio.sleep(0)


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=[pytest.mark.long, pytest.mark.timeout(3000)])])
def test_hostile_frames_leave_nothing_behind(count: int) -> None:
    async def scene(small: SmallHub) -> None:
        day = told_day(2)
        good, _ = await signed_in(small)
        await good.subscribe("legs")
        small.tell(*day[:10])
        await barrage(small, 500, seed=0)
        gc.collect()
        tracemalloc.start()
        await barrage(small, count, seed=1)
        small.tell(*day[10:])
        small.beat()
        heard = [await good.hear()]
        while heard[-1]["type"] != "heartbeat":
            heard.append(await good.hear())
        assert {frame["type"] for frame in heard} == {"delta", "heartbeat"}
        await good.ws.close()
        await small.nobody()
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 4_000_000, "it does not grow with what was sent"
        tracemalloc.stop()
        assert small.hub.groups == {"n": {}}
        assert not +small.sessions.of_key

    played(scene)


def test_a_stranger_who_speaks_no_websocket_is_turned_away() -> None:
    async def scene(small: SmallHub) -> None:
        for said in (b"\x16\x03\x01\x02", b"GET /v1/stream HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", small.port)
            writer.write(said)
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 10)
            writer.close()
        with pytest.raises(InvalidHandshake):
            await dial(small, "/../../etc/passwd")
        assert (await signed_in(small))[1]["type"] == "welcome"

    played(scene)
