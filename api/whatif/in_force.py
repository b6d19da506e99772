"""In force: the clauses of the policy that held at a record: those of the nearest state, and what LOG says after it."""

from contextlib import closing
from typing import Any, Final

import numpy as np
import orjson

from operators.admit import Admit
from operators.clauses import Unfit
from operators.policies import DECLARED, SET, Policies, said_in
from streams import names
from streams.entries import records
from streams.states import States
from tower.errors import UsageError
from tower.logs import urls
from tower.record import Record

READ_MOST: Final = 50_000
"""Records that are read for it."""


def in_force(root: str, states: str, network: str, position: int) -> dict[str, Any]:
    """The clauses that somebody has set by that record, by name, as plain numbers. Raises UsageError where the log does
    not say any more.
    """
    kept = States(states)
    after = max((number for number in kept.numbers(network) if number <= position), default=0)
    saved = kept.load(network, after) if after else {}
    policies = Policies(saved.get("policies"), Admit().tables["ledger"])
    with closing(urls.reader(names.log(root, network))) as log:
        if after + 1 < log.first() or position - after > READ_MOST:
            raise UsageError(f"policy: too little is kept to say which was in force at record {position}",
                             "name one: usual, halved, doubled, or a document")  # fmt: skip
        for record in records(log, after):
            if record.number > position:
                break
            take(policies, record)
    return {name: plain(value) for name, value in said_in(policies.tables["price_list"]).items()}


def take(policies: Policies, record: Record) -> None:
    """Take in what a record sets, as the chain does; what is unfit changed nothing there either."""
    heads = record.rows("event")
    for row, text in zip(record.rows("document"), record.documents, strict=False):
        head = heads[row["event"]]
        if head["kind"] in (SET, DECLARED):
            policies.tables["price_list"].reserve(1)
            policies.tables["gates"].reserve(1)
            try:
                policies.set(head, orjson.loads(text))
            except Unfit:
                continue


def plain(value: Any) -> Any:
    """A clause as JSON has it."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
