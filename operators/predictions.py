"""Predictions: when legs will come, said two hours before they leave, anew when the weather at one of their ends is
another, and when they have left; how likely they are to be cancelled, from nine hours before; scored and learned later,
if what comes in can be learned from.

Records only mark legs of which something has happened. What follows is done when the log passes the whole minute, leg
by leg in the order of their keys, so it does not depend on how records are cut. A network without legs keeps nothing.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.foretelling import FOLLOWED, minute, notice, reconsider
from operators.predict import cancel, claims, contest, forecast, gate, kept, line, questions, situation
from operators.predict.questions import Question
from operators.standing import KEYS
from operators.step import Step
from operators.telling import Book, Eyes, Side
from operators.work import Work, mask_of
from tower.table import Direct, Table

SLOTS, BITS, FATES = 1 << 14, 16, 1 << 11
"""Smaller than the bench's: a network's state is some megabytes."""
LEGS, WEATHER = mask_of(("legs",)), mask_of(("weather",))
NOTICE, RECONSIDER = Direct(notice), Direct(reconsider)
SIDES: Final = (("before", questions.BEFORE), ("departed", questions.DEPARTED))
LEARNED: Final = ("situation", "gate", "fate",
                  *(f"{name}{part}" for name, _ in SIDES for part in ("", "_line", "_others")))  # fmt: skip
"""What a state has beyond tables. One of a build that learned otherwise begins anew: half of it would be worse."""


class Predictions(Step):
    """Table `predictions`, a row for each question asked about a leg; `models`, how each model stands; `foretold` is
    its own.
    """

    watches: ClassVar = ("legs", "weather")
    publishes: ClassVar = ("predictions", "models")
    keeps: ClassVar = (("foretold", FOLLOWED),)

    def __init__(self, saved: Mapping[str, bytes] | None, legs: Table, sites: Table, weather: Table) -> None:
        learned = set(LEARNED) & set(saved or {})
        is_whole, dropped = learned == set(LEARNED), ("foretold",) if learned and learned != set(LEARNED) else ()
        super().__init__({name: data for name, data in (saved or {}).items() if name not in dropped})
        self.legs, self.sites, self.weather, self.followed = legs, sites, weather, self.tables["foretold"]
        self._book: Book | None = self._opened(saved) if is_whole else None

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
            self.tables["predictions"].reserve(3 * due.size)
            self.tables["models"].reserve(KEYS.size)
            minute(Eyes(self.legs.t, self.sites.t, self.weather.t), self._open(), due, work.number, work.now)

    def _open(self) -> Book:
        """What was learned, with the tables as they are now."""
        if self._book is None:
            self._book = self._opened(None)
        self._book = self._book._replace(followed=self.followed.t, predictions=self.tables["predictions"].t,
                                         models=self.tables["models"].t)  # fmt: skip
        return self._book

    def _opened(self, saved: Mapping[str, bytes] | None) -> Book:
        """From what was saved, or from nothing."""
        if saved is None:
            now, shut, fate = situation.empty(SLOTS), gate.empty(), cancel.empty(FATES)
        else:
            now, shut = kept.to_situation(saved["situation"]), kept.to_plain(saved["gate"], "gate", gate.empty())
            fate = kept.to_plain(saved["fate"], "fate", cancel.empty(FATES))
        before, departed = (side(saved, name, question) for name, question in SIDES)
        return Book(self.followed.t, self.tables["predictions"].t, self.tables["models"].t, now, before, departed, shut,
                    fate, np.ones(len(cancel.SIGNALS), "u1"), questions.EDGES, questions.EDGE_COUNTS,
                    np.zeros(len(situation.SIGNALS)),
                    np.zeros(situation.WEATHER), np.zeros(3, "i8"))  # fmt: skip

    def saved(self) -> dict[str, bytes]:
        """Tables, and what was learned."""
        if self._book is None:
            return super().saved()
        book = self._book
        learned = {"situation": kept.of_situation(book.situation), "gate": kept.of_plain(book.gate, "gate"),
                   "fate": kept.of_plain(book.fate, "fate")}  # fmt: skip
        for (name, question), one in zip(SIDES, (book.before, book.departed), strict=True):
            learned[name] = kept.of_forecast(one.forecast, question)
            learned[f"{name}_line"] = kept.of_line(one.line, question)
            learned[f"{name}_others"] = kept.of_others(one.contest, one.claims, name)
        return {**super().saved(), **learned}


def side(saved: Mapping[str, bytes] | None, name: str, question: Question) -> Side:
    """All that answers a question, as it was saved, or with nothing learned."""
    room = forecast.room(question)
    if saved is None:
        return Side(forecast.empty(question, BITS), room, line.empty(question), contest.empty(), claims.empty())
    models = kept.to_forecast(saved[name], question), room, kept.to_line(saved[f"{name}_line"], question)
    return Side(*models, *kept.to_others(saved[f"{name}_others"], name))
