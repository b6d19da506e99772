"""Schema: the tables of database `tower`, made from the vocabulary, and what each column means.

`events` has a row per event of LOG, wide: every field of every kind is a column. What an event has many of is a table
of its own, `events_<family>`. Every other table is one of OUTCOMES. `names` says what ids mean, `progress` how far it
all is. In text, an id is its name, or # and 16 hex digits where nobody has told one; unknown is NULL, or '' in text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sinks.clickhouse.metrics import METRICS
from tower import events
from tower.fields import Field, Type
from tower.outcomes import STANDING, TABLES

PARTITION: Final = 1 << 20
"""So many records make a partition, and no range crosses one: an insert is one part, there or not there."""
WINDOW: Final = 10_000
"""How many inserts a table remembers the tokens of."""

PLENTY: Final = frozenset({
    "leg", "visit", "order", "line", "tender", "transfer", "po", "asn", "text", "trailer", "driver", "vehicle",
    "appointment", "reference", "wave", "customer", "action", "option", "decision",
})  # fmt: skip
"""What ids name so many of that a dictionary would not help."""
SQL: Final[dict[Type, str]] = {
    Type.TIME: "Nullable(DateTime64(3, 'UTC'))", Type.COUNT: "Nullable(Int64)", Type.DELTA: "Int64",
    Type.NUMBER: "Nullable(Float64)", Type.CODE: "LowCardinality(String)", Type.ID: "LowCardinality(String)",
    Type.TEXT: "String", Type.DIGEST: "String", Type.INDEX: "UInt32", Type.KIND: "LowCardinality(String)",
}  # fmt: skip
UNKNOWN: Final[dict[Type, str]] = {
    Type.TIME: "NULL: unknown or never", Type.COUNT: "NULL: unknown", Type.NUMBER: "NULL: unknown",
    Type.CODE: "'': unknown", Type.ID: "'': unknown", Type.TEXT: "'': none", Type.DIGEST: "'': unknown",
    Type.KIND: "'': unknown", Type.DELTA: "never unknown", Type.INDEX: "",
}  # fmt: skip
UNITS: Final = {"min": "minutes", "s": "seconds", "cents": "cents", "kg": "kg", "m3": "cubic metres", "c": "degrees C",
                "mps": "metres a second", "m": "metres", "h": "mm an hour", "hpa": "hPa"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `field` is what its values are in a packed row, None where they are none of a row."""

    name: str
    sql: str
    comment: str
    field: Field | None = None


PLACE: Final = (
    Column("network", "LowCardinality(String)", "the network that it is of"),
    Column("number", "UInt64", "the record of the log that said it"),
    Column("ordinal", "UInt32", "its row in that record's table"),
    Column("now", "DateTime64(3, 'UTC')", "the moment of that record: when the tower knew"),
)
"""Where a row stands; every table begins with it."""

ABOUT: Final = {
    "rejected": "What could not be taken in: which message, which row of it, and why",
    "ledger": "Per source, events so far: received = accepted + duplicate + late + rejected",
    "deviations": "What is not as it should be: a row each time one opens, changes, closes or is withdrawn",
    "gone": "Things whose rows were dropped from the live state because they are long over",
    "notes": "What the tower wants to have said about a thing",
    "predictions": "What the tower expected, as it expected it",
    "demands": "Order lines that were expected in each half hour, by site and family, and what came",
    "models": "How each model stands: who serves, how far off all were, whether learning goes on",
    "labels": "What came true of predictions",
    "incidents": "Deviations with one cause, together",
    "options": "What could be done about an incident, and what that is worth",
    "plans": "Moves of lines from leg to leg, with their reason",
    "prices": "What one more unit of a scarce resource is worth: a load on a leg, a door of a site, goods there",
    "decisions": "What was decided, by whom, under which policy",
    "actions": "What left the tower to be done",
    "moves": "Lines that options move",
    "action_moves": "Lines that actions move, and what came of each; void: it did not hold any more",
    "kpis": "Key figures of sites and of the network per window, said once a minute where they change",
    "invariants": "What must hold however events come, and how much of it does not; books: recounted once an hour",
    "doorplans": "Visits that a plan has at another door or minute than their turn; from `changed` on it did not hold",
    "connections": "Legs that wait for what comes too late with another one: for which, and what that puts at risk",
    "yards": "Doors of a site as last planned: what that costs, what it is compared with, what a door is worth",
    "doorrules": "How doors are planned, as policy has it: a row each time that changes; without one, as usual",
    "playbooks": "What was better in a what-if, kept by name to be thought of when the like happens again",
    "handling": "What people do about deviations: who has each, what is put off, what nobody took in time",
}


def sql_of(field: Field) -> str:
    """The SQL type of a field."""
    return "String" if field.type is Type.ID and field.of in PLENTY else SQL[field.type]


def comment_of(field: Field) -> str:
    """What a field means: its words or its name's, its unit, and how unknown looks."""
    words = field.doc or field.name.replace("_", " ")
    unit = UNITS.get(field.name.rpartition("_")[2]) if "_" in field.name and field.type is not Type.TIME else None
    said = ", ".join(filter(None, (words, unit)))
    if field.words:
        said += f" ({', '.join(field.words)})"
    return "; ".join(filter(None, (said, UNKNOWN[field.type])))


def columns_of(fields: tuple[Field, ...]) -> tuple[Column, ...]:
    """Columns that are told in packed rows."""
    return tuple(Column(f.name, sql_of(f), comment_of(f), f) for f in fields)


PARTS: Final = (*dict.fromkeys(part.family for kind in events.KINDS for part in kind.parts), "reference")
"""The families of which an event can have many rows."""
BODIES: Final = tuple(family for family in events.FAMILIES if family not in PARTS)


