"""Tokens of a statement, read so strictly that the engine cannot read them otherwise.

What lexers are known to disagree on is not guessed at but refused: nested comments, heredocs, typographic quotes and
dashes, escapes in names, hex strings, control characters.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from sinks.clickhouse.embedded.refusal import unreadable

WORD, NAME, STRING, SIGN = "word", "name", "string", "sign"

SKIPPED: Final = re.compile(r"(?:[ \t\r\n\f]|--[^\n\0]*(?:\n|\Z)|/\*(?:(?!/\*|\*/)[^\0])*\*/)*")
KINDS: Final = re.compile(
    r"(?P<word>[0-9A-Za-z_]+)"
    r"|(?P<name>`(?:[^`\\\0]|``)*`|\"(?:[^\"\\\0]|\"\")*\")"
    r"|(?P<string>'(?:[^'\\\0]|\\[^\0]|'')*')"
    r"|(?P<sign>[-+*/%=<>!,.;:()\[\]{}?|^&~])"
)


class Token(NamedTuple):
    """A piece of a statement: its kind, its meaning (names lose their quotes), where it begins and ends."""

    kind: str
    text: str
    start: int
    end: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind == WORD and self.text.lower() in words

    def is_sign(self, signs: str) -> bool:
        """Whether it is one of these characters."""
        return self.kind == SIGN and self.text in signs

    def names(self) -> bool:
        """Whether it can stand for a table, a column or a function."""
        return self.kind in {WORD, NAME}


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, one by one, so that what follows an INSERT is never looked at; raises Refusal.

    >>> [token.text for token in tokens("SELECT 'a;b' /* ; */ AS `x` -- ;")]
    ['SELECT', "'a;b'", 'AS', 'x']
    """
    at = skipped(text, 0)
    while at < len(text):
        token = token_at(text, at)
        yield token
        at = skipped(text, token.end)


def skipped(text: str, at: int) -> int:
    """Where the next token begins: behind white space and comments."""
    found = SKIPPED.match(text, at)
    return found.end() if found else at


def token_at(text: str, at: int) -> Token:
    """The token that begins here; raises Refusal if none does."""
    found = KINDS.match(text, at)
    if found is None or found.lastgroup is None or text.startswith(("/*", "--"), at):
        raise unreadable(f"cannot read the statement at character {at}: {text[at : at + 20]!r}")
    if found.lastgroup == WORD and text[found.end() : found.end() + 1] == "'":
        raise unreadable(f"a word touches a string at character {found.end()}: hex and typed strings are not read")
    return Token(found.lastgroup, plain(found.lastgroup, found.group()), at, found.end())


def plain(kind: str, text: str) -> str:
    """A name without its quotes; anything else as it stands."""
    return text[1:-1].replace(text[0] * 2, text[0]) if kind == NAME else text
