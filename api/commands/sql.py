"""`towerctl sql`: ask the history; without a query, say what can be asked."""

import argparse
import csv
import difflib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tower.errors import TowerError, UsageError

NAME = "sql"
HELP = "Ask the history in SQL; @NAME asks a sample, no query lists the samples"
TRY = "towerctl sql --samples"
WIDEST = 48


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The question, and how to print the answer."""
    parser.add_argument("query", nargs="?", help="a SELECT, @NAME for a sample, or - to read it from stdin")
    parser.add_argument("--data", metavar="DIR", help="the tower's data folder")
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="one JSON object a row")
    forms.add_argument("--csv", action="store_true", help="as CSV with a head line")
    forms.add_argument("--show", action="store_true", help="print the statement instead of asking it")
    parser.add_argument("--samples", action="store_true", help="list the samples")


def run(arguments: argparse.Namespace) -> int:
    """Print the answer. Raises UsageError without a history, TowerError with the server's first line if it refuses."""
    if arguments.query is None or arguments.samples:
        listed = [{"name": f"@{name}", "asks": asks} for name, asks in samples()]
        print_rows(arguments, ["name", "asks"], [(row["name"], row["asks"]) for row in listed])
        return 0
    asked = question(arguments.query)
    if arguments.show:
        print(asked.rstrip())
        return 0
    columns, rows = answer(asked, arguments.data)
    print_rows(arguments, columns, rows)
    return 0


def folder() -> Path:
    """Where the samples lie."""
    import sinks.clickhouse

    return Path(sinks.clickhouse.__file__).parent / "queries"


def samples() -> Iterator[tuple[str, str]]:
    """Name and question of each sample."""
    for path in sorted(folder().glob("*.sql")):
        yield path.stem, path.read_text("utf-8").partition("\n")[0].removeprefix("-- ")


def question(query: str) -> str:
    """The query itself; raises UsageError for a sample that there is not."""
    if query == "-":
        return sys.stdin.read()
    if not query.startswith("@"):
        return query
    path = folder() / f"{query[1:]}.sql"
    if query[1:] not in (known := dict(samples())):
        near = difflib.get_close_matches(query[1:], known, n=1)
        raise UsageError(f"sql: no such sample (got {query})", f"towerctl sql @{near[0]}" if near else TRY)
    return path.read_text("utf-8")


def answer(query: str, data: str | None) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Columns and rows, read without the writer's key where the history is embedded."""
    from clickhouse_connect.driver.exceptions import DatabaseError

    from api import where
    from sinks.clickhouse.client import connect

    found = where.told(data)
    url = where.sql_door(found)
    key = found.clickhouse_password.get_secret_value() if found.clickhouse_url and found.clickhouse_password else ""
    try:
        result = connect(url, key, found.clickhouse_user).query(query)
    except (DatabaseError, OSError) as error:
        if isinstance(error, OSError) or "HTTPConnection" in str(error):
            raise TowerError(f"sql: nobody answers (tried {url})", "towerctl demo, or see that it runs there") from None
        raise TowerError(f"sql: {first_line(error)}", TRY) from None
    return result.column_names, result.result_rows


def first_line(error: Exception) -> str:
    """What the server says, without what the client puts around it."""
    words = str(error).strip().partition("DB::Exception: ")
    return (words[2] or words[0]).partition("\n")[0].partition(" (for url")[0][:300]


def print_rows(arguments: argparse.Namespace, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """As asked: a table for people, JSON lines, or CSV. Where there is no row, the client knows no columns either."""
    if arguments.json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), default=str))
    elif arguments.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([columns, *rows])
    elif rows:
        print_table(columns, [[shown(value) for value in row] for row in rows])


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as they need to be, up to a limit."""
    widths = [min(WIDEST, max(map(len, column))) for column in zip(columns, *rows, strict=True)]
    for row in [columns, ["-" * width for width in widths], *rows]:
        print("  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip())


def shown(value: object) -> str:
    """A value for people."""
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) and abs(value) < 1 else str(value)
