"""What a set-up fetches is counted by a proxy that changes nothing; a set-up that cannot be made gives no figure."""

import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from simulators.bench import clone
from simulators.bench.counting import Counting
from tower.errors import TowerError

BODY = b"x" * 300_000


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def far() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Counting() as found:
        yield found


def test_a_plain_request_is_passed_on_and_counted(far: int, counting: Counting) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": counting.url}))
    with opener.open(f"http://127.0.0.1:{far}/a", timeout=10) as answer:
        assert answer.read() == BODY
    assert counting.received > len(BODY)


def test_a_tunnel_is_passed_on_and_counted(far: int, counting: Counting) -> None:
    host, port = counting.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as near:
        near.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: x\r\n\r\n" % far)
        assert near.recv(100) == b"HTTP/1.1 200 OK\r\n\r\n"
        near.sendall(b"GET / HTTP/1.0\r\n\r\n")
        found = b""
        while more := near.recv(1 << 16):
            found += more
    assert found.endswith(BODY)
    assert counting.received == len(found)


def test_a_clone_is_started_with_nothing_in_its_caches_and_without_our_settings(
    tmp_path: Path, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOWER_DATA", "elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "kept")
    told = clone.environment(tmp_path, counting)
    assert {told[name] for name in clone.OWN_CACHES} == {str(tmp_path / "cache")}
    assert (told["HTTPS_PROXY"], told["PIP_INDEX_URL"], "TOWER_DATA" in told) == (counting.url, "kept", False)


def test_a_second_start_that_fails_is_no_figure(tmp_path: Path, counting: Counting) -> None:
    (tmp_path / "clone").mkdir()
    (tmp_path / "clone" / "towerctl").write_text("print('here')")
    assert clone.handed_over(tmp_path, counting) > 0
    (tmp_path / "clone" / "towerctl").write_text("raise SystemExit(3)")
    with pytest.raises(TowerError, match="ended with 3"):
        clone.handed_over(tmp_path, counting)


def test_a_set_up_that_ends_without_an_outcome_says_its_last_words_and_gives_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "said.txt").write_text("Making .venv ...\nError: no disk\n")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with pytest.raises(TowerError, match="a bare clone did not start: Error: no disk"):
        clone.until_outcome(f"file:{tmp_path}/logs", ended, tmp_path / "said.txt")

    def fails(*_: object) -> None:
        raise TowerError("bench: a bare clone did not start: Error: no disk")

    monkeypatch.setattr(clone, "set_up", fails)
    assert clone.rows() == []
    assert "did not start" in capsys.readouterr().err
