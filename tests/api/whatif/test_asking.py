"""What people may ask of a fork, and what is said back where it makes no sense; nothing is played here."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.whatif import turns
from api.whatif.kept import put, read
from simulators import scenarios
from simulators.whatif.figures import NET
from streams import inbox, names
from tests.suites import small_api
from tests.suites.small_api import SmallApi, rows
from tower import clock, ids
from tower.errors import UsageError
from tower.logs import urls
from tower.record import Record, entry

AT = clock.parse("2013-02-08T10:00:00-05:00")
FROM = "2013-02-08T10:30:00-05:00"
RECORDS = 60
FORK = "/v1/scenarios/blizzard/fork"
SENT = {"Content-Type": "application/json"}
COMPARE = "/v1/scenarios/blizzard/compare"


def prepared(folder: Path) -> None:
    """A log of a driven network: a record a minute, each with the hash of all before it."""
    root = f"file:{folder}/logs"
    with closing(urls.writer(names.outcomes(root, "blizzard"))) as log:
        for number in range(1, RECORDS + 1):
            log.append(number, [entry(Record(number, AT + number * 60_000, chain=number * 11).encode())])
    inbox.InboxWriter(root, "blizzard", names.CLOCK).close()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallApi]:
    folder = tmp_path_factory.mktemp("asking")
    prepared(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(small_api, "NETWORKS", ("blizzard", "east"))
        patch.setattr(turns.Turns, "run", lambda self: None)
        with small_api.small_api(folder) as found:
            yield found


@pytest.fixture(scope="module")
def fork(api: SmallApi) -> dict[str, Any]:
    answer = api.ask("POST", FORK, "approver", json={"from": FROM})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/v1/scenarios/blizzard/forks/{found['id']}"
    return found


def test_a_fork_is_a_record_of_the_log_and_the_hash_up_to_it(api: SmallApi, fork: dict[str, Any]) -> None:
    assert (fork["position"], fork["state_hash"], fork["past"]) == (30, f"{330:016x}", "running")
    assert fork["from"] == "2013-02-08T15:30:00.000Z"
    assert api.get(f"/v1/scenarios/blizzard/forks/{fork['id']}", "viewer") == fork
    by_record = api.ask("POST", FORK, "approver", json={"position": 30}).json()
    assert (by_record["from"], by_record["state_hash"]) == (fork["from"], fork["state_hash"])
    now = api.ask("POST", FORK, "approver", json={"title": "now"}).json()
    assert (now["position"], now["title"]) == (RECORDS, "now")
    assert [one["id"] for one in api.get("/v1/scenarios/blizzard/forks", "viewer")["items"]][:2] == [
        now["id"], by_record["id"],
    ]  # fmt: skip


@pytest.mark.parametrize("said, word", [
    ({"from": "yesterday"}, "from"), ({"from": "2013-02-09T10:00:00-05:00"}, "from: still to come"),
    ({"from": "2013-02-01T10:00:00-05:00"}, "from: nothing is kept"), ({"position": 61}, "position"),
    ({"position": 0}, "position"), ({"position": "7"}, "position"), ({"position": 7, "from": FROM}, "position"),
    ({"title": "x" * 101}, "title"), ({"since": FROM}, "since"), ([], "body"),
])  # fmt: skip
def test_no_fork_where_nothing_is(api: SmallApi, said: Any, word: str) -> None:
    answer = api.ask("POST", FORK, "approver", json=said)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(word), answer.text
    assert answer.json()["hint"]


@pytest.mark.parametrize("words, said", [
    ({"plan": "bound"}, "changed.0.plan"), ({"policy": "/etc/passwd"}, "changed.0.policy"),
    ({"policy": {"prices": {"late_fee_cents": "much"}}}, "policy: "),
    ({"policy": {"decisions": {"x": 10**30}}}, "policy: not plain JSON"),
    ({"policy": {"prices": {"\ud800": 1}}}, "policy: not plain JSON"), ({"title": "\ud800"}, "changed.0.title"),
    ({"policy": {"x": 1}}, "policy: clause x"),
    ({"changes": ["shut=XXX/2013-02-08T08:00:00-05:00/4h"]}, "shut: no such hub"),
    ({"changes": ["shut=EWR/2013-02-08T08:00:00/4h"]}, "shut: not a time"),
    ({"changes": ["shut=EWR/2013-02-08T08:00:00-05:00/" + "9" * 60 + "h"]}, "shut: not a length"),
    ({"changes": ["shut=EWR/2013-02-08T06:00:00-05:00/4h"]}, "shut: it is over by the fork"),
    ({"changes": ["orders=0.85"]}, "orders: between"), ({"after": "never"}, "changed.0.after"),
    ({"changes": ["late=ZZ/2h"]}, "late: no leg of that carrier"), ({"changes": ["late=UA"]}, "late: 2 things"),
    ({"changes": ["orders=nan"]}, "orders: between"), ({"changes": ["snow"]}, "changes: no such change"),
    ({"changes": ["calm,plan=bound"]}, "changes: no such change"), ({"changes": ["calm"] * 9}, "changed.0.changes"),
    ({"approve": ["#0000000000000001"]}, "approve: no such option"), ({"approve": ["x"]}, "approve: no such option"),
    ({"colour": "red"}, "changed.0.colour"),
])  # fmt: skip
def test_what_cannot_be_played_is_refused_by_the_word(
    api: SmallApi, fork: dict[str, Any], words: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(api.here.moments, "at", lambda network, moment, now: now)
    answer = api.ask("POST", COMPARE, "approver", content=sound(fork=fork["id"], changed=[words]), headers=SENT)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"].startswith(said), answer.text
    assert answer.json()["hint"]


def test_what_is_approved_is_kept_as_moves_for_the_players_eyes_only(
    api: SmallApi, fork: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (ids.of("leg", text) for text in ("L1", "L2"))
    visit, door = ids.of("visit", "L1-load"), ids.of("door", "EWR-02")
    moves = rows("moves", {"key": 1, "option": 0xA, "line": 0x11, "from_leg": one, "to_leg": two},
                 {"key": 2, "option": 0xA, "line": 0x12, "from_leg": two},
                 {"key": 3, "option": 0xA, "visit": visit, "to_door": door, "to_start": AT},
                 {"key": 4, "option": 0xB, "line": 0x13})  # fmt: skip
    api.tell("blizzard", {one: "L1", two: "L2", visit: "L1-load", door: "EWR-02"}, moves=moves)
    monkeypatch.setattr(api.here.moments, "at", lambda network, moment, now: now)
    wanted = {"fork": fork["id"], "changed": [{"approve": [f"#{0xA:016x}"]}]}
    answer = api.ask("POST", COMPARE, "approver", json=wanted)
    assert (answer.status_code, answer.json()["variants"][1]["title"]) == (202, "1 approved")
    assert api.here.turns is not None
    hand = read(api.here.turns.kept["blizzard"].runs / f"{answer.json()['id']}.hand")
    about = {"base": [], "A": [{"option": f"#{0xA:016x}"}]}
    assert hand == {"done": [], "later": [], "in_force": {}, "about": about, "moves": {"base": [], "A": [
        {"key": f"#{0x11:016x}", "order": "", "line": "", "leg": "L2", "from_leg": True},
        {"key": f"#{0x12:016x}", "order": "", "line": "", "leg": None, "from_leg": True},
        {"key": f"#{visit:016x}", "visit": "L1-load", "door": "EWR-02", "start": AT},
    ]}}  # fmt: skip
    api.ask("DELETE", f"/v1/scenarios/blizzard/runs/{answer.json()['id']}", "approver")


@pytest.mark.parametrize("said, status, word", [
    ({"changed": [{}], "fork": "0" * 16}, 404, "fork: there is none"), ({"changed": [{}], "fork": "../x"}, 422, "fork"),
    ({"changed": []}, 422, "changed"), ({"changed": [{}] * 4}, 422, "changed"),
    ({"changed": [{}], "runs": 21}, 422, "runs"), ({"changed": [{}], "runs": 1}, 422, "runs"),
    ({"changed": [{}], "day": "2013-05-23"}, 422, "day: no day of the"),
    ({"changed": [{}], "precision": -1}, 422, "precision"), ({}, 422, "changed"),
])  # fmt: skip
def test_no_comparison_of_nothing(api: SmallApi, fork: dict[str, Any], said: Any, status: int, word: str) -> None:
    answer = api.ask("POST", COMPARE, "approver", json={"fork": fork["id"], **said})
    assert (answer.status_code, answer.json()["detail"].startswith(word)) == (status, True), answer.text


def test_a_network_without_a_world_cannot_be_forked(api: SmallApi) -> None:
    answer = api.ask("POST", "/v1/scenarios/east/fork", "approver", json={})
    assert (answer.status_code, "no world that answers back" in answer.json()["detail"]) == (409, True)
    assert answer.json()["hint"] == "towerctl demo plays one that has: blizzard"
    assert api.get("/v1/scenarios/east/runs", "viewer") == {"items": []}
    assert [one.name for one in scenarios.ALL.values() if one.week is None] == ["christmas"]
    with pytest.raises(UsageError, match="nothing in scenario christmas follows from a plan") as told:
        scenarios.with_world("christmas")
    assert told.value.try_ == "blizzard"


def test_runs_wait_in_the_order_in_which_they_were_asked_for_and_only_so_many(
    api: SmallApi, fork: dict[str, Any]
) -> None:
    said = {"fork": fork["id"], "changed": [{"plan": "joint"}], "title": "first"}
    first = api.ask("POST", COMPARE, "approver", json=said)
    assert (first.status_code, first.json()["status"], first.json()["variants"][1]["title"]) == (
        202, "waiting", "Joint plan",
    )  # fmt: skip
    waiting = [first.json()["id"]]
    while (answer := api.ask("POST", "/v1/scenarios/blizzard/run", "approver", json={"fork": fork["id"]})).is_success:
        waiting.append(answer.json()["id"])
    assert (answer.status_code, len(waiting)) == (503, turns.WAITING_MOST)
    assert answer.headers["retry-after"]
    assert api.here.turns is not None
    assert (api.here.turns._next() or ("", {}))[1]["title"] == "first"
    found = {"runs_done": 4, "lanes": {}, "kpis": [{"name": "on_time"}, {"name": NET}]}
    put(api.here.turns.kept["blizzard"].runs / f"{waiting[0]}.found", found)
    items = api.get("/v1/scenarios/blizzard/runs", "viewer")["items"]
    listed = next(one for one in items if one["id"] == waiting[0])
    assert (listed["runs_done"], listed["kpis"], "lanes" in listed) == (4, [{"name": NET}], False)
    for id in waiting:
        stopped = api.ask("DELETE", f"/v1/scenarios/blizzard/runs/{id}", "approver")
        assert (stopped.status_code, stopped.json()["status"]) == (202, "stopped")
    assert api.here.turns._next() is None
    assert api.get(f"/v1/scenarios/blizzard/runs/{waiting[0]}", "viewer")["status"] == "stopped"
    assert api.ask("DELETE", "/v1/scenarios/blizzard/runs/x", "approver").status_code == 404


@pytest.mark.parametrize("method, path", [
    ("POST", "fork"), ("POST", "run"), ("POST", "compare"), ("DELETE", "runs/0000000000000000"),
])  # fmt: skip
def test_only_who_may_decide_has_anything_played(api: SmallApi, method: str, path: str) -> None:
    said = {role: api.ask(method, f"/v1/scenarios/blizzard/{path}", role).status_code
            for role in ("viewer", "dispatcher", "approver", "admin", "approver-east", "")}  # fmt: skip
    assert (said["viewer"], said["dispatcher"], said["approver-east"], said[""]) == (403, 403, 403, 401)
    assert said["approver"] == said["admin"] == (404 if method == "DELETE" else 422)


NASTY = st.sampled_from([
    "", "shut=", "shut=EWR", "shut=EWR//", "shut=EWR/2013-02-08T08:00:00-05:00/9999h", "late=UA/0h", "late=/",
    "orders=", "orders=1e308", "orders=-inf", "calm=1", "foreseen=2h", "foreseen=x", "plan=joint", "\u0000", "=",
    "shut=EWR/9999-12-31T23:59:59+00:00/9999h", "shut=EWR/0001-01-01T00:00:00+14:00/1h", "late=UA/\u0663h",
])  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NASTY
JSON = st.recursive(PLAIN | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
                        "prices", "plan", "decisions", "late_fee_cents", "horizon_min", "x"]), inner, max_size=3),
                    max_leaves=5)  # fmt: skip
WORDS = st.fixed_dictionaries({}, optional={
    "plan": st.sampled_from(["fifo", "joint"]) | JSON, "policy": st.sampled_from(["halved", "usual"]) | JSON,
    "changes": st.lists(NASTY, max_size=3) | JSON, "approve": st.lists(NASTY, max_size=2) | JSON, "title": JSON,
})  # fmt: skip


def sound(**said: Any) -> bytes:
    """JSON, whatever whole numbers and texts there are."""
    return json.dumps(said, allow_nan=False).encode()


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(["run", "compare"]), words=WORDS, base=WORDS | JSON, runs=st.integers(2, 20) | JSON)
def test_no_words_make_the_api_fail(
    api: SmallApi, fork: dict[str, Any], path: str, words: dict[str, Any], base: Any, runs: Any
) -> None:
    said = words if path == "run" else {"changed": [words], "base": base, "runs": runs}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.here.moments, "at", lambda network, moment, now: now)
        answer = api.ask("POST", f"/v1/scenarios/blizzard/{path}", "approver", content=sound(fork=fork["id"], **said),
                         headers=SENT)  # fmt: skip
    assert answer.status_code in (202, 422), (said, answer.text)
    if answer.status_code == 202:
        api.ask("DELETE", answer.headers["location"], "approver")
    else:
        assert answer.json()["hint"]
