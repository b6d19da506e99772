"""What is said on the feed, in which order, and how it ends."""

import pytest
from websockets.exceptions import InvalidStatus

from api.hub import session
from tests.suites.small_hub import EPOCH, SmallHub, dial, played, signed_in
from tests.suites.story import Story, leg, planned


def test_a_key_is_welcomed_with_where_the_log_stands() -> None:
    async def scene(small: SmallHub) -> None:
        small.tell(Story().tell(0, planned()))
        _, welcome = await signed_in(small)
        assert welcome == {"type": "welcome", "epoch": EPOCH, "seq": 1, "recovered": False, "heartbeat_ms": 2000,
                           "schema": "1.0", "network": "n"}  # fmt: skip

    played(scene)


def test_a_program_may_send_its_key_as_authorization() -> None:
    async def scene(small: SmallHub) -> None:
        speaker = await dial(small, additional_headers={"Authorization": "Bearer wall"})
        await speaker.say(type="hello")
        assert (await speaker.hear())["type"] == "welcome"

    played(scene)


def test_a_key_that_nobody_has_is_not_signed_in() -> None:
    async def scene(small: SmallHub) -> None:
        for token in ("nobody", ""):
            speaker, refused = await signed_in(small, token)
            assert (refused["type"], refused["field"]) == ("error", "token")
            assert (await speaker.closed())[0] == 4401

    played(scene)


def test_a_key_listens_to_its_networks_and_to_no_other() -> None:
    async def scene(small: SmallHub) -> None:
        for token, network, code in (("east", "west", 4403), ("wall", "north", 4403), ("wall", "", 4400)):
            speaker, refused = await signed_in(small, token, network=network)
            assert (refused["type"], refused["field"]) == ("error", "network")
            assert (await speaker.closed())[0] == code
        _, welcome = await signed_in(small, "east")
        assert welcome["network"] == "east", "the only one that the key is for need not be named"
        speaker = await dial(small, "?network=west")
        await speaker.say(type="hello", token="wall")
        assert (await speaker.hear())["network"] == "west"

    played(scene, "east", "west")


def test_a_key_has_so_many_connections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MOST_OF_A_KEY", 1)

    async def scene(small: SmallHub) -> None:
        first, _ = await signed_in(small)
        second, _ = await signed_in(small)
        assert (await second.closed())[0] == 4403
        await first.ws.close()
        await small.nobody()
        _, welcome = await signed_in(small)
        assert welcome["type"] == "welcome"

    played(scene)


def test_who_says_no_hello_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "HELLO_S", 0.05)

    async def scene(small: SmallHub) -> None:
        speaker = await dial(small)
        assert (await speaker.closed())[0] == 4408

    played(scene)


def test_hello_comes_first_and_once() -> None:
    async def scene(small: SmallHub) -> None:
        early = await dial(small)
        await early.say(type="subscribe", id=3, channel="legs")
        assert (await early.hear())["field"] == "type"
        assert (await early.closed())[0] == 4400
        speaker, _ = await signed_in(small)
        await speaker.say(type="hello", token="wall")
        assert (await speaker.hear())["fix"] == "say hello once, then subscribe"
        assert await speaker.subscribe("legs") == []

    played(scene)


@pytest.mark.parametrize("said, field, value", [
    ({"type": "subscribe", "id": 1, "channel": "ships"}, "channel", "ships"),
    ({"type": "subscribe", "id": 1, "channel": "legs", "mode": "fast"}, "mode", "fast"),
    ({"type": "subscribe", "id": 1, "channel": "legs", "max_hz": 99}, "max_hz", 99),
    ({"type": "subscribe", "id": 1, "channel": "legs", "filter": {"severity": 9}}, "filter.severity", 9),
    ({"type": "subscribe", "id": 1, "channel": "legs", "filter": {"place": "A"}}, "filter.place", "A"),
    ({"type": "subscribe", "id": "1", "channel": "legs"}, "id", "1"),
    ({"type": "shout"}, "type", "shout"),
])  # fmt: skip
def test_a_frame_that_makes_no_sense_is_told_field_value_and_fix(
    said: dict[str, object], field: str, value: object
) -> None:
    async def scene(small: SmallHub) -> None:
        speaker, _ = await signed_in(small)
        await speaker.say(**said)
        refused = await speaker.hear()
        assert (refused["type"], refused["field"], refused["value"]) == ("error", field, value)
        assert refused["fix"]
        assert await speaker.subscribe("legs") == [], "the connection stays"

    played(scene)


@pytest.mark.parametrize("message", ["{", "[]", "7", "\x00", b"{}"])
def test_what_is_no_frame_ends_the_connection(message: str | bytes) -> None:
    async def scene(small: SmallHub) -> None:
        speaker, _ = await signed_in(small)
        await speaker.ws.send(message)
        assert (await speaker.closed())[0] == 4400

    played(scene)


def test_many_mistakes_and_many_frames_end_the_connection() -> None:
    async def scene(small: SmallHub) -> None:
        for frame in ({"type": "shout"}, {"type": "unsubscribe", "id": 1, "channel": "legs"}):
            speaker, _ = await signed_in(small)
            for _ in range(60):
                await speaker.say(**frame)
            assert (await speaker.closed())[0] == 4400

    played(scene)


def test_a_frame_that_is_too_long_ends_the_connection() -> None:
    async def scene(small: SmallHub) -> None:
        speaker, _ = await signed_in(small)
        await speaker.say(type="subscribe", id=1, channel="legs", x="x" * 20_000)
        assert (await speaker.closed())[0] == 1009

    played(scene)


def test_unsubscribing_ends_a_channel_and_not_the_others() -> None:
    async def scene(small: SmallHub) -> None:
        story = Story()
        speaker, _ = await signed_in(small)
        await speaker.subscribe("legs")
        await speaker.subscribe("sites")
        await speaker.say(type="unsubscribe", id=5, channel="legs")
        assert await speaker.hear() == {"type": "result", "id": 5}
        small.tell(story.tell(0, planned(), leg("departed", 0)))
        small.beat()
        assert (await speaker.hear())["type"] == "heartbeat"
        assert {key[1] for key in small.hub.groups["n"]} == {"sites"}, "a group without members is gone"

    played(scene)


@pytest.mark.parametrize("origin, comes_in", [
    (None, True), ("http://127.0.0.1:8080", True), ("http://localhost:5173", True), ("https://ours.example", True),
    ("https://tower.example:8443", True), ("http://[", False),
    ("https://theirs.example", False), ("null", False), ("https://ours.example.theirs.example", False),
])  # fmt: skip
def test_a_page_listens_from_this_machine_or_from_where_it_is_allowed(origin: str | None, comes_in: bool) -> None:
    async def scene(small: SmallHub) -> None:
        if comes_in:
            await (await dial(small, origin=origin)).ws.close()
        else:
            with pytest.raises(InvalidStatus) as refused:
                await dial(small, origin=origin)
            assert refused.value.response.status_code == 403

    played(scene, origins=["https://ours.example"])


def test_a_hub_that_goes_says_come_back() -> None:
    async def scene(small: SmallHub) -> None:
        speaker, _ = await signed_in(small)
        small.hub.close()
        assert (await speaker.closed())[0] == 4009

    played(scene)


def test_the_subprotocol_is_agreed() -> None:
    async def scene(small: SmallHub) -> None:
        speaker = await dial(small, subprotocols=["tower.v1+json"])
        assert speaker.ws.subprotocol == "tower.v1+json"

    played(scene)
