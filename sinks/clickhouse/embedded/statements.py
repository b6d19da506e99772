"""Statements: what may be asked at each door, decided from tokens before the engine sees a word."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from sinks.clickhouse.embedded.calls import DENIED, listed
from sinks.clickhouse.embedded.refusal import denied, unreadable
from sinks.clickhouse.embedded.tokens import NAME, STRING, WORD, Token, tokens

READS: Final = listed("select with show describe desc explain exists")
WRITES: Final = listed("create insert alter drop optimize truncate")
KINDS: Final = {
    "show": "databases tables full columns indexes index create",
    "show create": "table view database",
    "create": "database table view materialized or",
    "create or replace": "table view",
    "alter": "table",
    "drop": "table view",
    "optimize": "table",
    "truncate": "table",
}
"""What may follow the first words of a statement, where not anything may."""
ENGINES: Final = listed("atomic memory view null")
SYSTEM: Final = listed("system information_schema")
SYSTEM_TABLES: Final = listed("settings tables columns databases one numbers")
"""clickhouse-connect reads `settings` to connect; drivers and dashboards look tables up in the others."""
HIDDEN: Final = ("system.", "information_schema.")
NOWHERE: Final = listed("outfile infile attach detach")
BEFORE_TABLES: Final = listed("from join table describe desc")


@dataclass(frozen=True, slots=True)
class Statement:
    """What may be run: the words without FORMAT and SETTINGS, those, and where the data of an INSERT begins."""

    verb: str
    text: str
    format: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    data_at: int | None = None


def admit(text: str, writes: bool) -> Statement:
    """The statement, if it is one that this door may ask; raises Refusal.

    >>> admit("select 1 format JSON settings max_threads = 1", writes=False)
    Statement(verb='select', text='select 1', format='JSON', settings={'max_threads': '1'}, data_at=None)
    """
    words, data_at = head(text)
    if not words:
        raise unreadable("there is no statement")
    verb = next((token.text.lower() for token in words if not token.is_sign("(")), "")
    check_verb(verb, words, writes)
    check_words(words)
    if verb in {"create", "alter"}:
        check_engines(words)
    if verb == "insert" and data_at is not None:
        return inserting(text, words, data_at)
    return asking(text, verb, words)


def head(text: str) -> tuple[list[Token], int | None]:
    """All tokens; those of an INSERT up to its FORMAT, and where its data begins. Raises Refusal."""
    words: list[Token] = []
    for token in tokens(text):
        words.append(token)
        if len(words) > 2 and words[0].says("insert") and words[-2].says("format") and token.kind == WORD:
            return words, behind_line(text, token.end)
    return ended(words), None


def ended(words: list[Token]) -> list[Token]:
    """Without the semicolons at the end; raises Refusal if another statement follows one."""
    while words and words[-1].is_sign(";"):
        words.pop()
    if any(token.is_sign(";") for token in words):
        raise denied("one statement at a time")
    return words


def behind_line(text: str, at: int) -> int:
    """Where data begins: behind the blanks and the one line break after FORMAT's name."""
    while text[at : at + 1] in {" ", "\t"}:
        at += 1
    at += text[at : at + 1] == "\r"
    return at + (text[at : at + 1] == "\n")


def check_verb(verb: str, words: Sequence[Token], writes: bool) -> None:
    """Raises Refusal for what this door may not ask."""
    if verb in WRITES and not writes:
        raise denied(f"{verb.upper()} needs the writer's key")
    if verb not in READS | WRITES:
        raise denied(f"{verb[:20].upper() or 'that'} is not served here")
    if not writes and any(token.says("into") for token in words):
        raise denied("INTO needs the writer's key")
    for start, kinds in KINDS.items():
        check_kind(start.split(), kinds.split(), words)


def check_kind(start: Sequence[str], kinds: Sequence[str], words: Sequence[Token]) -> None:
    """Raises Refusal if a statement starts with these words and goes on with none of these kinds."""
    starts = len(words) >= len(start) and all(token.says(word) for token, word in zip(words, start, strict=False))
    if starts and not (len(words) > len(start) and words[len(start)].says(*kinds)):
        raise denied(f"{' '.join(start).upper()} is served for {', '.join(kinds)} only")


def check_words(words: Sequence[Token]) -> None:
    """Raises Refusal for a name, a call or a place that no statement here may reach."""
    for at, token in enumerate(words):
        if token.says(*NOWHERE):
            raise denied(f"{token.text.upper()} is not served here")
        if token.names() and token.text.lower() in SYSTEM:
            check_system(words, at)
        if token.kind == NAME and ("/" in token.text or token.text.lower().startswith(HIDDEN)):
            raise denied(f"no table is called {token.text[:40]!r}")
    for token, after in pairwise(words):
        check_pair(token, after)


