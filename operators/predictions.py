"""Predictions: when legs will come, said two hours before they leave, anew when the weather there is another, and when
they have left; scored and learned later.

Records only mark legs of which something has happened. What follows is done when the log passes the whole minute, leg
by leg in the order of their keys, so it does not depend on how records are cut. A network without legs keeps nothing.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from operators.foretelling import FOLLOWED, Book, Eyes, minute, notice, reconsider
from operators.predict import forecast, kept, questions, situation
from operators.step import Step
from operators.work import Work, mask_of
from tower.table import Direct, Table

SLOTS, BITS = 1 << 14, 16
"""Smaller than the bench's: a network's state is some megabytes."""
LEGS, WEATHER = mask_of(("legs",)), mask_of(("weather",))
NOTICE, RECONSIDER = Direct(notice), Direct(reconsider)


class Predictions(Step):
    """Table `predictions`, a row for each question asked about a leg; `foretold` is its own."""

    watches: ClassVar = ("legs", "weather")
    publishes: ClassVar = ("predictions",)
    keeps: ClassVar = (("foretold", FOLLOWED),)

    def __init__(self, saved: Mapping[str, bytes] | None, legs: Table, sites: Table, weather: Table) -> None:
        super().__init__(saved)
        self.legs, self.sites, self.weather, self.followed = legs, sites, weather, self.tables["foretold"]
        self._book: Book | None = None
        if saved and "situation" in saved:
            self._book = self._opened(saved)

    def room(self, work: Work) -> int:
        """A row a leg; none more where legs are looked at again."""
        return int(self.legs.touched().size) if work.present & LEGS else 0

    def run(self, work: Work) -> None:
        """Mark legs; do what is due at this minute."""
        if work.present & LEGS and (numbers := self.legs.touched()).size:
            NOTICE.call(self.legs.t, numbers, self.followed.t, work.now)
        if work.present & WEATHER and (numbers := self.weather.touched()).size:
            RECONSIDER.call(self.weather.t, numbers, self.sites.t, self.legs.t, self.followed.t, work.now)
        if (due := self.followed.due(work.now)).size:
            self.tables["predictions"].reserve(2 * due.size)
            minute(Eyes(self.legs.t, self.sites.t, self.weather.t), self._open(), due, work.number, work.now)

    def _open(self) -> Book:
        """What was learned, with the tables as they are now."""
        if self._book is None:
            self._book = self._opened(None)
        self._book = self._book._replace(followed=self.followed.t, predictions=self.tables["predictions"].t)
        return self._book

    def _opened(self, saved: Mapping[str, bytes] | None) -> Book:
        """From what was saved, or from nothing."""
        if saved is None:
            now = situation.empty(SLOTS)
            before, departed = (forecast.empty(question, BITS) for question in questions.ALL)
        else:
            now = kept.to_situation(saved["situation"])
            before = kept.to_forecast(saved["before"], questions.BEFORE)
            departed = kept.to_forecast(saved["departed"], questions.DEPARTED)
        rooms = [forecast.room(question) for question in questions.ALL]
        return Book(self.followed.t, self.tables["predictions"].t, now, before, departed, rooms[0], rooms[1],
                    questions.EDGES, questions.EDGE_COUNTS, np.zeros(len(situation.SIGNALS)),
                    np.zeros(situation.WEATHER), np.zeros(3, "i8"))  # fmt: skip

    def saved(self) -> dict[str, bytes]:
        """Tables, and what was learned."""
        if self._book is None:
            return super().saved()
        learned = {"situation": kept.of_situation(self._book.situation),
                   "before": kept.of_forecast(self._book.before, questions.BEFORE),
                   "departed": kept.of_forecast(self._book.departed, questions.DEPARTED)}  # fmt: skip
        return {**super().saved(), **learned}
