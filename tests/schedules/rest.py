"""Rest: what must be true of a network that is at rest, whatever has happened to it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from operators.chain import Chain, state_hash
from sinks.views.keys import LIVE, is_over
from streams import adapters, names, skips
from streams.entries import entries, records
from tests.schedules.actors import NETWORK
from tests.schedules.control import straight
from tests.schedules.planning import has_said, should_say
from tests.schedules.schedule import Schedule
from tests.schedules.warehouse import rows_of, undisturbed
from tower import ids
from tower.batch import Batch
from tower.envelope import Envelope
from tower.logs import urls
from tower.outcomes import FACTS
from tower.record import Record


def check(schedule: Schedule) -> None:
    """Every promise of the tower at once."""
    root = schedule.machine.root
    inboxes = {source: list(inbox(root, source)) for source in names.sources(root, NETWORK)}
    log = list(records(urls.reader(names.log(root, NETWORK))))
    skipped = skips.read(urls.reader(names.skips(root, NETWORK)))
    said, chain = straight(log, skipped, schedule.control.switch)
    answers_are_kept(schedule, inboxes)
    every_event_is_in_the_log_once(inboxes, log)
    outcomes_are_those_of_a_straight_replay(schedule, said, chain)
    the_ledger_balances(inboxes, chain)
    plans_are_said_once(schedule, said)
    views_are_the_final_tables(schedule, said, chain)
    assert rows_of(schedule.rows.store) == rows_of(undisturbed(said, NETWORK)), (
        "rows are not those of a straight replay"
    )


def inbox(root: str, source: str) -> Iterator[bytes]:
    """The messages of an inbox."""
    return (bytes(data) for _, data in entries(urls.reader(names.inbox(root, NETWORK, source))))


def answers_are_kept(schedule: Schedule, inboxes: dict[str, list[bytes]]) -> None:
    """What a door has answered for is in its inbox, where it said."""
    for door in [*schedule.doors, schedule.people]:
        held = dict(enumerate(inboxes.get(door.source, []), 1))
        assert {position: held.get(position) for position in door.answered} == door.answered, "an answer is lost"


def every_event_is_in_the_log_once(inboxes: dict[str, list[bytes]], log: list[Record]) -> None:
    """In the log is what the messages say, each event and each rejected row once; time never falls."""
    batches = [b for held in inboxes.values() for b in decoded(held)]
    for table in ("event", "rejected"):
        told = Counter(row.tobytes() for batch in batches for row in batch.rows(table))
        assert Counter(row.tobytes() for record in log for row in record.rows(table)) == told, f"{table}s of LOG"
    moments = [record.now for record in log]
    assert moments == sorted(moments)


def decoded(held: list[bytes]) -> Iterator[Batch]:
    """What the messages of an inbox say."""
    return (adapters.decode(Envelope.decode(data), at, NETWORK) for at, data in enumerate(held, 1))


def outcomes_are_those_of_a_straight_replay(schedule: Schedule, said: list[Record], chain: Chain) -> None:
    """Byte by byte, and the state that control ends with too."""
    told = records(urls.reader(names.outcomes(schedule.machine.root, NETWORK)))
    for mine, theirs in zip(told, said, strict=True):
        assert mine.encode() == theirs.encode(), f"outcome {mine.number} is not that of a straight replay"
    if advance := schedule.control.logic.advance:
        assert state_hash({NETWORK: without_build(advance.chain)}) == state_hash({NETWORK: without_build(chain)})


def plans_are_said_once(schedule: Schedule, said: list[Record]) -> None:
    """What the plan flow has said is what it says where nothing happens to it, each plan once."""
    root = schedule.machine.root
    schedule.planned = has_said(root)
    assert schedule.planned == should_say(root, said), "plans are not those of a straight replay"


def without_build(chain: Chain) -> dict[str, dict[str, bytes]]:
    """The state of the steps."""
    return chain.saved()


def the_ledger_balances(inboxes: dict[str, list[bytes]], chain: Chain) -> None:
    """received == accepted + duplicate + late + rejected, and all that came was received."""
    told: Counter[int] = Counter()
    for held in inboxes.values():
        for batch in decoded(held):
            for table in ("event", "rejected"):
                told.update(batch.rows(table)["source"].tolist())
    ledger = {int(row["key"]): row for row in chain.steps[0].tables["ledger"].rows}
    assert {source: int(row["received"]) for source, row in ledger.items()} == told, "the ledger misses something"
    for row in ledger.values():
        assert row["received"] == row["accepted"] + row["duplicate"] + row["late"] + row["rejected"]


def views_are_the_final_tables(schedule: Schedule, said: list[Record], chain: Chain) -> None:
    """Facts as the chain holds them; deviations and ledger as they were last said."""
    for table in LIVE:
        held = schedule.views.server.rows(NETWORK, table)
        assert held == sorted(last_said(table, said)), f"view {table} is not what was last said"
        if table in FACTS:
            final = rows_in(chain, table)
            views = np.frombuffer(b"".join(held), final.dtype)
            assert unlinked(views) == unlinked(final), f"view {table} is not the table"


LINKS: Final = ("before", "after", "next_line")
"""Ids by which rows of a table hang together: a neighbour's may change without anything being said of it."""


def unlinked(rows: np.ndarray) -> list[bytes]:
    """Rows without those, sorted."""
    plain = rows.copy()
    for name in set(LINKS) & set(rows.dtype.names or ()):
        plain[name] = 0
    return sorted(row.tobytes() for row in plain)


def rows_in(chain: Chain, table: str) -> np.ndarray:
    """The rows of a table of the chain."""
    return next(step.tables[table].rows for step in chain.steps if table in step.tables)


def last_said(table: str, said: list[Record]) -> list[bytes]:
    """The rows that are live after these outcomes, one after the other and by hand."""
    live: dict[int, bytes] = {}
    for record in said:
        rows = record.rows(table)
        for row, over in zip(rows, is_over(table, rows), strict=True):
            live[int(row[LIVE[table]])] = b"" if over else row.tobytes()
        for row in record.rows("gone"):
            if row["table"] == ids.of("table", table):
                live.pop(int(row["key"]), None)
    return [row for row in live.values() if row]
