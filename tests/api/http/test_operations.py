"""Health, metrics by their names, where things are; and that the page of the API tells of every route."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http.app import stream_of
from api.http.rules import RULES
from api.hub.follow import Decided
from api.keys import Keys, check
from streams.beat import Beat, Turning
from tests.suites.small_api import NOW, SmallApi, deviation, rows, small_api
from tower import clock, ids
from tower.errors import SettingError
from tower.record import Record
from tower.settings import Settings, load
from tower.spans import Spans
from tower.telemetry import BY_NAME

DOCS = (Path(__file__).parents[3] / "docs" / "api.md").read_text("utf-8")


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def test_metrics_are_those_that_are_listed_and_say_what_the_tables_say(api: SmallApi) -> None:
    source = ids.of("source", "dock")
    api.tell(ledger=rows("ledger", {"source": source, "received": 7, "accepted": 4, "duplicate": 1, "late": 0,
                                    "rejected": 1}), texts={source: "dock"})  # fmt: skip
    api.tell(sources=rows("sources", {"key": source, "last_at": NOW - 58_000, "events": 7}),
             invariants=rows("invariants", {"key": 5, "name": ids.of("invariant", "leg_load"), "broken": 3}),
             texts={ids.of("invariant", "leg_load"): "leg_load"},
             deviations=rows("deviations", deviation(1, 3), deviation(2, 3), deviation(3, 1)))  # fmt: skip
    told = api.ask("GET", "/metrics", "").text
    for line in ('tower_events_total{result="accepted",source="dock"} 4.0', "tower_ledger_imbalance 1.0",
                 'tower_invariants_broken{invariant="leg_load"} 3.0',
                 'tower_deviations_open{severity="critical"} 2.0', 'tower_source_age_seconds{source="dock"} 60.0',
                 'tower_log_lag_records{flow="api",network="east"} 0.0'):  # fmt: skip
        assert line in told
    named = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
    assert {name for name in named if name.removesuffix("_created") not in BY_NAME
            and f"{name.removesuffix('_created')}_total" not in BY_NAME} == set()  # fmt: skip


def test_how_long_the_way_to_the_api_takes_only_ever_grows(api: SmallApi) -> None:
    def spans() -> float:
        told = api.ask("GET", "/metrics", "").text
        found = re.search(r'^tower_latency_seconds_count{hop="api"} (\S+)$', told, re.MULTILINE)
        return float(found[1]) if found else 0.0

    before, present = spans(), api.here.networks["east"]
    stamped = [Decided(Record(present.seq + n, NOW), clock.wall_ms() - 5) for n in range(1, 2_501)]
    present.take(stamped)
    assert spans() == before + 2_500


def test_what_flows_have_measured_is_told_as_long_as_they_run(
    api: SmallApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans = Spans()
    for seconds in (0.0004, 0.02, 99.0):
        spans.note("tower_step_seconds", "legs", seconds)
    spans.note("tower_plan_seconds", "", 3.0)
    monkeypatch.setattr("streams.beat.SPANS", spans)
    Beat(tmp_path, "control", Turning()).write()
    told = api.ask("GET", "/metrics", "").text
    for line in ('tower_step_seconds_bucket{le="0.001",step="legs"} 1.0',
                 'tower_step_seconds_bucket{le="5.0",step="legs"} 2.0',
                 'tower_step_seconds_bucket{le="+Inf",step="legs"} 3.0', 'tower_step_seconds_count{step="legs"} 3.0',
                 'tower_step_seconds_sum{step="legs"} 99.0204', "tower_plan_seconds_sum 3.0"):  # fmt: skip
        assert line in told
    monkeypatch.setattr("api.http.flows.OLD_S", -1.0)
    assert "tower_step_seconds" not in api.ask("GET", "/metrics", "").text


def test_it_is_ready_until_a_network_is_no_longer_followed(api: SmallApi) -> None:
    assert (api.ask("GET", "/livez", "").text, api.ask("GET", "/readyz", "").text) == ("ok\n", "ready\n")
    api.here.networks["west"].is_followed = lambda: False
    answer = api.ask("GET", "/readyz", "")
    assert (answer.status_code, "west" in answer.json()["detail"]) == (503, True)


def test_where_names_the_networks_of_a_key_and_of_nobody_else(api: SmallApi) -> None:
    assert api.get("/v1/where", "viewer-east") == {"stream": "ws://127.0.0.1:8081/v1/stream", "networks": ["east"]}
    assert api.get("/v1/where", "")["networks"] == []
    assert api.get("/v1/me", "admin-east", params={"network": "east"})["role"] == "admin"


def test_the_hub_is_next_door_unless_the_settings_say_where() -> None:
    assert stream_of(Settings(host="0.0.0.0", port=80)) == "ws://127.0.0.1:81/v1/stream"
    assert stream_of(Settings(host="10.0.0.7")) == "ws://10.0.0.7:8081/v1/stream"
    assert stream_of(Settings(host="0.0.0.0", hub="hub")) == "ws://hub:8081/v1/stream"
    with pytest.raises(SettingError, match=r"hub: expected the name of a host \(got ws://hub\)"):
        load({"hub": "ws://hub"})


def test_keys_of_a_demo_are_refused_on_any_address_but_this_machines_own(tmp_path: Path) -> None:
    Keys.made(tmp_path / "keys.json", {"wall": "viewer"}, demo=True)
    check(Settings(data=tmp_path), Keys.read(tmp_path / "keys.json"))
    for host in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(SettingError, match="demo"):
            check(Settings(data=tmp_path, host=host), Keys.read(tmp_path / "keys.json"))
    with pytest.raises(SettingError, match="nobody has a key"):
        check(Settings(data=tmp_path, host="0.0.0.0"), Keys({}))
    Keys.made(tmp_path / "keys.json", {"wall": "viewer"})
    check(Settings(data=tmp_path, host="0.0.0.0"), Keys.read(tmp_path / "keys.json"))


def test_a_key_that_is_written_is_good_at_once_and_half_a_file_changes_nothing(api: SmallApi, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert api.ask("GET", "/v1/me").status_code == 200
    path.write_bytes(path.read_bytes()[:-5])
    assert api.ask("GET", "/v1/me").status_code == 200
    token = Keys.made(path, {"new": "viewer"})["new"]
    assert api.get("/v1/me", token, params={"network": "east"})["name"] == "new"
    assert api.ask("GET", "/v1/me").status_code == 401


def test_every_route_is_on_the_page_of_the_api_and_no_other() -> None:
    told = set(re.findall(r"`(GET|POST|DELETE) (/[^`?\s]*)", DOCS))
    things = {("GET", path) for method, path in RULES if method == "GET" and path.endswith("{id:path}")}
    plain = {("GET", path) for path in ("/", "/wall", "/desk", "/replay", "/docs", "/openapi.json", "/plain.js",
                                        "/plain.css", "/assets/{path:path}")}  # fmt: skip
    assert set(RULES) - told - things - plain == set()
    assert {(method, path.replace("{id}", "{id:path}") if method == "GET" else path) for method, path in told} <= set(
        RULES)  # fmt: skip
