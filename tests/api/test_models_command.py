"""`towerctl models` over HTTP, against the API of a tower that decides: the list, a promotion, a rollback, refusals."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api import caller
from tests.suites.choosing import choosing_api
from tests.suites.small_api import SmallApi
from tests.suites.tower_folder import Said, say
from tower.settings import Settings

MODEL = "arrival_at_departure"


def bridged(api: SmallApi) -> HTTPServer:
    """A port that hands requests to the API in this process."""

    class Hands(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            more = {name: self.headers[name] for name in ("Content-Type", "Idempotency-Key") if name in self.headers}
            key = self.headers["Authorization"].removeprefix("Bearer ")
            answer = api.ask(self.command, self.path, key, content=body, headers=more)
            self.send_response(answer.status_code)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nobody listens."""

    return HTTPServer(("127.0.0.1", 0), Hands)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with choosing_api(tmp_path) as api:
        server = bridged(api)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


def models(capfd: pytest.CaptureFixture[str], url: str, *words: str) -> Said:
    return say(capfd, "models", *words, "--url", url, "--network", "east", "--key", "approver-east")


def test_the_list_says_who_serves_and_a_word_changes_that_until_it_is_taken_back(
    capfd: pytest.CaptureFixture[str], url: str
) -> None:
    rows = [json.loads(line) for line in models(capfd, url, "--json").lines]
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    head, *lines = models(capfd, url).lines
    assert head.split() == ["model", "serves", "tiles", "linear", "blend", "schedule", "labels", "learning"]
    assert next(line for line in lines if line.startswith(MODEL)).split()[1] == "tiles"
    said = models(capfd, url, "promote", MODEL, "--serves", "linear", "--reason", "tiles drift")
    assert (said.code, "linear (approver-east: tiles drift)" in said.out) == (0, True)
    assert "linear (approver-east: tiles drift)" in models(capfd, url).out
    back = models(capfd, url, "rollback", MODEL, "--reason", "it was the weather")
    assert (back.code, back.lines[1].split()[1]) == (0, "tiles")


def test_what_cannot_be_done_is_refused_with_a_fix(
    capfd: pytest.CaptureFixture[str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = models(capfd, url, "promote", "nothing", "--serves", "linear", "--reason", "why")
    assert (unknown.code, "Try: GET /v1/models lists them" in unknown.err) == (1, True)
    missing = models(capfd, url, "promote", MODEL, "--reason", "why")
    assert (missing.code, "--serves is not said" in missing.err) == (2, True)
    monkeypatch.delenv(caller.KEY, raising=False)
    unsigned = say(capfd, "models", "--url", url)
    assert (unsigned.code, "TOWERCTL_KEY" in unsigned.err) == (2, True)
    monkeypatch.setenv(caller.KEY, "viewer-east")
    assert say(capfd, "models", "--url", url).code == 0
    assert say(capfd, "models", "rollback", MODEL, "--reason", "why", "--url", url).code == 1
    assert say(capfd, "models", "--url", "http://127.0.0.1:1").code == 1


def test_the_door_of_a_data_folder_is_beside_its_hub(tmp_path: Path) -> None:
    told = Settings(data=tmp_path)
    assert caller.url_of(told) == f"http://127.0.0.1:{told.port}"
    (tmp_path / "feed.json").write_text('{"url": "ws://127.0.0.1:9401/v1/stream", "token": "t"}')
    assert caller.url_of(told) == "http://127.0.0.1:9400"
