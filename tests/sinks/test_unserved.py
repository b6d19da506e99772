"""The sample `unserved` says of each line what the API says of it, and nothing of lines whose plan is gone."""

import json
from pathlib import Path

import numpy as np
import pytest

from api.unserved import AMOUNTS, SAYS, says
from sinks.clickhouse.insert import Warehouse
from sinks.clickhouse.store import ClickHouse
from streams.words import OURS
from tests.sinks.clickhouse.warehouse import KEY
from tests.sinks.clickhouse.warehouse import Warehouse as Server
from tower import ids, layouts
from tower.outcomes import WHYS
from tower.record import Record

SAMPLE = Path(__file__).parents[2] / "sinks/clickhouse/queries/unserved.sql"
NAMES = {ids.of("leg", "UA1"): "UA1", ids.of("leg", "UA2"): "UA2", ids.of("sku", "22423"): "22423"}


def plans() -> np.ndarray:
    """A line of each reason, by one and by many where that is counted; the last one has a leg."""
    told = [(why, short) for why in SAYS for short in ((1, 12, -1) if why in AMOUNTS else (-1,))] + [("new", -1)]
    rows = layouts.empty("plans", len(told))
    rows["key"] = rows["line"] = np.arange(len(told)) + 1
    rows["why"], rows["short"] = [WHYS.index(why) for why, _ in told], [short for _, short in told]
    rows["resource"], rows["from_leg"], rows["sku"] = list(NAMES)
    rows["to_leg"][-1] = ids.of("leg", "UA2")
    return rows[(rows["short"] != -1) | (rows["why"] != WHYS.index("no_stock"))]


@pytest.mark.full
def test_the_sample_says_what_the_api_says(tmp_path: Path) -> None:
    rows, gone = plans(), layouts.empty("gone", 1)
    gone["table"], gone["key"] = ids.of("table", "plans"), rows["key"][0]
    with Server(tmp_path) as server:
        store = ClickHouse(server.url, KEY)
        store.make()
        warehouse = Warehouse(store, "east", words=OURS)
        for number, tables in enumerate(({"plans": rows}, {"plans": rows[3:]}, {"gone": gone}), 1):
            warehouse.take([Record(number, number * 1000, tables, names=NAMES if number == 1 else {}, chain=number)])
        told = server.ask(SAMPLE.read_text("utf-8"), default_format="JSONEachRow")
        store.close()
    assert told.status == 200, told.body
    assert sorted(json.loads(line)["says"] for line in told.body.splitlines()) == sorted(
        {said for row in rows[1:] if (said := says(row, NAMES)) is not None}
    )  # fmt: skip
