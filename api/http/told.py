"""Told: a person's word becomes an event in inbox `people`, and is answered for once the tower has decided on it."""

from contextlib import closing
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from api.http.here import Here
from api.http.inboxes import PEOPLE
from streams import names
from tower import clock, ids
from tower.envelope import Envelope
from tower.logs import urls
from tower.record import Record, split

PATIENCE_S: Final = 2.0
READ: Final = 64
PARTS_MOST: Final = 8
"""Records over which a message may be cut."""
SOURCE: Final = ids.of("source", PEOPLE)


class Word(NamedTuple):
    """Where a word stands: its place in the inbox, the record that took it in (0: none yet), whether it was decided."""

    position: int
    number: int
    decided: bool


def tell(here: Here, network: str, events: list[dict[str, Any]]) -> Word:
    """Keep events as one message, and wait a little for the outcome of the record that takes it in. Raises Busy."""
    writer = here.inboxes.of(network, PEOPLE)
    with closing(urls.reader(names.log(here.root, network))) as log:
        before = log.last()[0]
        stamp = max(here.inboxes.stamp(network), 0)
        position = writer.put(Envelope(PEOPLE, stamp, "application/json", orjson.dumps(events)))
        until = clock.steady_s() + PATIENCE_S
        number = taken_in(log, before, position, until)
    left = until - clock.steady_s()
    decided = bool(number) and here.present(network).has_come_to(number, max(left, 0.0))
    return Word(position, number, decided)


def taken_in(log: Any, after: int, position: int, until: float) -> int:
    """The record behind `after` that took in that message of people; 0 if none does in time."""
    while (left := until - clock.steady_s()) > 0:
        for number, data in log.read(after, READ, min(left, 0.25)):
            after = number
            if Record.decode(number, split(data)[1]).causes.get(SOURCE, 0) >= position:
                return int(number)
    return 0


def refusal(here: Here, network: str, word: Word, row: int) -> str:
    """Why the tower rejected an event of a word, "" if it did not."""
    present = here.present(network)
    with present.lock:
        for said in reversed(present.rejected):
            if said.number < word.number - PARTS_MOST:
                break
            if is_of(said.row, word) and said.row["row"] == row:
                return present.of(int(said.row["reason"]))
    return ""


def is_of(row: np.void, word: Word) -> bool:
    """Whether a rejected row is of that message."""
    return bool(row["source"] == np.uint64(SOURCE) and row["inbox"] == word.position)
