"""Attacks: what a reader must not do, asked for at the open door; then each lock alone, as if the others had failed."""

import json
from pathlib import Path

import pytest

from sinks.clickhouse.embedded.calls import HARMLESS_TABLE_FUNCTIONS, TABLE_FUNCTIONS
from tests.sinks.clickhouse.warehouse import KEY, Warehouse, python

REFUSED = {48, 62, 164, 452, 497}

ATTACKS = [
    # files
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT FiLe /* x */ ('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT `fi\\x6ce`('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM `/etc/passwd`",
    "DESCRIBE '/etc/passwd'",
    "DESCRIBE TABLE file('/etc/passwd')",
    "EXPLAIN SELECT * FROM file('/etc/passwd')",
    "SELECT 1 WHERE 1 IN (SELECT count() FROM filesystem('/etc'))",
    "WITH (SELECT file('/etc/passwd')) AS x SELECT x",
    "SELECT 1 INTO OUTFILE 'x.txt'",
    "SELECT 1 INTO/**/OUTFILE 'x.txt' TRUNCATE FORMAT CSV",
    "SELECT 1 FORMAT CSV INTO OUTFILE 'x.txt'",
    "SELECT * FROM sqlite('x.db', 't')",
    "SELECT * FROM executable('id', 'CSV', 'a String')",
    "SELECT * FROM input('a String')",
    "SELECT * FROM python(os)",
    "SELECT * FROM eval('SELECT 1')",
    # elsewhere
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
    "SELECT * FROM remote('127.0.0.1', 'system.users')",
    "SELECT * FROM s3('http://127.0.0.1:1/x', 'CSV')",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
    "SELECT * FROM tower.sample, url('http://127.0.0.1:1/', 'CSV')",
    "SELECT * FROM odbc('DSN=x', 'a', 'b')",
    "SELECT aiGenerate('x', 'y')",
    "SELECT hasColumnInTable('127.0.0.1', 'system', 'users', 'name')",
    # behind the tables
    "SELECT * FROM merge('system', '.*')",
    "SELECT * FROM mergeTreeIndex('tower', 'sample')",
    "SELECT * FROM cluster('default', system.users)",
    "SELECT * FROM dictionary('x')",
    "SELECT joinGet('system.x', 'a', 1)",
    "SELECT * FROM system.users",
    "SELECT * FROM system /* x */ . processes",
    "SELECT * FROM SYSTEM.`query_log`",
    "SELECT * FROM `system.users`",
    "SELECT * FROM 'system'.users",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM {t:Identifier}",
    "SHOW TABLES FROM system",
    "SHOW PROCESSLIST",
    "SHOW GRANTS",
    "SHOW CREATE USER default",
    "SELECT getServerSetting('x'), hostName(), serverUUID()",
    # other statements
    "INSERT INTO tower.sample VALUES (1, 'x')",
    "WITH x AS (SELECT 1) INSERT INTO tower.sample SELECT 1, 'x'",
    "/* SELECT */ DROP TABLE tower.sample",
    "(DROP TABLE tower.sample)",
    "EXPLAIN AST INSERT INTO tower.sample VALUES (1, 'x')",
    "SELECT 1; DROP TABLE tower.sample",
    "SELECT ';'; DROP TABLE tower.sample; --",
    "SELECT 'a\\'; DROP TABLE tower.sample; --",
    "SELECT 'a'''; DROP TABLE tower.sample; --'",
    "SELECT 1 /* /* */; DROP TABLE tower.sample -- */",
    "SELECT $$'$$; DROP TABLE tower.sample; --'",
    "SELECT \u2018'\u2019; DROP TABLE tower.sample; --'",
    "TRUNCATE TABLE tower.sample",
    "OPTIMIZE TABLE tower.sample",
    "CREATE TABLE tower.x (a Int8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE x (a Int8)",
    "ALTER TABLE tower.sample DELETE WHERE 1",
    "DELETE FROM tower.sample WHERE 1",
    "UPDATE tower.sample SET b = '' WHERE 1",
    "RENAME TABLE tower.sample TO tower.x",
    "ATTACH TABLE tower.x FROM 'x' (a Int8) ENGINE = MergeTree ORDER BY a",
    "DETACH TABLE tower.sample",
    "BACKUP DATABASE tower TO File('x')",
    "KILL QUERY WHERE 1",
    "SYSTEM FLUSH LOGS",
    "SYSTEM SHUTDOWN",
    "SET readonly = 0",
    "USE system",
    "GRANT ALL ON *.* TO default",
    "CREATE USER x",
    "CREATE FUNCTION f AS x -> x",
    "EXECUTE AS default SELECT 1",
    # settings
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT 1 SETTINGS max_execution_time = 0",
    "SELECT 1 SETTINGS max_execution_time = 1000000",
    "SELECT 1 SETTINGS max_memory_usage = 0",
    "SELECT 1 SETTINGS allow_experimental_eval_table_function = 1",
    "SELECT 1 SETTINGS dialect = 'kusto'",
    "SELECT 1 SETTINGS additional_table_filters = {'tower.sample': '1'}",
    "SELECT * FROM (SELECT 1 SETTINGS max_execution_time = 0)",
    "SELECT 1 FORMAT CSV SETTINGS max_threads = 1, log_comment = 'x'",
]

URLS: list[dict[str, str]] = [
    {"readonly": "0"},
    {"max_result_rows": "0"},
    {"max_result_rows": "-1"},
    {"max_execution_time": "1e9"},
    {"allow_introspection_functions": "1"},
    {"dialect": "prql"},
    {"database": "system"},
    {"database": "default`; DROP TABLE tower.sample"},
    {"max_threads` = 1, readonly": "0"},
    {"output_format_x = 1, readonly": "0"},
]


@pytest.fixture(scope="module", autouse=True)
def nothing_happened(warehouse: Warehouse) -> object:
    """The rows are what they were, after all attacks."""
    warehouse.write("TRUNCATE TABLE tower.sample")
    warehouse.write("INSERT INTO tower.sample FORMAT CSV", "1,one\n")
    yield
    assert warehouse.value("SELECT * FROM tower.sample") == "1\tone"
    assert warehouse.value("SHOW TABLES FROM tower") == "sample"


@pytest.mark.parametrize("statement", ATTACKS)
def test_a_reader_is_refused(warehouse: Warehouse, statement: str) -> None:
    told = warehouse.ask(statement)
    assert told.status in {400, 403}, told.body
    assert told.code in REFUSED, told.body


@pytest.mark.parametrize("url", URLS, ids=str)
def test_a_reader_is_refused_what_he_sets_in_the_url(warehouse: Warehouse, url: dict[str, str]) -> None:
    assert warehouse.ask("SELECT * FROM users", b"", None, **url).code in {452, 497}


def test_a_value_for_a_limit_does_not_leave_its_quotes(warehouse: Warehouse) -> None:
    told = warehouse.ask("SELECT getSetting('readonly')", format_csv_null_representation="x', readonly = '0")
    assert told.body == b"1\n"


def test_a_form_is_judged_like_any_statement(warehouse: Warehouse) -> None:
    form = '--b\r\nContent-Disposition: form-data; name="query"\r\n\r\nDROP TABLE tower.sample\r\n--b--\r\n'
    assert warehouse.ask(body=form, headers={"Content-Type": "multipart/form-data; boundary=b"}).code == 497


def test_a_statement_of_many_brackets_is_refused_and_nothing_falls(warehouse: Warehouse) -> None:
    assert warehouse.ask("SELECT " + "(" * 100_000).status in {400, 500}
    assert warehouse.value("SELECT 1") == "1"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE DATABASE other",
        "CREATE TABLE default.x (a Int8) ENGINE = MergeTree ORDER BY a",
        "CREATE TABLE tower.x (a String) ENGINE = File(CSV)",
        "CREATE TABLE tower.x (a String) ENGINE URL('http://127.0.0.1:1/')",
        "CREATE TABLE tower.x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '/')",
        "CREATE DICTIONARY tower.x (a Int8) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV'))",
        "CREATE OR REPLACE FUNCTION f AS x -> x",
        "INSERT INTO FUNCTION file('x.csv') SELECT 1",
        "INSERT INTO tower.sample FROM INFILE '/etc/passwd' FORMAT CSV",
        "INSERT INTO tower.sample SELECT 1, file('/etc/passwd')",
        "DROP DATABASE tower",
        "GRANT ALL ON *.* TO default",
        "SYSTEM SHUTDOWN",
    ],
)
def test_the_writer_too_stays_in_his_database(warehouse: Warehouse, statement: str) -> None:
    told = warehouse.ask(statement, headers={"X-ClickHouse-Key": KEY})
    assert told.code in {62, 497}, told.body


