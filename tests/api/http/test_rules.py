"""Who may what: every route, for every role, on every network; what has no rule is closed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.http import rules
from api.http.rules import ANYONE, RULES
from api.keys import ROLES, Key
from tests.suites.small_api import KEYS, NETWORKS, SmallApi, small_api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def routes(api: SmallApi) -> list[tuple[str, str]]:
    """Every method and path that the app answers."""
    document = api.app.openapi()["paths"]
    shown = {(method.upper(), path) for path, methods in document.items() for method in methods}
    return sorted(shown | {one for one in RULES if one[1] in ("/", "/wall", "/desk", "/replay", "/docs",
                  "/openapi.json", "/plain.js", "/plain.css", "/assets/{path:path}", "/v1/overview")})  # fmt: skip


def filled(path: str, network: str) -> str:
    """The path of a request that this route takes."""
    plain = path.replace("{id:path}", "0" * 16).replace("{id}", "0" * 16).replace("{path:path}", "x")
    return plain.replace("{network}", network)


def asked(api: SmallApi, method: str, path: str, key: str, network: str) -> int:
    said: dict[str, Any] = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    path = f"{filled(path, network)}?network={network}"
    found: int = api.ask(method, path, key, **(said if method == "POST" else {})).status_code
    return found


def test_every_route_asks_for_its_role_on_its_network_before_anything_else(api: SmallApi) -> None:
    wrong = []
    for method, path in routes(api):
        rule = RULES.get((method, path.replace("{id}", "{id:path}") if method == "GET" else path), "")
        assert rule, f"{method} {path} has no rule"
        for key, (role, networks) in KEYS.items():
            for network in NETWORKS:
                may = rule == ANYONE or Key(key, role, None if networks is None else ("east",)).may(rule, network)
                got = asked(api, method, path, key, network)
                if (got == 403) is may or got in (401, 500):
                    wrong.append((method, path, key, network, got))
    assert wrong == []


def test_without_a_key_only_what_is_anyones_is_answered(api: SmallApi) -> None:
    closed = [(method, path) for method, path in routes(api) if asked(api, method, path, "", "east") == 401]
    anyone = {one for one, rule in RULES.items() if rule == ANYONE}
    assert anyone & set(closed) == set()
    assert {(method, path) for method, path in routes(api)} - set(closed) <= anyone
    assert all(asked(api, method, path, "nobody", "east") == 401 for method, path in closed[:5])


def test_a_route_without_a_rule_is_closed_to_everybody(api: SmallApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(RULES, ("GET", "/v1/legs"))
    answers = [api.ask("GET", "/v1/legs?network=east", role) for role in ROLES]
    assert {answer.status_code for answer in answers} == {403}
    assert "no rule" in answers[-1].json()["detail"]


def test_a_network_that_is_not_the_keys_is_refused_whether_there_is_one_or_not(api: SmallApi) -> None:
    said = [api.ask("GET", f"/v1/legs?network={name}", "admin-east") for name in ("west", "north")]
    assert [answer.status_code for answer in said] == [403, 403]
    assert api.ask("GET", "/v1/legs", "admin-east").status_code == 200, "the only one need not be named"
    assert api.ask("GET", "/v1/legs", "admin").status_code == 422, "of several it must be"


def test_every_rule_is_of_a_route_that_there_is(api: SmallApi) -> None:
    there = {(method, route.path) for route in all_routes(api) for method in route.methods or ()}
    assert {one for one in RULES if one not in there} == set()


def all_routes(api: SmallApi) -> list[APIRoute]:
    """Every route object, of routers within too."""
    found: list[APIRoute] = []
    waiting: list[Any] = list(api.app.router.routes)
    while waiting:
        one = waiting.pop()
        if isinstance(one, APIRoute):
            found.append(one)
        else:
            waiting += list(getattr(getattr(one, "original_router", None), "routes", getattr(one, "routes", [])))
    return found


def test_every_route_reads_the_rules(api: SmallApi) -> None:
    found = all_routes(api)
    assert len(found) > 50
    assert [route.path for route in found if not isinstance(route, rules.Ruled)] == []
