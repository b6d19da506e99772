"""Lists: pages of one moment that cover each row once, filters, and what has not changed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from api.http.resources import ALL
from tests.suites.small_api import NOW, SmallApi, deviation, legs, rows, small_api
from tower import clock, ids


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def pages(api: SmallApi, path: str, limit: int) -> Iterator[list[str]]:
    """The ids of each page."""
    cursor = ""
    while cursor is not None:
        page = api.get(f"{path}{'&' if '?' in path else '?'}limit={limit}&cursor={cursor}")
        yield [item["id"] for item in page["items"]]
        cursor = page["next"]


def test_pages_cover_every_row_once(api: SmallApi) -> None:
    names = [f"L{i}" for i in range(23)]
    api.tell(**legs(*names))
    found = list(pages(api, "/v1/legs", 5))
    assert [len(page) for page in found] == [5, 5, 5, 5, 3]
    assert sorted(id for page in found for id in page) == sorted(names)


def test_a_row_that_is_there_throughout_comes_once_whatever_comes_and_goes(api: SmallApi) -> None:
    stays, goes = [f"L{i}" for i in range(20)], [f"G{i}" for i in range(20)]
    api.tell(**legs(*stays, *goes))
    found = []
    for number, page in enumerate(pages(api, "/v1/legs", 7)):
        found += page
        gone = rows("gone", *({"table": ids.of("table", "legs"), "key": ids.of("leg", goes[number * 3 + i])}
                              for i in range(3)))  # fmt: skip
        api.tell(gone=gone)
        api.tell(**legs(f"N{number}"))
    assert sorted(id for id in found if id in stays) == sorted(stays)
    assert len(found) == len(set(found))


def test_a_page_says_which_moment_it_is_of_and_how_many_there_are(api: SmallApi) -> None:
    api.tell(**legs("L1", "L2", "L3"))
    page = api.get("/v1/legs?limit=2")
    assert (page["network"], page["seq"], page["count"]) == ("east", 1, 3)
    assert page["now"] == clock.render(NOW + 1000)
    assert api.get("/v1/legs", "viewer", params={"network": "west"})["seq"] == 0


def test_rows_are_chosen_by_name_severity_and_moment(api: SmallApi) -> None:
    api.tell(**legs("L1", "L2", origin=ids.of("site", "EWR"), carrier=ids.of("carrier", "UA"), heard_at=NOW))
    api.tell(**legs("L3", dest=ids.of("site", "EWR"), heard_at=NOW + 5000))
    api.tell(deviations=rows("deviations", deviation(1, 1), deviation(2, 2), deviation(3, 3, site=ids.of("site", "X"))))

    def chosen(path: str) -> set[str]:
        return {item["id"] for item in api.get(path)["items"]}

    assert chosen("/v1/legs?site=EWR") == {"L1", "L2", "L3"}
    assert chosen("/v1/legs?site=EWR&carrier=UA,AA") == {"L1", "L2"}
    assert chosen(f"/v1/legs?since={clock.render(NOW + 1)}") == {"L3"}
    assert chosen("/v1/deviations?severity=2") == chosen("/v1/deviations?severity=warning") == {
        f"#{2:016x}", f"#{3:016x}"}  # fmt: skip
    assert chosen("/v1/deviations?site=X&kind=leg.overdue&status=opened") == {f"#{3:016x}"}
    assert chosen("/v1/deviations?kind=leg.late") == set()


@pytest.mark.parametrize("path, field", [
    ("/v1/deviations?severity=5", "severity"), ("/v1/deviations?severity=", None), ("/v1/legs?since=today", "since"),
    ("/v1/legs?mode=balloon", "mode"), ("/v1/legs?cursor=AAAA", "cursor"), ("/v1/legs?cursor=%E2%82%AC", "cursor"),
    ("/v1/legs?limit=0", "limit"), ("/v1/legs?limit=1001", "limit"), ("/v1/legs?colour=red", "colour"),
    ("/v1/legs?at=soon", "at"), ("/v1/legs?at=0001-01-01T00:00:00%2B23:59", "at"),
    ("/v1/legs?since=9999-12-31T23:59:59-23:59", "since"), ("/v1/rejected?cursor=!", "cursor"),
])  # fmt: skip
def test_what_no_filter_takes_is_named_with_what_was_said(api: SmallApi, path: str, field: str | None) -> None:
    answer = api.ask("GET", path)
    assert answer.status_code == (422 if field else 200)
    if field:
        assert answer.headers["content-type"] == "application/problem+json"
        assert field in answer.json()["detail"].partition(":")[0]
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["hint"]


def test_what_has_not_changed_is_not_sent_again(api: SmallApi) -> None:
    api.tell(**legs("L1"))
    tag = api.ask("GET", "/v1/legs").headers["etag"]
    api.tell(deviations=rows("deviations", deviation(1)))
    assert api.ask("GET", "/v1/legs", headers={"If-None-Match": tag}).status_code == 304
    api.tell(**legs("L1", heard_at=NOW))
    assert api.ask("GET", "/v1/legs", headers={"If-None-Match": tag}).status_code == 200


def test_a_deviation_that_ends_leaves_the_list_and_keeps_its_story(api: SmallApi) -> None:
    api.tell(deviations=rows("deviations", deviation(7)))
    api.tell(deviations=rows("deviations", deviation(7, 3, status=1, value=60.0)))
    api.tell(deviations=rows("deviations", deviation(7, 0, status=2)))
    assert api.get("/v1/deviations")["items"] == []
    story = api.get(f"/v1/deviations/{7:016x}")
    assert [(told["number"], told["status"]) for told in story["timeline"]] == [(1, "opened"), (2, "changed"),
                                                                               (3, "closed")]  # fmt: skip
    assert story["timeline"][1]["why"] == "no word for 60 min after it was expected"


def test_one_thing_comes_with_what_hangs_on_it(api: SmallApi) -> None:
    leg = ids.of("leg", "L1")
    both = int(ids.pairs(np.array([ids.of("order", "O1")], "u8"), np.array([ids.of("line", "2")], "u8"))[0])
    api.tell(**legs("L1"), deviations=rows("deviations", deviation(5)))
    api.tell(lines=rows("lines", {"key": both, "on_leg": leg, "order": ids.of("order", "O1"), "quantity": 3}),
             texts={both: "O1/2", ids.of("order", "O1"): "O1"})  # fmt: skip
    found = api.get("/v1/legs/L1")
    assert ([one["id"] for one in found["deviations"]], [one["id"] for one in found["lines"]]) == (
        [f"#{5:016x}"], ["O1/2"])  # fmt: skip
    assert api.get("/v1/lines/O1/2")["item"]["quantity"] == 3
    assert api.get(f"/v1/legs/{leg:016x}")["item"]["id"] == "L1"
    assert [line["id"] for line in api.get(f"/v1/deviations/{5:016x}")["lines"]] == ["O1/2"]
    assert api.ask("GET", "/v1/legs/L9").status_code == 404


def test_every_list_answers_when_nothing_is_known(api: SmallApi) -> None:
    assert {resource.name: api.get(f"/v1/{resource.name}")["items"] for resource in ALL} == {
        resource.name: [] for resource in ALL}  # fmt: skip


def test_what_was_rejected_is_told_with_its_reason_and_place(api: SmallApi) -> None:
    reason, source = ids.of("reason", "unknown kind: x"), ids.of("source", "dock")
    bad = rows("rejected", *({"source": source, "reason": reason, "inbox": 4, "row": n} for n in range(3)))
    api.tell(rejected=bad, texts={reason: "unknown kind: x", source: "dock"})
    page = api.get("/v1/rejected?limit=2")
    assert [(one["reason"], one["source"], one["row"]) for one in page["items"]] == [
        ("unknown kind: x", "dock", 0), ("unknown kind: x", "dock", 1)]  # fmt: skip
    assert [one["row"] for one in api.get(f"/v1/rejected?cursor={page['next']}")["items"]] == [2]
    assert api.get("/v1/rejected?source=carrier")["count"] == 0
