"""In force: the clauses of the policy that held at a record: those of the nearest state, and what LOG says after it.

Rows alone, without tables: the API has no kernels.
"""

from contextlib import closing, suppress
from typing import Any, Final

import numpy as np
import orjson

from operators.clauses import Unfit
from operators.policies import DECLARED, PRICE_LIST, SET, hold, read_in, said_by
from streams import names
from streams.entries import records
from streams.states import States
from tower.errors import UsageError
from tower.logs import urls
from tower.record import Record
from tower.table import rows_of

READ_MOST: Final = 50_000
"""Records that are read for it."""


def in_force(root: str, states: str, network: str, position: int) -> dict[str, Any]:
    """The clauses that somebody has set by that record, by name, as plain numbers. Raises UsageError where the log does
    not say any more.
    """
    kept = States(states)
    after = max((number for number in kept.numbers(network) if number <= position), default=0)
    saved = kept.load(network, after) if after else {}
    before = rows_of(PRICE_LIST, saved["policies"]["price_list"]) if saved else PRICE_LIST[:0]
    held = {int(row["key"]): row.copy() for row in before}
    with closing(urls.reader(names.log(root, network))) as log:
        if after + 1 < log.first() or position - after > READ_MOST:
            raise UsageError(f"policy: too little is kept to say which was in force at record {position}",
                             "name one: usual, halved, doubled, or a document")  # fmt: skip
        for record in records(log, after):
            if record.number > position:
                break
            take(held, record)
    rows = np.array(list(held.values()), PRICE_LIST.dtype)
    return {name: plain(value) for name, value in said_by(rows).items()}


def take(held: dict[int, np.void], record: Record) -> None:
    """Take in what a record sets, as the chain does; what is unfit changed nothing there either."""
    heads = record.rows("event")
    for said, text in zip(record.rows("document"), record.documents, strict=False):
        head = heads[said["event"]]
        if head["kind"] in (SET, DECLARED):
            row = held.setdefault(int(head["subject"]), PRICE_LIST[0].copy())
            with suppress(Unfit):
                hold(row, head, read_in(head, orjson.loads(text)))


def plain(value: Any) -> Any:
    """A clause as JSON has it."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value