def check_system(words: Sequence[Token], at: int) -> None:
    """Raises Refusal unless it is `system.<a table that tells nothing>`."""
    table = words[at + 2].text.lower() if len(words) > at + 2 and words[at + 1].is_sign(".") else ""
    if words[at].text.lower() != "system" or table not in SYSTEM_TABLES:
        raise denied(f"of system only {', '.join(sorted(SYSTEM_TABLES))} can be read")


def check_pair(token: Token, after: Token) -> None:
    """Raises Refusal for two neighbours that reach too far: a call, a table named by a string, an engine."""
    if token.names() and after.is_sign("(") and token.text.lower() in DENIED:
        raise denied(f"{token.text}() is not served here")
    if token.says(*BEFORE_TABLES) and after.kind == STRING:
        raise denied("a table has a name, not a string")
    if token.is_sign(":") and after.says("identifier"):
        raise denied("a name cannot be a parameter")
    if token.kind == STRING and after.is_sign("."):
        raise denied("a database has a name, not a string")


def check_engines(words: Sequence[Token]) -> None:
    """Raises Refusal for an engine that keeps or fetches its rows elsewhere."""
    bare = [token for token in words if not token.is_sign("=")]
    for token, engine in pairwise(bare):
        kept = engine.text.lower() in ENGINES or engine.text.lower().endswith("mergetree")
        if token.says("engine") and not kept:
            raise denied(f"engine {engine.text[:40]} is not served here")


def inserting(text: str, words: Sequence[Token], data_at: int) -> Statement:
    """An INSERT whose data follows: its words before FORMAT, and its settings if it has any."""
    body, _, settings = tail(words[:-2])
    return Statement("insert", cut(text, body), words[-1].text, settings, data_at)


def asking(text: str, verb: str, words: Sequence[Token]) -> Statement:
    """Anything else; a table's own SETTINGS stay where they are."""
    if verb in {"create", "alter"}:
        return Statement(verb, cut(text, words))
    body, format_, settings = tail(words)
    return Statement(verb, cut(text, body), format_, settings)


def cut(text: str, words: Sequence[Token]) -> str:
    """The text from the first of these tokens to the last."""
    return text[words[0].start : words[-1].end] if words else ""


def tail(words: Sequence[Token]) -> tuple[Sequence[Token], str, dict[str, str]]:
    """A statement without its FORMAT and SETTINGS at the end, and those."""
    format_, settings = "", dict[str, str]()
    while True:
        if len(words) > 2 and words[-2].says("format") and words[-1].kind == WORD and not format_:
            words, format_ = words[:-2], words[-1].text
        elif (at := settings_at(words)) and not settings:
            words, settings = words[:at], assigned(words[at + 1 :])
        else:
            return no_more_settings(words), format_, settings


def settings_at(words: Sequence[Token]) -> int:
    """Where the last SETTINGS clause begins; 0 if there is none."""
    clauses = (at for at in range(len(words) - 2) if words[at].says("settings") and words[at + 2].text == "=")
    return max(clauses, default=0)


def no_more_settings(words: Sequence[Token]) -> Sequence[Token]:
    """The same tokens; raises Refusal for a SETTINGS clause elsewhere, where nobody would look at it."""
    if settings_at(words):
        raise denied("SETTINGS stand once, at the end")
    return words


def assigned(words: Sequence[Token]) -> dict[str, str]:
    """`name = value, name = value` as a dictionary; raises Refusal for anything else."""
    settings: dict[str, str] = {}
    for group in split(words):
        if len(group) < 3 or group[0].kind != WORD or not group[1].is_sign("="):
            raise unreadable("SETTINGS are name = value, separated by commas, at the end")
        settings[group[0].text] = value(group[2:])
    return settings


def split(words: Sequence[Token]) -> list[list[Token]]:
    """Groups of tokens between commas."""
    groups: list[list[Token]] = [[]]
    for token in words:
        if token.is_sign(","):
            groups.append([])
        else:
            groups[-1].append(token)
    return groups


def value(words: Sequence[Token]) -> str:
    """A word, a number or a string without its quotes; raises Refusal for anything else."""
    text = "".join(token.text for token in words)
    if len(words) == 1 and words[0].kind == STRING and "\\" not in text and "''" not in text:
        return text[1:-1]
    if all(token.kind == WORD or token.is_sign(".-+") for token in words) and len(words) <= 5:
        return text
    raise unreadable(f"SETTINGS take plain values, not {text[:40]!r}")
