"""The page of the vocabulary is current, and its examples are events."""

from pathlib import Path

import orjson
import pytest

from streams.adapters import decode
from streams.adapters.docs import page
from tests.streams.adapters.wire import envelope, reasons
from tower.events import KINDS, Kind

PAGE = Path(__file__).parents[3] / "docs" / "events.md"


def test_the_page_is_what_the_command_prints() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m streams.adapters.docs > docs/events.md"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_a_kind_is_accepted(kind: Kind) -> None:
    section = PAGE.read_text("utf-8").split(f"### {kind.name}\n")[1]
    batch = decode(envelope(orjson.loads(section.split("```json\n")[1].split("\n")[0])), 1, "network-1")
    assert (len(batch), reasons(batch)) == (1, [])
