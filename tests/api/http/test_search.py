"""Search: any reference leads to the thing, by its whole name or its beginning."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.hub.follow import Decided
from streams.adapters import decode
from tests.suites.small_api import SmallApi, deviation, legs, rows, small_api
from tower import ids
from tower.batch import to_record
from tower.envelope import Envelope


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def found(api: SmallApi, q: str) -> list[tuple[str, str, bool, str]]:
    hits: list[dict[str, Any]] = api.get("/v1/search", params={"q": q})["hits"]
    return [(hit["kind"], hit["name"], hit["exact"], hit["href"]) for hit in hits]


def named(*pairs: tuple[str, str]) -> dict[int, str]:
    return {ids.of(kind, text): text for kind, text in pairs}


def test_a_name_leads_to_what_is_called_so_and_its_beginning_to_all_that_begin_so(api: SmallApi) -> None:
    api.tell(**legs("UA10", "UA101", "UA2"))
    assert found(api, "UA10") == [("leg", "UA10", True, "/v1/legs/UA10?network=east"),
                                  ("leg", "UA101", False, "/v1/legs/UA101?network=east")]  # fmt: skip
    assert [hit[1] for hit in found(api, "ua")] == ["UA10", "UA101", "UA2"]
    assert found(api, "B6") == []


@pytest.mark.parametrize("kind, href", [
    ("order", "/v1/orders/X%201"), ("po", "/v1/supply/X%201"), ("visit", "/v1/visits/X%201"),
    ("trailer", "/v1/legs?trailer=X%201"), ("sku", "/v1/stock?sku=X%201"), ("customer", "/v1/orders?customer=X%201"),
    ("carrier", "/v1/legs?carrier=X%201"), ("site", "/v1/sites/X%201"),
])  # fmt: skip
def test_every_kind_of_name_says_what_it_is_and_where_it_leads(api: SmallApi, kind: str, href: str) -> None:
    api.tell(texts=named((kind, "X 1")))
    ((what, name, exact, where),) = found(api, "X 1")
    assert (what, name, exact) == (kind, "X 1", True)
    assert where.startswith(href)
    assert api.ask("GET", where).status_code in (200, 404)


def test_a_line_is_found_by_its_order_and_number(api: SmallApi) -> None:
    api.tell(texts={**named(("order", "O1")), 77: "O1/2"})
    assert [hit[:2] for hit in found(api, "O1")] == [("order", "O1"), ("line", "O1/2")]


def test_a_reference_that_an_event_gave_leads_to_its_thing(api: SmallApi) -> None:
    said = (b'{"id": "e", "kind": "leg.planned", "leg": "L7", "at": 1360314000000, "origin": "A", "dest": "B", '
            b'"dep_planned": 1360314000000, "arr_planned": 1360314000000, "references": {"pro": "PRO-9", "bol": "B1"}}')
    batch = decode(Envelope("tms", 1_360_314_000_000, "application/json", said), 1, "east")
    record = to_record(batch, 1, 1_360_314_000_000, {})
    api.here.references["east"].take([Decided(record, 0)])
    api.tell(**legs("L7"))
    api.tell(texts=dict(record.names))
    assert found(api, "PRO-9") == [("pro", "PRO-9", True, "/v1/legs/L7?network=east")]
    assert api.get("/v1/legs/L7")["references"] == {"pro": ["PRO-9"], "bol": ["B1"]}


def test_a_deviation_is_found_by_its_digits(api: SmallApi) -> None:
    api.tell(deviations=rows("deviations", deviation(0xAB)))
    for q in (f"{0xAB:016x}", f"#{0xAB:016x}"):
        assert found(api, q)[0][:3] == ("deviation", f"#{0xAB:016x}", True)
