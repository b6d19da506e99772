"""What the plan leaves without a leg: the API, a deviation's story and `explain` say why, and how much is missing."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from api.unserved import counted, says
from streams import names
from streams.control import make
from tests.suites.small_api import SmallApi, small_api
from tests.suites.story import Story, at, event, leg, planned
from tests.suites.tower_folder import say
from tower import layouts
from tower.logs import urls
from tower.outcomes import WHYS
from tower.record import entry

STRANDED = ("O1", "O2")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two lines lose their leg, and the only other one takes nobody; a third wants what nobody has."""
    story, root = Story(make), tmp_path_factory.mktemp("tower")
    line = {"line": "1", "sku": "S", "quantity": 1, "value_cents": 10_000, "loads": 1}
    placed = [event("order.placed", -90, order=order, customer="C", priority="standard", ship_to="B",
                    promise_by=at(1200), lines=[{**line, **more}])
              for order, more in (("O1", {}), ("O2", {}), ("O3", {"sku": "22423", "quantity": 12}))]  # fmt: skip
    booked = [event("line.booked", -80, order=order, line="1", leg="L1", site="A") for order in STRANDED]
    story.tell(0, event("stock.counted", -95, site="A", sku="S", on_hand=9), planned("L1", dep=400, arr=600),
               planned("L2", dep=500, arr=700, capacity_loads=0), *placed, *booked)  # fmt: skip
    lost = [event("line.failed", 1, order=order, line="1", reason="leg_cancelled", quantity=1, leg="L1")
            for order in STRANDED]  # fmt: skip
    story.tell(1, leg("cancelled", 1), *lost)
    story.wait(90)
    for log, records in ((names.log, story.records), (names.outcomes, story.outcomes)):
        with closing(urls.writer(log(f"file:{root}/logs", "east"))) as writer:
            for record in records:
                writer.append(record.number, [entry(record.encode())])
    return root


@pytest.fixture
def api(folder: Path) -> Iterator[SmallApi]:
    with small_api(folder) as found:
        yield found


def test_the_list_of_plans_says_it_of_each_line(api: SmallApi) -> None:
    told = {item["order"]: (item["why"], item["short"], item["says"]) for item in api.get("/v1/plans")["items"]}
    assert told == {
        **dict.fromkeys(STRANDED, ("full", 2, "L2 full: 2 loads short")),
        "O3": ("no_stock", 12, "no stock of 22423 within promise: 12 units wanted"),
    }  # fmt: skip


def test_a_deviation_s_story_and_explain_say_it_of_its_line(
    api: SmallApi, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one = next(row for row in api.get("/v1/deviations")["items"] if row["kind"] == "line.stranded")
    reason = {"says": "L2 full: 2 loads short", "lines": 1}
    assert api.get(f"/v1/deviations/{one['id'][1:]}")["unserved"] == [reason]
    asked = ("explain", one["id"], "--data", str(folder))
    assert "planned on no leg: L2 full: 2 loads short" in say(capfd, *asked).lines
    assert json.loads(say(capfd, *asked, "--json").out)["unserved"] == [reason]


def row(why: str, short: int = -1, **columns: int) -> np.void:
    found = layouts.empty("plans", 1)[0]
    found["why"], found["short"] = WHYS.index(why), short
    for name, value in columns.items():
        found[name] = value
    told: np.void = found
    return told


@pytest.mark.parametrize(("one", "said"), [
    (row("full", 1, resource=7), "L7 full: 1 load short"), (row("full", resource=7), "L7 full"),
    (row("full_m3", 12, resource=7), "L7 full: 12 m3 short"),
    (row("no_candidate"), "no leg can be caught"), (row("not_worth"), "no leg costs less than leaving it"),
    (row("makes_room", 3, from_leg=7), "taken off L7 to make room"), (row("new", to_leg=7), None),
])  # fmt: skip
def test_each_reason_is_a_sentence_with_its_amount_where_that_is_known(one: np.void, said: str | None) -> None:
    assert says(one, {7: "L7"}) == said


def test_what_is_said_of_most_lines_comes_first() -> None:
    rows = [row("not_worth"), row("full", 2, resource=7), row("full", 2, resource=7), row("new", to_leg=7)]
    assert counted(rows, {7: "L7"}) == [
        {"says": "L7 full: 2 loads short", "lines": 2}, {"says": "no leg costs less than leaving it", "lines": 1},
    ]  # fmt: skip


def test_every_reason_to_leave_a_line_has_words() -> None:
    assert all(says(row(why), {}) for why in WHYS[WHYS.index("full") :])