def _body_columns() -> dict[str, tuple[Field, list[str]]]:
    """The columns of `events` beyond the head: the field and the families that tell it.

    Families share a column where name, SQL type and words agree; else the later one's name is put before.
    """
    found: dict[str, tuple[Field, list[str]]] = {}
    taken = {f.name for f in events.HEAD}
    for family in BODIES:
        for f in events.FAMILIES[family][1:]:
            name = f.name
            if name in taken or (name in found and _form(found[name][0]) != _form(f)):
                name = f"{family}_{f.name}"
            found.setdefault(name, (f, []))[1].append(family)
    return found


def _form(f: Field) -> tuple[str, tuple[str, ...]]:
    return sql_of(f), f.words


BODY: Final = _body_columns()


def _told_by(f: Field, families: list[str]) -> str:
    kinds = [k.name for k in events.KINDS if k.family in families and f in (*k.subject, *k.fields)]
    unknown = UNKNOWN[f.type] if f.type is not Type.DELTA else "NULL: not told"
    return f"{comment_of(f).removesuffix(f'; {UNKNOWN[f.type]}')}; of {', '.join(kinds or families)}; {unknown}"


def _events() -> tuple[Column, ...]:
    body = tuple(
        Column(name, "Nullable(Int64)" if f.type is Type.DELTA else sql_of(f), _told_by(f, families), f)
        for name, (f, families) in BODY.items()
    )
    document = Column("document", "String", "JSON of what a low-rate event says; '': none")
    return (*columns_of(events.HEAD), document, *body)


TOLD: Final[dict[str, tuple[Column, ...]]] = {
    "names": (
        Column("id", "UInt64", "the id in packed rows and in the live views"),
        Column("text", "String", "what it means"),
    ),
    "events": _events(),
    **{f"events_{family}": columns_of(events.FAMILIES[family]) for family in PARTS},
    **{name: columns_of(fields) for name, fields in TABLES.items()},
}
"""Every table that ranges of records fill: its columns behind PLACE."""

PROGRESS: Final = (
    Column("network", "LowCardinality(String)", "the network"),
    Column("log", "LowCardinality(String)", "which of its logs: LOG or OUTCOMES"),
    Column("first", "UInt64", "the first record of the range"),
    Column("last", "UInt64", "the last record of the range"),
    Column("state", "LowCardinality(String)", "begun: its borders are fixed; done: all of its rows are in"),
    Column("mark", "UInt64", "what tells the history up to its last record from another; 0 while begun"),
    Column("now", "DateTime64(3, 'UTC')", "the moment of its last record"),
    Column("rows", "UInt64", "how many rows the range put into all tables; 0 while begun"),
)


def about(table: str) -> str:
    """What a table holds."""
    if table in STANDING:
        return f"The {table.replace('_', ' ')} as they are after a record: a row each time one changes"
    family = table.removeprefix("events_")
    if table != family:
        return f"What events say of several each: rows of {family}; `event` is the event's ordinal in `events`"
    told = {"events": "Every event of the log, as it was taken in", "names": "What ids mean, as records told it"}
    return {**ABOUT, **told}.get(table) or f"Outcomes: {table}"


def statements() -> Iterator[str]:
    """What makes the database, from nothing or from an older build's: new columns are added, views replaced."""
    yield "CREATE DATABASE IF NOT EXISTS tower"
    for table, columns in TOLD.items():
        yield creation(table, (*PLACE, *columns), about(table), *KEPT.get(table, ROWS))
    yield creation("progress", PROGRESS, "How far the warehouse is: two rows a range", "MergeTree",
                   "intDiv(last, 4194304)", "network, log, last")  # fmt: skip
    for table, fields in STANDING.items():
        yield view(f"{table}_newest", f"The {table} as they were last", newest(table, fields))
    for name, (comment, query) in METRICS.items():
        yield view(name, comment, query)


ROWS: Final = ("MergeTree", f"intDiv(number, {PARTITION})", "network, now, number, ordinal")
KEPT: Final = {"names": ("ReplacingMergeTree", "tuple()", "network, id")}
"""Engine, partition and order, where they are not ROWS."""


def creation(table: str, columns: tuple[Column, ...], comment: str, engine: str, partition: str, order: str) -> str:
    """The statement that makes a table."""
    listed = ",\n    ".join(f"`{c.name}` {c.sql} COMMENT {quoted(c.comment)}" for c in columns)
    return (
        f"CREATE TABLE IF NOT EXISTS tower.{table} (\n    {listed}\n) ENGINE = {engine} PARTITION BY {partition}"
        f" ORDER BY ({order}) SETTINGS non_replicated_deduplication_window = {WINDOW} COMMENT {quoted(comment)}"
    )


def view(name: str, comment: str, query: str) -> str:
    """The statement that makes a view."""
    return f"CREATE OR REPLACE VIEW tower.{name} AS {query} COMMENT {quoted(comment)}"


def newest(table: str, fields: tuple[Field, ...]) -> str:
    """The last row of each thing."""
    order = f"ORDER BY number DESC, ordinal DESC LIMIT 1 BY network, `{fields[0].name}`"
    return f"SELECT * FROM tower.{table} {order}"  # noqa: S608  # the vocabulary's own names


def additions(table: str, there: set[str]) -> Iterator[str]:
    """The statements that add to a table of an older build what it has not."""
    for c in (*PLACE, *TOLD[table]):
        if c.name not in there:
            yield f"ALTER TABLE tower.{table} ADD COLUMN `{c.name}` {c.sql} COMMENT {quoted(c.comment)}"


def quoted(words: str) -> str:
    """A string of SQL.

    >>> quoted("the carrier's own")
    "'the carrier''s own'"
    """
    return "'" + words.replace("\\", "\\\\").replace("'", "''") + "'"
