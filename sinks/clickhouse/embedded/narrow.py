"""Narrow: a reader who may see some networks only. Row policies hide the others' rows (grants.py); refused here is what
tells how many those are: plans, sizes, places of rows in parts, and whatever a setting could bring out.

Who asks is not known here: whoever has signed somebody in says `tower_networks`, and then it is for these alone.
"""

import re
from collections.abc import Mapping
from typing import Final

from sinks.clickhouse.embedded.calls import listed
from sinks.clickhouse.embedded.refusal import denied
from sinks.clickhouse.embedded.statements import SYSTEM, Statement
from sinks.clickhouse.embedded.tokens import tokens

TOLD: Final = "tower_networks"
NAMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,63}")
READS: Final = listed("select with")
TELLS: Final = listed("explain viewexplain show describe")
SETTINGS: Final = {"output_format_write_statistics": "0"}
"""How many rows were read to answer is said of all networks' rows."""


def networks(said: str | None) -> tuple[str, ...] | None:
    """The networks that were said, None where nothing was. Raises Refusal for what is no name of one."""
    if said is None:
        return None
    found = tuple(said.split(","))
    if not all(NAMED.fullmatch(name) for name in found):
        raise denied(f"{TOLD} takes names of networks, separated by commas")
    return found


def check(text: str, statement: Statement, settings: Mapping[str, str], writes: bool) -> None:
    """Raises Refusal for what is not a plain question to the tables."""
    if writes or statement.verb not in READS:
        raise denied("for some networks, only SELECT is served")
    if settings:
        raise denied("for some networks, settings are not open")
    for token in tokens(text):
        word = token.text.lower()
        if token.names() and (word in TELLS | SYSTEM or word.startswith("_")):
            raise denied(f"for some networks, {token.text[:40]} is not served")
