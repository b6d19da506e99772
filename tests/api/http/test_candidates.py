"""Candidates: where a line could go, priced as the plan weighs it, against where it stands."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from operators.planning.rows import BOOKED, WANT
from operators.planning.settings import settings_of
from operators.planning.weighing import late_cents_of, late_min_of, moving_cents
from operators.prices import USUAL
from streams import names
from streams.control import make
from streams.states import Place, States
from tests.suites.small_api import SmallApi, small_api
from tests.suites.story import Story, at, event, leg, planned
from tower.logs import urls
from tower.record import entry

LEGS = {"L1": (600, 900), "L2": (660, 960), "L3": (720, 2200), "L4": (700, 1000), "SOON": (60, 300)}
"""When each leaves and comes, minutes."""
TAKES = {"L4": 1}
"""Loads, if not five: the line is of two."""
FREIGHT = {"X": 700, "Y": 400}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    """A network of one line that is booked on L1, and the state that was left of it."""
    story, root = Story(make), f"file:{tmp_path}/logs"
    guide = [{"carrier": carrier, "load_cents": cents} for carrier, cents in FREIGHT.items()]
    story.tell(0, event("lane.declared", -5, lane="A-B", origin="A", dest="B", guide=guide),
               event("stock.counted", -5, site="A", sku="S", on_hand=10),
               *(planned(name, dep=dep, arr=arr, capacity_loads=TAKES.get(name, 5))
                 for name, (dep, arr) in LEGS.items()),
               *(leg("assigned", -4, name, carrier="Y" if name == "L2" else "X") for name in LEGS))  # fmt: skip
    line = {"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000, "loads": 2}
    story.tell(1, event("order.placed", 0, order="O1", customer="C", priority="express", ship_to="B",
                        promise_by=at(1200), lines=[line]),
               event("line.booked", 1, order="O1", line="1", leg="L1", site="A"))  # fmt: skip
    story.wait(20)
    states = States(str(tmp_path / "states"))
    states.save("east", Place("", 3, story.records[-1].now), story.chain.saved())
    states.wait()
    with closing(urls.writer(names.outcomes(root, "east"))) as outcomes:
        for outcome in story.outcomes:
            outcomes.append(outcome.number, [entry(outcome.encode())])
    with small_api(tmp_path) as found:
        assert found.here.networks["east"].has_come_to(3, 10)
        yield found


def asked(api: SmallApi, **more: str) -> Any:
    return api.get("/v1/candidates", params={"order": "O1", "line": "1", **more})


def test_a_line_is_offered_what_it_can_catch_at_what_it_costs_more(api: SmallApi) -> None:
    money, want = settings_of(USUAL, {}).money, WANT.copy()[0]
    want["priority"], want["promised_by"], want["stand"] = 0, at(1200), BOOKED
    costs = {}
    for name, (_, arr) in LEGS.items():
        late = late_cents_of(want, money, late_min_of(want, at(arr)), at(20))
        moving = 0 if name == "L1" else moving_cents(want, money)
        costs[name] = 2 * FREIGHT["Y" if name == "L2" else "X"] + int(late) + int(moving)
    items = {item["leg"]: item for item in asked(api)["items"]}
    assert {name: item["cost_cents"] for name, item in items.items()} == {
        name: cents for name, cents in costs.items() if name != "SOON"
    }  # fmt: skip
    assert items["L3"]["late_min"] > 0 < items["L3"]["diff_cents"]
    assert {name: item["diff_cents"] for name, item in items.items()} == {
        name: item["cost_cents"] - costs["L1"] for name, item in items.items()
    }  # fmt: skip
    assert [name for name, item in items.items() if item["is_here"]] == ["L1"]
    assert {name: item["room"] for name, item in items.items()} == {"L1": 3, "L2": 5, "L3": 5, "L4": 1}
    assert [name for name, item in items.items() if not item["has_room"]] == ["L4"]
    assert list(items) == sorted(items, key=lambda name: items[name]["cost_cents"])


def test_a_line_that_nobody_knows_and_a_network_without_a_state_are_told_apart(api: SmallApi, tmp_path: Path) -> None:
    assert api.ask("GET", "/v1/candidates", params={"order": "O9", "line": "1"}).status_code == 404
    for state in (tmp_path / "states" / "east").iterdir():
        state.unlink()
    answer = api.ask("GET", "/v1/candidates", params={"order": "O1", "line": "1"})
    assert (answer.status_code, "no state was left" in answer.json()["detail"]) == (503, True)
