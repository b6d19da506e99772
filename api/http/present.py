"""Present: how one network is, as of the last record of OUTCOMES that was taken in."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.http.held import Held
from api.http.latency import observe
from api.hub.follow import Decided
from sinks.views.keys import BY_ID, LIVE, is_over
from streams.words import OURS
from tower import clock
from tower.record import Record

REMEMBERED: Final = 50_000
"""Rows of deviations, and rejected rows, that are remembered as they were said."""


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it was said: the number and the moment of its record, and its place in that record's table."""

    number: int
    now: int
    place: int
    row: np.void


class Present:
    """All live tables of a network, what ids mean, and what was said lately.

    One thread takes in; any may read, under `lock`. Rows up to record `known` were in it when it was made.
    """

    def __init__(self, network: str) -> None:
        self.network, self.seq, self.now, self.known = network, 0, 0, 0
        self.lock = threading.Condition(threading.RLock())
        self.tables = {table: Held(table) for table in LIVE}
        self.names: dict[int, str] = dict(OURS)
        self.fresh: list[str] = []
        """Texts that were told since somebody sorted them."""
        self.deviations: deque[Said] = deque(maxlen=REMEMBERED)
        self.rejected: deque[Said] = deque(maxlen=REMEMBERED)
        self.said_of: dict[int, list[Said]] = {}
        self.is_followed: Callable[[], bool] = lambda: True

    def load(self, number: int, now: int, tables: Mapping[str, np.ndarray], names: Mapping[int, str]) -> None:
        """Begin with rows as they are after that record."""
        with self.lock:
            self.seq, self.now, self.known = number, now, number
            self.learn(names)
            for table, rows in tables.items():
                if rows.size:
                    self.tables[table].put(rows)
                self.tables[table].changed = number

    def take(self, records: Iterable[Decided]) -> None:
        """Take in the next records. Of those that it was made with, only what was said is remembered."""
        with self.lock:
            for decided in records:
                self._take(decided.record)
                if decided.stamp and decided.record.number > self.known:
                    observe("api", max(0, clock.wall_ms() - decided.stamp))
            self.lock.notify_all()

    def _take(self, record: Record) -> None:
        self.learn(record.names)
        self._remember(record)
        if record.number <= self.known:
            return
        for table in record.tables.keys() & self.tables.keys():
            self._rows(self.tables[table], record.tables[table], record.number)
        self._gone(record)
        self.seq, self.now = record.number, record.now

    def _rows(self, held: Held, rows: np.ndarray, number: int) -> None:
        if rows.size:
            over = is_over(held.table, rows)
            held.put(rows)
            held.drop(rows[held.key][over].tolist())
            held.changed = number

    def _gone(self, record: Record) -> None:
        for code, key in record.rows("gone")[["table", "key"]].tolist():
            if code in BY_ID:
                self.tables[BY_ID[code]].drop([key])
                self.tables[BY_ID[code]].changed = record.number

    def learn(self, names: Mapping[int, str]) -> None:
        """Take in what ids mean."""
        self.fresh += [text for code, text in names.items() if code not in self.names]
        self.names.update(names)

    def _remember(self, record: Record) -> None:
        for place, row in enumerate(record.rows("deviations")):
            if len(self.deviations) == REMEMBERED:
                self._forget(self.deviations[0])
            said = Said(record.number, record.now, place, row)
            self.deviations.append(said)
            self.said_of.setdefault(int(row["id"]), []).append(said)
        for place, row in enumerate(record.rows("rejected")):
            self.rejected.append(Said(record.number, record.now, place, row))

    def _forget(self, said: Said) -> None:
        left = self.said_of[int(said.row["id"])][1:]
        if left:
            self.said_of[int(said.row["id"])] = left
        else:
            del self.said_of[int(said.row["id"])]

    def has_come_to(self, number: int, patience_s: float) -> bool:
        """Wait until that record is taken in; False if it takes longer."""
        with self.lock:
            return self.lock.wait_for(lambda: self.seq >= number, patience_s)

    def of(self, code: int) -> str:
        """What an id means, or # and its digits."""
        return self.names.get(code) or f"#{code:016x}"

    def open_of(self, subject: int) -> np.ndarray:
        """The open deviations of a thing, copied."""
        rows = self.tables["deviations"].rows
        return rows[rows["subject"] == np.uint64(subject)].copy()
