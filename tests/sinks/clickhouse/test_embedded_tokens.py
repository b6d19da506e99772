"""Tokens: what the engine could read otherwise is not read at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.clickhouse.embedded.refusal import Refusal
from sinks.clickhouse.embedded.tokens import skipped, tokens

UNREADABLE = [
    "SELECT /* /* */ 1 */ 2",
    "SELECT 1 /* no end",
    "SELECT 'no end",
    "SELECT `no end",
    "SELECT $$heredoc$$",
    "SELECT $tag$heredoc$tag$",
    "SELECT \u2018typographic\u2019",
    "SELECT \u201ctypographic\u201d",
    "SELECT 1 \u2212\u2212 dash",
    "SELECT\u00a01",
    "SELECT\u20031",
    "SELECT x'66696c65'",
    "SELECT `fi\\x6ce`('x')",
    'SELECT "fi\\u006ce"(1)',
    "SELECT 1\0; DROP TABLE t",
    "SELECT 'a\0b'",
    "SELECT 1 # comment",
    "SELECT @@version",
    "SELECT \\N",
    "SELECT 1 -- \0\n",
    "SELECT \ufeff1",
]


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_lexers_disagree_on_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"Code: 62\."):
        list(tokens(text))


@pytest.mark.parametrize(
    "text",
    ["'a;b'", "'it''s;'", r"'it\';'", "`a;``b`", '"a;""b"', "1 /* ; */", "1 -- ;", "1 --;\n", "'\u2019 -- /*'"],
)
def test_a_semicolon_in_quotes_or_comments_is_none(text: str) -> None:
    assert [token.text for token in tokens(text) if token.text == ";"] == []


def test_names_lose_their_quotes_and_keep_what_is_in_them() -> None:
    assert [(token.kind, token.text) for token in tokens('`a``b` "Straße"')] == [("name", "a`b"), ("name", "Straße")]


def test_tokens_are_read_one_by_one_so_that_data_is_never_looked_at() -> None:
    reading = tokens("INSERT INTO t FORMAT Native\n\0\ufeff'")
    assert [next(reading).text for _ in range(5)] == ["INSERT", "INTO", "t", "FORMAT", "Native"]


@given(st.text(alphabet=st.sampled_from("ab1'`\"\\;-/*#$ \n\0é()."), max_size=60))
def test_every_character_is_in_a_token_or_skipped_or_the_text_is_refused(text: str) -> None:
    at = 0
    try:
        for token in tokens(text):
            assert skipped(text, at) == token.start < token.end
            at = token.end
    except Refusal:
        return
    assert skipped(text, at) == len(text)
