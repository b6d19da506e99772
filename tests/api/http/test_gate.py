"""What is seen to before any route: ids, hosts, origins, sizes, rates; and what every answer carries."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http import pages
from api.http.problems import Problem
from api.http.rates import Rates
from tests.suites.small_api import SmallApi, small_api


@pytest.fixture
def api(tmp_path: Path) -> Iterator[SmallApi]:
    with small_api(tmp_path) as found:
        yield found


def test_every_answer_has_an_id_and_the_headers_that_browsers_heed(api: SmallApi) -> None:
    for path in ("/livez", "/nothing", "/wall", "/v1/legs", "/docs"):
        answer = api.ask("GET", path)
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
        assert answer.headers["x-content-type-options"] == "nosniff"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    assert api.ask("GET", "/livez", headers={"X-Request-Id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert api.ask("GET", "/livez", headers={"X-Request-Id": "a b"}).headers["x-request-id"] != "a b"


def test_errors_that_no_route_makes_are_problems_too(api: SmallApi) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("POST", "/v1/legs", 405), ("DELETE", "/livez", 405)):
        answer = api.ask(method, path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert answer.json()["hint"]
        assert answer.json()["request"] == answer.headers["x-request-id"]


def test_a_fault_of_ours_is_a_problem_with_the_requests_id_and_tells_nothing_else(
    api: SmallApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a secret")

    monkeypatch.setattr("api.http.lists.page_of", fails)
    answer = api.ask("GET", "/v1/legs")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["request"] == answer.headers["x-request-id"]
    assert "secret" not in answer.text


@pytest.mark.parametrize("host, status", [
    ("127.0.0.1:8080", 200), ("localhost", 200), ("[::1]:8080", 200), ("evil.example", 421),
    ("127.0.0.1.evil.com", 421), ("[::1", 421), ("", 421),
])  # fmt: skip
def test_a_name_that_somebody_has_pointed_here_is_refused(api: SmallApi, host: str, status: int) -> None:
    assert api.ask("GET", "/livez", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("origin, status", [
    ("http://127.0.0.1:8080", 200), ("http://localhost:5173", 200), ("https://evil.example", 403), ("null", 403),
    ("http://[", 403),
])  # fmt: skip
def test_a_page_from_elsewhere_may_not_ask(api: SmallApi, origin: str, status: int) -> None:
    assert api.ask("GET", "/livez", headers={"Origin": origin}).status_code == status


def test_a_body_is_bounded_whether_it_says_its_size_or_not(api: SmallApi) -> None:
    long = b'{"query": "' + b"x" * 70_000 + b'"}'
    assert api.ask("POST", "/v1/sql?network=east", content=long).status_code == 413
    assert api.ask("POST", "/v1/sql?network=east", headers={"Content-Length": "x"}, content=b"").status_code == 413


def test_a_bucket_empties_and_fills_again() -> None:
    now = [0.0]
    rates = Rates(a_second=2, at_once=3, steady=lambda: now[0])
    for _ in range(3):
        rates.take("a")
    with pytest.raises(Problem) as refused:
        rates.take("a")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    rates.take("b")
    now[0] = 0.5
    rates.take("a")
    with pytest.raises(Problem, match="more than 2"):
        rates.take("a")


def test_too_many_requests_are_told_when_to_come_again(api: SmallApi) -> None:
    api.here.rates = Rates(1e-9, 1)
    assert api.ask("GET", "/v1/me").status_code == 200
    answer = api.ask("GET", "/v1/me")
    assert (answer.status_code, int(answer.headers["retry-after"]) > 0) == (429, True)


def test_without_a_build_a_plain_page_answers_that_asks_nobody_else(
    api: SmallApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages, "DIST", tmp_path / "nowhere")
    for path in ("/wall", "/desk", "/replay"):
        page = api.ask("GET", path, "").text
        assert '<script src="/plain.js" defer>' in page
        assert re.findall(r"https?://", page) == []
    assert re.findall(r"https?://", api.ask("GET", "/docs", "").text) == []
    assert "Deviations" in api.ask("GET", "/v1/overview").text


def test_a_build_is_served_and_nothing_beside_it(
    api: SmallApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "wall.html").write_text("<title>built</title>")
    (dist / "assets" / "a.js").write_text("1")
    (tmp_path / "secret").write_text("s")
    monkeypatch.setattr(pages, "DIST", dist)
    assert api.ask("GET", "/wall", "").text == "<title>built</title>"
    assert api.ask("GET", "/assets/a.js", "").headers["content-type"].startswith("text/javascript")
    for path in ("/assets/../wall.html", "/assets/..%2f..%2fsecret", "/assets/%2e%2e/wall.html", "/assets/%00",
                 "/assets/", f"/assets/{tmp_path}/secret"):  # fmt: skip
        assert api.ask("GET", path, "").status_code == 404, path


def test_names_from_outside_are_escaped_on_the_plain_page(api: SmallApi) -> None:
    from tests.suites.small_api import deviation, rows
    from tower import ids

    name = "<img src=x onerror=alert(1)>"
    api.tell(deviations=rows("deviations", deviation(1, subject=name)), texts={ids.of("leg", name): name})
    page = api.ask("GET", "/v1/overview").text
    assert "<img" not in page
    assert "&lt;img" in page


def test_requests_are_logged_but_not_that_all_is_well(api: SmallApi, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="api.http"):
        for path in ("/livez", "/readyz", "/v1/me"):
            api.ask("GET", path)
        api.here.networks["west"].is_followed = lambda: False
        api.ask("GET", "/readyz")
    assert [record.getMessage() for record in caplog.records] == ["GET /v1/me 200", "GET /readyz 503"]
