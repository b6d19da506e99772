"""The document of the feed is one of AsyncAPI 3, and says what is said."""

import asyncio
import gzip
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.hub import asyncapi, frames
from api.hub.boards import DRAWS
from api.hub.rows import ROWS
from tests.suites.small_hub import Frame, SmallHub, played, signed_in
from tests.suites.told_day import told_day

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs" / "feed.md").read_text("utf-8")
DOCUMENT = asyncapi.document()


def shape(name: str) -> jsonschema.Draft202012Validator:
    """What a frame of that type looks like."""
    reference = DOCUMENT["components"]["messages"][name]["payload"]["$ref"]
    return jsonschema.Draft202012Validator({"$ref": reference, "components": DOCUMENT["components"]})


def official() -> Any:
    """The AsyncAPI Initiative's own schema of its documents."""
    return json.loads(gzip.decompress((HERE / "fixtures" / "asyncapi-3.0.0.json.gz").read_bytes()))


def test_it_is_a_document_of_asyncapi_3() -> None:
    judge = jsonschema.Draft7Validator(official())
    assert [error.message for error in judge.iter_errors(DOCUMENT)] == []
    assert list(judge.iter_errors({**DOCUMENT, "operations": {"hear": {"action": "listen"}}})), "it does judge"


def test_every_reference_leads_somewhere() -> None:
    for path in set(re.findall(r'"#/([^"]+)"', json.dumps(DOCUMENT))):
        found: Any = DOCUMENT
        for part in path.split("/"):
            found = found[part]


@pytest.mark.parametrize("name", DOCUMENT["components"]["messages"])
def test_every_example_has_the_shape_that_it_is_an_example_of(name: str) -> None:
    for example in DOCUMENT["components"]["messages"][name]["examples"]:
        shape(name).validate(example["payload"])


def test_every_frame_of_a_day_has_the_shape_that_is_promised() -> None:
    heard: list[Frame] = []

    async def scene(small: SmallHub) -> None:
        small.tell(*told_day(2)[:12])
        speaker, welcome = await signed_in(small)
        heard.append(welcome)
        for number, channel in enumerate(frames.CHANNELS):
            await speaker.say(type="subscribe", id=number, channel=channel, max_hz=20)
        await speaker.say(type="shout", id=5)
        await asyncio.sleep(0.05)
        small.tell(*told_day(2)[12:])
        small.beat()
        while not heard or heard[-1]["type"] != "heartbeat":
            heard.append(await speaker.hear())

    played(scene)
    for frame in heard:
        shape(frame["type"]).validate(frame)
    assert {frame["type"] for frame in heard} == {"welcome", "result", "error", "snapshot", "delta", "heartbeat"}


def test_every_channel_says_what_its_rows_are() -> None:
    assert tuple(ROWS) == frames.CHANNELS
    assert set(DRAWS) <= set(ROWS)


def test_every_example_of_the_page_is_a_frame() -> None:
    examples = [json.loads(line) for line in re.findall(r"^ +(\{.*\})$", PAGE, re.MULTILINE)]
    examples += [json.loads(text) for text in re.findall(r"`(\{.*?\})`", PAGE)]
    assert {frame["type"] for frame in examples} >= {"hello", "welcome", "subscribe", "unsubscribe", "delta", "error"}
    for frame in examples:
        shape(frame["type"]).validate(frame)


def test_the_page_tells_every_channel_and_every_code() -> None:
    assert [name for name in frames.CHANNELS if f"`{name}`" not in PAGE] == []
    assert [code for code in frames.CLOSES if f"| {code} |" not in PAGE] == []
