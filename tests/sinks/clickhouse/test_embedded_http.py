"""HTTP: ClickHouse's interface as curl and urllib use it."""

import gzip
import json
import threading
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from tests.sinks.clickhouse.warehouse import KEY, Told, Warehouse

LONG = "SELECT count() FROM numbers(400000000) WHERE NOT ignore(sipHash64(number))"


@pytest.fixture(autouse=True)
def empty(warehouse: Warehouse) -> None:
    warehouse.write("TRUNCATE TABLE tower.sample")


@pytest.mark.parametrize("method, body", [("GET", b"Ok.\n"), ("HEAD", b"")])
@pytest.mark.parametrize("path", ["/ping", "/", "/replicas_status"])
def test_it_says_that_it_is_there(warehouse: Warehouse, method: str, path: str, body: bytes) -> None:
    told = warehouse.http(method, path)
    assert (told.status, told.body, told.headers["Content-Length"]) == (200, body, "4")


def test_nothing_is_served_elsewhere(warehouse: Warehouse) -> None:
    assert warehouse.http("GET", "/play").status == 404


def test_urllib_asks_by_get_and_by_post(warehouse: Warehouse) -> None:
    with urllib.request.urlopen(f"{warehouse.url}/?query=SELECT+1") as answer:
        assert answer.read() == b"1\n"
    with urllib.request.urlopen(warehouse.url, b"SELECT 2") as answer:
        assert answer.read() == b"2\n"


