"""Stays: how long visits stay at a site and at its doors, said when they come and anew while they last longer; scored
and learned when they leave, if what comes in can be learned from.

Records only mark visits of which something has happened. What follows is done when the log passes the whole minute, as
with legs, so it does not depend on how records are cut. A network without visits keeps nothing.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.expect import stay
from operators.predict import gate, kept
from operators.staying import STAYING, Book, minute, notice
from operators.step import Step
from operators.work import Work
from tower.table import Direct, Table

NOTICE: Final = Direct(notice)
LEARNED: Final = ("at_gate", "at_door", "gate")
"""What a state has beyond the table. One of a build that learned otherwise begins anew."""


class Stays(Step):
    """Writes its questions into `predictions` and `models`, which are an earlier step's; `staying` is its own."""

    watches: ClassVar = ("visits",)
    keeps: ClassVar = (("staying", STAYING),)

    def __init__(self, saved: Mapping[str, bytes] | None, visits: Table, clocks: Table, predictions: Table,
                 models: Table) -> None:  # fmt: skip
        is_whole = set(LEARNED) <= set(saved or {})
        super().__init__(saved if is_whole or not set(LEARNED) & set(saved or {}) else None)
        self.visits, self.clocks, self.predictions, self.models = visits, clocks, predictions, models
        self.staying = self.tables["staying"]
        self._book: Book | None = self._opened(saved) if is_whole else None

    def room(self, work: Work) -> int:
        """A row a visit."""
        return int(self.visits.touched().size)

    def run(self, work: Work) -> None:
        """Mark visits; do what is due at this minute."""
        if (numbers := self.visits.touched()).size:
            NOTICE.call(self.visits.t, numbers, self.staying.t, work.now)
        if (due := self.staying.due(work.now)).size:
            self.predictions.reserve(2 * due.size)
            self.models.reserve(2)
            minute(self.visits.t, self.clocks.t, self._open(), due, work.number, work.now)

    def _open(self) -> Book:
        """What was learned, with the tables as they are now."""
        if self._book is None:
            self._book = self._opened(None)
        self._book = self._book._replace(staying=self.staying.t, predictions=self.predictions.t, models=self.models.t)
        return self._book

    def _opened(self, saved: Mapping[str, bytes] | None) -> Book:
        """From what was saved, or from nothing."""
        if saved is None:
            sides, shut = (stay.empty(), stay.empty()), gate.empty()
        else:
            at_gate, at_door = (kept.to_plain(saved[name], name, stay.empty()) for name in LEARNED[:2])
            sides, shut = (at_gate, at_door), kept.to_plain(saved["gate"], "gate", gate.empty())
        return Book(self.staying.t, self.predictions.t, self.models.t, sides, shut, np.zeros(4, "i8"), np.zeros(3),
                    np.zeros(3))  # fmt: skip

    def saved(self) -> dict[str, bytes]:
        """The table, and what was learned."""
        if self._book is None:
            return super().saved()
        book = self._book
        learned = {name: kept.of_plain(side, name) for name, side in zip(LEARNED[:2], book.sides, strict=True)}
        return {**super().saved(), **learned, "gate": kept.of_plain(book.gate, "gate")}