def test_every_table_function_of_the_engine_is_judged(warehouse: Warehouse) -> None:
    script = (
        "import chdb; print(chdb.connect(':memory:').query("
        "'SELECT DISTINCT lower(name) FROM system.table_functions', 'TSV').bytes().decode())"
    )
    assert set(python(script).split()) <= TABLE_FUNCTIONS | HARMLESS_TABLE_FUNCTIONS


ALONE = """
import json, pathlib, sys
from sinks.clickhouse.embedded import sandbox
from sinks.clickhouse.embedded.engine import Engine, Question
from sinks.clickhouse.embedded.grants import write_grants
from sinks.clickhouse.embedded.refusal import Refusal
path = pathlib.Path(sys.argv[1])
(path / "engine" / "tmp").mkdir(parents=True)
config = write_grants(path)
if sys.argv[2] == "shut":
    import os
    os.environ["TMPDIR"] = str(path / "engine" / "tmp")
    sandbox.restrict(path / "engine", [config, path / "users.xml"])
engine = Engine(path / "engine", config)
def code(text):
    try:
        engine.ask(Question(text, writes=sys.argv[3] == "writes"))
    except Refusal as refusal:
        return refusal.code
    return 0
print(json.dumps([code(text) for text in json.loads(sys.argv[4])]))
engine.close()
"""


