"""Client: an unmodified clickhouse-connect works against the embedded warehouse, and ours does what it is told once."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast

import clickhouse_connect
import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from clickhouse_connect.driver.httpclient import HttpClient

from sinks.clickhouse.client import connect
from tests.sinks.clickhouse.warehouse import KEY, Warehouse


@pytest.fixture(params=[True, "lz4", "zstd", "gzip", False])
def plain(warehouse: Warehouse, request: pytest.FixtureRequest) -> Iterator[HttpClient]:
    """clickhouse-connect as it is, with each compression that it knows."""
    warehouse.write("TRUNCATE TABLE tower.sample")
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=warehouse.port, password=KEY, compress=request.param, dedicated_pool=True
    )
    yield cast(HttpClient, client)
    client.close()


@pytest.fixture
def ours(warehouse: Warehouse) -> Iterator[HttpClient]:
    warehouse.write("TRUNCATE TABLE tower.sample")
    client = connect(warehouse.url, KEY)
    yield client
    client.close()


def test_rows_go_in_and_come_out(plain: HttpClient) -> None:
    rows = [(number, f"{number};' \u00e9") for number in range(2000)]
    plain.insert("tower.sample", rows, column_names=["a", "b"])
    assert plain.query("SELECT * FROM tower.sample ORDER BY a").result_rows == rows
    with plain.query_rows_stream("SELECT a FROM tower.sample") as stream:
        assert sum(row[0] for row in stream) == sum(range(2000))


def test_arrow_goes_in_and_comes_out(plain: HttpClient) -> None:
    table = pa.table({"a": pa.array(range(5), pa.uint64()), "b": list("abcde")})
    plain.insert_arrow("tower.sample", table)
    assert plain.query_arrow("SELECT * FROM tower.sample ORDER BY a").to_pydict() == table.to_pydict()


def test_commands_parameters_and_descriptions_work(plain: HttpClient) -> None:
    assert plain.command("SELECT 1") == 1
    assert plain.query("SELECT {s:String}", parameters={"s": "it's \\ \n"}).result_rows == [("it's \\ \n",)]
    assert plain.query("SELECT * FROM tower.sample LIMIT 0").column_names == ("a", "b")
    assert plain.raw_query("SELECT 1 AS a", fmt="JSONEachRow") == b'{"a":1}\n'
    plain.raw_insert("tower.sample", ["a", "b"], b"1,x\n", fmt="CSV")
    plain.command("INSERT INTO tower.sample VALUES (2, 'y')")
    assert plain.query("SELECT sum(a) FROM tower.sample").first_row == (3,)
    assert plain.ping()


def test_errors_are_the_clients_own(ours: HttpClient) -> None:
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"):
        ours.query("SELECT * FROM tower.nothing")


def test_without_a_key_it_reads(warehouse: Warehouse) -> None:
    reader = connect(warehouse.url)
    assert reader.query("SELECT 1").first_row == (1,)
    with pytest.raises(DatabaseError, match="needs the writer's key"):
        reader.command("TRUNCATE TABLE tower.sample")
    reader.close()


def test_it_needs_nothing_of_system_but_the_settings(ours: HttpClient) -> None:
    assert ours.server_settings["max_threads"].readonly == 0


def test_one_client_serves_several_threads(ours: HttpClient) -> None:
    found: list[int] = []

    def ask(number: int) -> None:
        found.extend(ours.query(f"SELECT {number}").result_rows[0][0] for _ in range(10))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(list(range(8)) * 10)


def test_a_token_makes_the_same_insert_again_harmless(ours: HttpClient) -> None:
    for token in ("t/n/1", "t/n/1", "t/n/1", "t/n/2"):
        settings = {"insert_deduplication_token": token}
        ours.insert("tower.sample", [(1, "x")], column_names=["a", "b"], settings=settings)
    assert ours.query("SELECT count() FROM tower.sample").first_row == (2,)


class Broken(BaseHTTPRequestHandler):
    """Takes a whole insert and falls silent, at once or after a line; or is busy."""

    inserts: list[bytes]
    answer: bytes

    def do_POST(self) -> None:
        self.inserts.append(taken(self))
        self.wfile.write(self.answer)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def taken(request: BaseHTTPRequestHandler) -> bytes:
    """The body, chunks and all."""
    if "Content-Length" in request.headers:
        return request.rfile.read(int(request.headers["Content-Length"]))
    lines = []
    while (line := request.rfile.readline()) != b"0\r\n":
        lines.append(line)
    request.rfile.readline()
    return b"".join(lines)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-ClickHouse-Progress: {}\r\n", b"HTTP/1.1 503 -\r\n\r\n"],
)
@pytest.mark.parametrize("raw", [True, False])
def test_an_insert_is_sent_once_whatever_happens(
    ours: HttpClient, monkeypatch: pytest.MonkeyPatch, answer: bytes, raw: bool
) -> None:
    context = ours.create_insert_context("tower.sample", ["a", "b"], data=[(1, "x")])
    monkeypatch.setattr(Broken, "inserts", [], raising=False)
    monkeypatch.setattr(Broken, "answer", answer, raising=False)
    with HTTPServer(("127.0.0.1", 0), Broken) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        ours._backend._base_url = f"http://127.0.0.1:{server.server_port}/"
        with pytest.raises(OperationalError):
            ours.raw_insert("tower.sample", ["a", "b"], b"1,x\n", fmt="CSV") if raw else ours.insert(context=context)
        server.shutdown()
        thread.join()
    assert len(Broken.inserts) == 1


def test_no_proxy_of_the_environment_is_between(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    client = connect(warehouse.url)
    assert client.query("SELECT 1").first_row == (1,)
    client.close()