def test_the_query_in_the_url_goes_before_the_body(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT 1 +", "2").body == b"3\n"


@pytest.mark.parametrize(
    "headers, url",
    [
        ({"Authorization": "Basic " + b64encode(f"any:{KEY}".encode()).decode()}, {}),
        ({"Authorization": f"Bearer {KEY}"}, {}),
        ({"X-ClickHouse-User": "any", "X-ClickHouse-Key": KEY}, {}),
        ({}, {"user": "any", "password": KEY}),
    ],
)
def test_the_key_opens_the_writers_door(warehouse: Warehouse, headers: dict[str, str], url: dict[str, str]) -> None:
    told = warehouse.ask("INSERT INTO tower.sample VALUES (1, 'x')", headers=headers, **url)
    assert told.status == 200, told.body
    assert warehouse.value("SELECT * FROM tower.sample") == "1\tx"


def test_a_wrong_key_is_not_taken_for_none(warehouse: Warehouse) -> None:
    for headers in ({"X-ClickHouse-Key": KEY + "x"}, {"Authorization": "Basic !"}, {"Authorization": "Bearer \u00e9"}):
        told = warehouse.ask("SELECT 1", headers=headers)
        assert (told.status, told.code) == (403, 516)


def test_get_only_reads_whoever_asks(warehouse: Warehouse) -> None:
    target = f"/?password={KEY}&query=INSERT+INTO+tower.sample+VALUES+(1,'x')"
    assert warehouse.http("GET", target).code == 497


def test_a_page_that_had_its_name_point_here_is_refused(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT 1", headers={"Host": "evil.example"}).status == 403


def test_parameters_stand_for_values(warehouse: Warehouse) -> None:
    told = warehouse.ask("SELECT {n:UInt64}, {s:String}", param_n="7", param_s="it's \u00e9")
    assert told.body.decode() == "7\tit\\'s \u00e9\n"


def test_a_form_carries_query_and_parameters(warehouse: Warehouse) -> None:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    form = part.format("query", "SELECT {s:String}") + part.format("param_s", r"a\r\nb") + "--b--\r\n"
    told = warehouse.ask(body=form, headers={"Content-Type": "multipart/form-data; boundary=b"}, default_format="JSON")
    assert list(json.loads(told.body)["data"][0].values()) == ["a\r\nb"], "values are escaped as ClickHouse asks"


def test_an_external_table_is_refused_and_not_ignored(warehouse: Warehouse) -> None:
    form = '--b\r\nContent-Disposition: form-data; name="t"; filename="t"\r\n\r\n1\r\n--b--\r\n'
    told = warehouse.ask(body=form, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert b"external tables are not served" in told.body


@pytest.mark.parametrize(
    "statement, url, headers",
    [
        ("SELECT 1 AS a FORMAT JSONEachRow", {}, {}),
        ("SELECT 1 AS a", {"default_format": "JSONEachRow"}, {}),
        ("SELECT 1 AS a", {}, {"X-ClickHouse-Format": "JSONEachRow"}),
    ],
)
def test_an_answer_has_the_format_that_was_asked_for(
    warehouse: Warehouse, statement: str, url: dict[str, str], headers: dict[str, str]
) -> None:
    told = warehouse.ask(statement, headers=headers, **url)
    assert (told.body, told.headers["X-ClickHouse-Format"]) == (b'{"a":1}\n', "JSONEachRow")


@pytest.mark.parametrize("name", ["Nothing", "DataFrame", "ArrowTable", "Debug"])
def test_a_format_that_there_is_not_has_clickhouses_code(warehouse: Warehouse, name: str) -> None:
    assert warehouse.ask(f"SELECT 1 FORMAT {name}").code == 73


def test_settings_hold_for_one_statement(warehouse: Warehouse) -> None:
    setting = "SELECT getSetting('session_timezone')"
    assert warehouse.ask(setting, session_timezone="Asia/Tokyo").body == b"Asia/Tokyo\n"
    assert warehouse.ask(f"{setting} SETTINGS session_timezone = 'Asia/Tokyo'").body == b"Asia/Tokyo\n"
    assert warehouse.ask(setting).body == b"\n"


def test_a_readers_statement_ends_when_its_time_is_over(warehouse: Warehouse) -> None:
    forever = "SELECT count() FROM numbers(1e15) WHERE NOT ignore(number)"
    assert warehouse.ask(forever, max_execution_time="1").code == 159


def test_a_reader_gets_no_more_rows_than_he_may(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT number FROM numbers(2000000)").code == 396


@pytest.mark.parametrize(
    "head", ["INSERT INTO tower.sample FORMAT CSV", "INSERT INTO tower.sample (b, a) FORMAT JSONEachRow"]
)
def test_rows_follow_an_insert_in_the_body_or_behind_the_url(warehouse: Warehouse, head: str) -> None:
    rows = '1,"x;\n"\n' if head.endswith("CSV") else '{"a": 1, "b": "x;\\n"}\n'
    warehouse.write(f"{head}\n{rows}")
    told = warehouse.write(head, rows.replace("1", "2"))
    assert json.loads(told.headers["X-ClickHouse-Summary"])["written_rows"] == "1"
    assert warehouse.value("SELECT a, b FROM tower.sample ORDER BY a") == "1\tx;\\n\n2\tx;\\n"


def test_binary_rows_arrive_as_they_left(warehouse: Warehouse) -> None:
    for name in ("Native", "Arrow", "ArrowStream", "Parquet", "RowBinary"):
        made = "SELECT toUInt64(number + 10) AS a, char(0, 10, 39, 59, 255) AS b FROM numbers(3)"
        rows = warehouse.ask(f"{made} FORMAT {name}").body
        warehouse.write(f"INSERT INTO tower.sample FORMAT {name}", rows, insert_deduplication_token=name)
    assert warehouse.value("SELECT count(), uniqExact(a), any(hex(b)) FROM tower.sample") == "15\t3\t000A273BFF"


def test_an_insert_that_cannot_be_read_adds_nothing(warehouse: Warehouse) -> None:
    told = warehouse.ask("INSERT INTO tower.sample FORMAT CSV\n1,x\ny,2\n", headers={"X-ClickHouse-Key": KEY})
    assert told.code == 27
    assert warehouse.value("SELECT count() FROM tower.sample") == "0"


def test_a_body_may_come_in_chunks_and_packed(warehouse: Warehouse) -> None:
    packed = gzip.compress(b"1,x\n2,y\n")
    connection = HTTPConnection("127.0.0.1", warehouse.port)
    headers = {"X-ClickHouse-Key": KEY, "Content-Encoding": "gzip"}
    target = "/?query=INSERT+INTO+tower.sample+FORMAT+CSV"
    for _ in range(2):  # the connection stays usable
        connection.request("POST", target, iter([packed[:5], packed[5:]]), headers, encode_chunked=True)
        assert connection.getresponse().read() == b""
    connection.close()
    assert warehouse.value("SELECT sum(a) FROM tower.sample") == "3", "the same rows again are the same block"


def test_an_answer_is_packed_when_that_is_asked_for(warehouse: Warehouse) -> None:
    statement, headers = "SELECT number FROM numbers(1000)", {"Accept-Encoding": "gzip"}
    plain = warehouse.ask(statement, headers=headers)
    packed = warehouse.ask(statement, headers=headers, enable_http_compression="1")
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert gzip.decompress(packed.body) == plain.body


def test_a_failure_has_code_status_and_words(warehouse: Warehouse) -> None:
    told = warehouse.ask("SELECT * FROM tower.nothing")
    assert (told.status, told.code) == (404, 60)
    assert told.body.startswith(b"Code: 60. DB::Exception: ")
    assert b"(UNKNOWN_TABLE)" in told.body


def test_what_a_failed_statement_had_written_is_not_in_the_next_answer(warehouse: Warehouse) -> None:
    for _ in range(20):
        told = warehouse.ask("SELECT number, throwIf(number = 900000) FROM numbers(1000000) FORMAT CSV")
        assert (told.code, b"0,0" in told.body) == (395, False)
        assert warehouse.ask("SELECT 'clean'").body == b"clean\n"


def test_a_query_keeps_its_id_if_that_is_one(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT 1", query_id="mine-1").headers["X-ClickHouse-Query-Id"] == "mine-1"
    forged = warehouse.ask("SELECT 1", query_id="x\r\nSet-Cookie: y")
    assert len(forged.headers["X-ClickHouse-Query-Id"]) == 36
    assert "Set-Cookie" not in forged.headers


@pytest.mark.parametrize(
    "headers, size", [({}, 2 << 20), ({"X-ClickHouse-Key": KEY}, 65 << 20), ({"Transfer-Encoding": "chunked"}, 2 << 20)]
)
def test_a_body_that_is_too_long_is_refused_before_it_is_read(
    warehouse: Warehouse, headers: dict[str, str], size: int
) -> None:
    connection = HTTPConnection("127.0.0.1", warehouse.port)
    connection.putrequest("POST", "/")
    for name, value in (headers or {"Content-Length": str(size)}).items():
        connection.putheader(name, value)
    if "X-ClickHouse-Key" in headers:
        connection.putheader("Content-Length", str(size))
    connection.endheaders()
    if "Transfer-Encoding" in headers:
        connection.send(f"{size:x}\r\n".encode())
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Connection"]) == (413, "close")
    connection.close()


def test_a_statement_that_is_too_long_is_refused(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT 1 " + " " * (300 << 10) + "+ 1").status == 413


@pytest.mark.parametrize("length", ["-1", "x", "1" * 30])
def test_a_length_that_is_none_is_refused(warehouse: Warehouse, length: str) -> None:
    assert warehouse.http("POST", "/", headers={"Content-Length": length}).status in {400, 413}


def test_ping_answers_while_long_statements_run(warehouse: Warehouse) -> None:
    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(warehouse.ask, LONG, max_execution_time="3") for _ in range(4)]
        time.sleep(0.3)
        assert warehouse.http("GET", "/ping").body == b"Ok.\n"
        assert not all(one.done() for one in running)


def test_readers_do_not_keep_the_writer_waiting(warehouse: Warehouse) -> None:
    with ThreadPoolExecutor(6) as pool:
        running = [pool.submit(warehouse.ask, LONG, max_execution_time="3") for _ in range(6)]
        time.sleep(0.3)
        warehouse.write("INSERT INTO tower.sample FORMAT CSV\n1,x\n")
        assert not all(one.done() for one in running)


def test_beyond_the_queue_the_answer_is_503(warehouse: Warehouse) -> None:
    with ThreadPoolExecutor(80) as pool:
        told = list(pool.map(lambda _: warehouse.ask("SELECT sleep(0.02)"), range(400)))
    refused = [one for one in told if one.status != 200]
    assert {(one.status, one.code) for one in refused} == {(503, 202)}
    assert b"come back later" in refused[0].body


def test_eight_clients_at_once_get_each_their_own_answers(warehouse: Warehouse) -> None:
    def client(number: int) -> Iterator[tuple[Told, bytes]]:
        for turn in range(24):
            value = f"{number * 1000 + turn}"
            if turn % 8 == 3:
                assert warehouse.ask("SELECT throwIf(number = 9) FROM numbers(10)").code == 395
            if turn % 4 == 0:
                warehouse.write(f"INSERT INTO tower.sample FORMAT CSV\n{value},x\n")
            yield warehouse.ask("SELECT {v:UInt64}", param_v=value), f"{value}\n".encode()

    with ThreadPoolExecutor(8) as pool:
        told = [pair for pairs in pool.map(lambda number: list(client(number)), range(8)) for pair in pairs]
    assert [one.body for one, _ in told] == [expected for _, expected in told]
    assert warehouse.value("SELECT count() FROM tower.sample") == "48"


def test_a_client_that_says_nothing_holds_nobody_up(warehouse: Warehouse) -> None:
    silent = [HTTPConnection("127.0.0.1", warehouse.port) for _ in range(150)]
    for connection in silent:
        connection.connect()
    assert warehouse.value("SELECT 1") == "1"
    for connection in silent:
        connection.close()
    assert threading.active_count() < 20