def alone(path: Path, shut: bool, writes: bool, *statements: str) -> list[int]:
    """The engine's codes for statements that nobody looked at."""
    words = ["shut" if shut else "open", "writes" if writes else "reads", json.dumps(statements)]
    codes: list[int] = json.loads(python(ALONE, str(path), *words))
    return codes


LANDLOCK = "from sinks.clickhouse.embedded import sandbox; print(sandbox.abi() > 0)"


def test_grants_alone_keep_even_the_writer_in_his_database(tmp_path: Path) -> None:
    codes = alone(
        tmp_path / "w", False, True,
        "CREATE DATABASE tower",
        "CREATE DATABASE other",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV')",
        "SELECT * FROM remote('127.0.0.1', 'system.one')",
        "SELECT * FROM '/etc/passwd'",
        "CREATE TABLE tower.x (a String) ENGINE = File(CSV)",
        "SELECT * FROM system.users",
        "CREATE USER x",
        "SYSTEM FLUSH LOGS",
    )  # fmt: skip
    assert codes == [0] + [497] * 9


def test_a_readers_handle_alone_writes_nothing_and_cannot_be_opened(tmp_path: Path) -> None:
    codes = alone(
        tmp_path / "w", False, False,
        "CREATE DATABASE tower",
        "SET readonly = 0",
        "SET max_execution_time = 0",
        "SELECT 1 SETTINGS max_memory_usage = 0",
    )  # fmt: skip
    assert codes == [164] * 4


@pytest.fixture
def landlock() -> None:
    if python(LANDLOCK).strip() != "True":
        pytest.skip("this kernel has no Landlock")


@pytest.mark.usefixtures("landlock")
def test_landlock_alone_keeps_files_and_connections_away(tmp_path: Path) -> None:
    script = (
        "import pathlib, socket, sys; from sinks.clickhouse.embedded import sandbox\n"
        "def tried(call, *a):\n  try: call(*a); return 'done'\n  except PermissionError: return 'denied'\n"
        "path = pathlib.Path(sys.argv[1]); print(sandbox.restrict(path) > 0)\n"
        "print(tried(open, path / 'inside', 'w'), tried(open, path.parent / 'beside', 'w'),\n"
        "  tried(open, '/etc/passwd'), tried(open, '/proc/self/environ'),\n"
        "  tried(socket.create_connection, ('127.0.0.1', 1)),\n"
        "  tried(socket.create_server, ('127.0.0.1', 0)))\n"
    )
    (tmp_path / "w").mkdir()
    assert python(script, str(tmp_path / "w")).split() == ["True", "done", *["denied"] * 5]


@pytest.mark.usefixtures("landlock")
def test_with_landlock_the_engine_itself_can_neither_read_nor_write_outside(tmp_path: Path) -> None:
    out = tmp_path / "stolen.txt"
    attacks = "SELECT file('/etc/passwd')", f"SELECT 1 INTO OUTFILE '{out}'"
    codes = alone(tmp_path / "w", True, True, *attacks, "SELECT 1")
    assert codes == [76, 76, 0]
    assert not out.exists()


MOVED = """
import ctypes, pathlib, sys
from sinks.clickhouse.embedded.__main__ import opened, shut_in

NULL, SYSINFO, NONSENSE = None, 33, 2**64 - 1
path = pathlib.Path(sys.argv[1])
(path / "engine" / "tmp").mkdir(parents=True)
shut_in(path)
folder = ctypes.create_string_buffer(f"TMPDIR={path}/engine/tmp".encode())
moved = (ctypes.c_void_p * 8)(ctypes.addressof(folder), NULL, SYSINFO, NONSENSE)
ctypes.c_void_p.in_dll(ctypes.CDLL(None), "environ").value = ctypes.addressof(moved)
opened(path)
print("up")
"""
"""An environment that has grown no longer lies before the auxiliary vector: what follows it is anybody's."""


@pytest.mark.usefixtures("landlock")
def test_the_engine_finds_the_auxiliary_vector_where_the_environment_has_moved(tmp_path: Path) -> None:
    assert python(MOVED, str(tmp_path / "w")).split() == ["up"]
