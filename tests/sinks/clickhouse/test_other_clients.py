"""Other clients as they come: SQLAlchemy, the JavaScript client and plain HTTP know no difference to a server."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy import Connection, MetaData, Table, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from tests.sinks.clickhouse.warehouse import KEY, Warehouse

JS = """
const { createClient } = require('@clickhouse/client');
(async () => {
  const client = createClient({ url: process.argv[2], database: 'tower' });
  const ping = await client.ping();
  const set = await client.query({
    query: 'SELECT a, b FROM sample WHERE a >= {least:UInt64} ORDER BY a',
    query_params: { least: 2 }, format: 'JSONEachRow',
  });
  const rows = await set.json();
  const streamed = [];
  const lines = await client.query({ query: 'SELECT number FROM numbers(5)', format: 'JSONEachRow' });
  for await (const part of lines.stream()) for (const row of part) streamed.push(Number(row.json().number));
  const refused = [];
  for (const query of ['DROP TABLE tower.sample', "SELECT * FROM file('/etc/passwd')", 'SELECT * FROM nothing']) {
    try { await client.command({ query }); refused.push(null); } catch (error) { refused.push(error.code); }
  }
  await client.close();
  const key = { username: 'writer', password: process.argv[3] };
  const writer = createClient({ url: process.argv[2], ...key, database: 'tower' });
  await writer.insert({ table: 'sample', values: [{ a: 9, b: 'nine' }], format: 'JSONEachRow' });
  await writer.close();
  console.log(JSON.stringify({ ping: ping.success, rows, streamed, refused }));
})().catch((error) => { console.error(error); process.exit(1); });
"""
VERSION = "1.23.1"


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    warehouse.write("TRUNCATE TABLE tower.sample")
    warehouse.write("INSERT INTO tower.sample FORMAT CSV", "1,one\n2,two\n3,three\n")
    return warehouse


@pytest.fixture
def connection(filled: Warehouse) -> Iterator[Connection]:
    """SQLAlchemy without a key: a reader."""
    engine = create_engine(f"clickhousedb://127.0.0.1:{filled.port}/tower")
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def test_sqlalchemy_reads_by_text_with_parameters(connection: Connection) -> None:
    rows = connection.execute(text("SELECT b FROM sample WHERE a > :least ORDER BY a"), {"least": 1})
    assert [row.b for row in rows] == ["two", "three"]


def test_sqlalchemy_finds_tables_and_reads_by_expression(connection: Connection) -> None:
    assert "sample" in inspect(connection).get_table_names("tower")
    sample = Table("sample", MetaData(), autoload_with=connection)
    assert [column.name for column in sample.columns] == ["a", "b"]
    asked = select(func.count(), func.max(sample.c.a)).where(sample.c.b != "one")
    assert tuple(connection.execute(asked).one()) == (2, 3)


REFUSED = ["DROP TABLE tower.sample", "SELECT * FROM file('/etc/passwd')", "SYSTEM SHUTDOWN"]


@pytest.mark.parametrize("statement", REFUSED)
def test_sqlalchemy_is_refused_as_a_reader(connection: Connection, statement: str) -> None:
    with pytest.raises((DBAPIError, DatabaseError), match="ACCESS_DENIED"):
        connection.execute(text(statement))


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the JavaScript client as npm installs it."""
    if not shutil.which("npm"):
        pytest.skip("no npm")
    folder = tmp_path_factory.mktemp("javascript")
    install = ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--silent", f"@clickhouse/client@{VERSION}"]
    subprocess.run(install, cwd=folder, check=True, timeout=240, stdin=subprocess.DEVNULL)
    return folder


@pytest.mark.full
def test_the_javascript_client_reads_streams_is_refused_and_writes_with_the_key(
    javascript: Path, filled: Warehouse
) -> None:
    (javascript / "ask.js").write_text(JS)
    done = subprocess.run(
        ["node", "ask.js", filled.url, KEY], cwd=javascript, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ping": True, "rows": [{"a": 2, "b": "two"}, {"a": 3, "b": "three"}], "streamed": [0, 1, 2, 3, 4],
        "refused": ["497", "497", "60"],
    }  # fmt: skip
    assert filled.value("SELECT b FROM tower.sample WHERE a = 9") == "nine"


@pytest.mark.parametrize(
    "form, starts",
    [("JSON", b"{"), ("JSONEachRow", b'{"a":'), ("CSVWithNames", b'"a","b"'), ("TSVWithNames", b"a\tb"),
     ("Pretty", b"   "), ("Parquet", b"PAR1"), ("Markdown", b"| a | b |"), ("Vertical", b"Row 1:")],
)  # fmt: skip
def test_plain_http_gets_the_form_it_asks_for(filled: Warehouse, form: str, starts: bytes) -> None:
    by_word = filled.http("POST", "/", f"SELECT a, b FROM tower.sample ORDER BY a FORMAT {form}")
    by_url = filled.http("GET", f"/?query=SELECT+a,+b+FROM+tower.sample+ORDER+BY+a&default_format={form}")
    assert by_word.body.startswith(starts), by_word.body
    assert by_url.headers["X-ClickHouse-Format"] == by_word.headers["X-ClickHouse-Format"] == form


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_plain_http_has_no_other_method(filled: Warehouse, method: str) -> None:
    assert filled.http(method, "/?query=SELECT+1").status in {400, 405, 501}
