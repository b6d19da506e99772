"""Scenarios over HTTP: what is asked of the driver of a recorded network."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from api.http.scenarios import LOOK_S
from streams import names
from streams.inbox import InboxWriter, tick
from tests.suites.choices import Choice
from tests.suites.choosing import ChoosingTower
from tests.suites.small_api import SmallApi, small_api
from tests.suites.story import START
from tower import clock, ids

WEIGHED = {"option": f"#{ids.of('option', 'usual'):016x}"}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


@pytest.fixture
def tower(api: SmallApi) -> Iterator[ChoosingTower]:
    """A tower with one option, on a network whose time is driven."""
    story = Choice({})
    story.proposed()
    with closing(InboxWriter(api.here.root, "east", names.CLOCK)) as door:
        tick(door, START)
    found = ChoosingTower(api.here.root, story)
    found.start()
    assert api.here.networks["east"].has_come_to(len(story.outcomes), 10)
    yield found
    found.close()


@pytest.mark.usefixtures("tower")
def test_who_weighs_an_option_has_time_for_it(api: SmallApi) -> None:
    api.ask("POST", "/v1/scenarios/east/speed", "dispatcher", json={"speed": 60})
    began = clock.wall_ms()
    answer = api.ask("POST", "/v1/scenarios/east/look", "dispatcher", json=WEIGHED)
    assert answer.status_code == 200, answer.text
    wanted = orjson.loads((api.here.data / "driver" / "wanted.json").read_bytes())
    assert wanted["speed"] == 60
    assert began <= wanted["looked_until_ms"] - LOOK_S * clock.SECOND <= clock.wall_ms()


@pytest.mark.usefixtures("tower")
@pytest.mark.parametrize(("said", "status", "why"), [
    ({"option": "#00000000000000ff"}, 404, "there is no option #00000000000000ff"),
    ({"option": "the first"}, 404, "there is no option 'the first'"),
    ({}, 422, "option"),
])  # fmt: skip
def test_an_option_that_is_none_holds_nothing_up(api: SmallApi, said: object, status: int, why: str) -> None:
    answer = api.ask("POST", "/v1/scenarios/east/look", "dispatcher", json=said)
    assert answer.status_code == status
    assert why in answer.text
    assert not (api.here.data / "driver").exists()


def test_an_option_that_is_over_holds_nothing_up(api: SmallApi, tower: ChoosingTower) -> None:
    present = api.here.networks["east"]
    present.now = int(present.tables["options"].rows["expires_at"].max())
    answer = api.ask("POST", "/v1/scenarios/east/look", "dispatcher", json=WEIGHED)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"option {WEIGHED['option']} is over")
    assert tower.said == []


def test_the_time_of_a_live_network_passes_by_itself(api: SmallApi) -> None:
    answer = api.ask("POST", "/v1/scenarios/west/look", "dispatcher", json=WEIGHED)
    assert (answer.status_code, answer.json()["detail"]) == (409, "network west is live: time passes by itself")
