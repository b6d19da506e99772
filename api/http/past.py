"""Past: the state of one network behind a record, made anew by the steps that made it first."""

from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np

from sinks.views.keys import LIVE, is_over
from streams import names, skips
from streams.states import States
from tower import layouts
from tower.logs import LogReader, urls
from tower.outcomes import STANDING
from tower.record import Record, split

RECORDS_MOST: Final = 50_000
"""Records between a state and a moment: beyond, it would take too long."""
READ: Final = 256


@dataclass(frozen=True, slots=True)
class Past:
    """What is asked for: the network behind that record."""

    root: str
    states: str
    network: str
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """Its moment, and its live tables."""

    now: int
    tables: dict[str, np.ndarray]


def number_at(log: LogReader, moment: int) -> int:
    """The last record at or before a moment; 0 if there is none (any more). Times never fall along a log."""
    low, high = log.first() - 1, log.last()[0]
    while low < high:
        middle = (low + high + 1) // 2
        if record_of(log, middle).now <= moment:
            low = middle
        else:
            high = middle - 1
    return low if low >= log.first() else 0


def record_of(log: LogReader, number: int) -> Record:
    """One record of a log. Raises Trimmed or Lost."""
    return Record.decode(number, split(log.read(number - 1, 1)[0][1])[1])


def past(asked: Past) -> Found | str:
    """The network behind that record; why not, where too little is kept."""
    from operators.chain import Chain
    from streams.control import make

    states = States(asked.states)
    after = max((number for number in states.numbers(asked.network) if number <= asked.number), default=0)
    with closing(urls.reader(names.log(asked.root, asked.network))) as log:
        if after + 1 < log.first():
            return f"LOG begins at record {log.first()}, and there is no state before record {asked.number}"
        if asked.number - after > RECORDS_MOST:
            return f"the nearest state is {asked.number - after:,} records away, at most {RECORDS_MOST:,} are replayed"
        chain = Chain(make, states.load(asked.network, after) if after else {}, after)
        now = followed(chain, log, asked)
    kept = ((name, table) for step in chain.steps for name, table in step.tables.items() if name in STANDING)
    tables = {name: table.rows.copy() for name, table in kept}
    admitted = next(step.tables["ledger"] for step in chain.steps if "ledger" in step.tables)
    tables["ledger"] = admitted.rows.copy().view(layouts.blank("ledger").dtype)
    alarms = next(step.tables["alarms"].rows for step in chain.steps if "alarms" in step.tables)
    tables["deviations"] = said_last(asked, set(alarms["id"][alarms["open"] == 1].tolist()))
    return Found(now, {name: rows for name, rows in tables.items() if name in LIVE})


def followed(chain: object, log: LogReader, asked: Past) -> int:
    """Take the records up to the one that is asked for through the chain; its moment."""
    with closing(urls.reader(names.skips(asked.root, asked.network))) as found:
        left_out = skips.read(found)
    now, after = 0, chain.after  # type: ignore[attr-defined]
    if after == asked.number:
        return record_of(log, after).now
    while after < asked.number:
        for number, data in log.read(after, min(READ, asked.number - after)):
            record = Record.decode(number, split(data)[1])
            chain.advance(skips.without(record, left_out.get(number, ())))  # type: ignore[attr-defined]
            after, now = number, record.now
    return now


def said_last(asked: Past, wanted: set[int]) -> np.ndarray:
    """What was said last of deviations that were open: found in OUTCOMES from the moment backwards."""
    found: dict[int, np.ndarray] = {}
    with closing(urls.reader(names.outcomes(asked.root, asked.network))) as log:
        upto, first = asked.number, log.first()
        while upto >= first and wanted - found.keys():
            begin = max(first - 1, upto - READ)
            for number, data in reversed(log.read(begin, upto - begin)):
                rows = Record.decode(number, split(data)[1]).rows("deviations")
                for row in rows[::-1]:
                    if int(row["id"]) in wanted:
                        found.setdefault(int(row["id"]), np.array([row], row.dtype))
            upto = begin
    rows = np.concatenate(list(found.values())) if found else layouts.empty("deviations")
    return rows[~is_over("deviations", rows)]
