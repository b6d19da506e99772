"""Predictions: when legs will leave and come, said two hours before, anew when the weather at one of their ends is
another or their vehicle has moved; when they will come, said when they have left and on their way; how likely they are
to be cancelled, from nine hours before; scored and learned later, if what comes in can be learned from.

Records only mark legs of which something has happened. What follows is done when the log passes the whole minute, leg
by leg in the order of their keys, so it does not depend on how records are cut. A network without legs keeps nothing.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.acts import Unfit
from operators.foretelling import FOLLOWED, TAIL, minute, notice, reconsider
from operators.overruling import PROMOTED, ROLLED_BACK, overrule
from operators.policies import refuse
from operators.predict import cancel, claims, contest, forecast, gate, kept, line, questions, situation, way
from operators.predict.questions import Question
from operators.standing import KEYS, stand_one
from operators.step import Step
from operators.telling import Book, Eyes, Side
from operators.underway import HEED, UNDERWAY
from operators.work import Work, mask_of
from tower.outcomes import MOMENTS
from tower.table import Direct, Table

SLOTS, BITS, FATES = 1 << 14, 15, 1 << 11
"""Smaller than the bench's: a network's state is some megabytes."""
LEGS, WEATHER, STOPS, DOCUMENTS = (mask_of((name,)) for name in ("legs", "weather", "stops", "document"))
NOTICE, RECONSIDER = Direct(notice), Direct(reconsider)
SIDES: Final = (("before", questions.BEFORE), ("departed", questions.DEPARTED), ("leaves", questions.LEAVES),
                ("along", way.ALONG))  # fmt: skip
OWN: Final = ("foretold", "underway", "tails")
LEARNED: Final = ("situation", "gate", "fate", "fate_gate",
                  *(f"{name}{part}" for name, _ in SIDES for part in ("_places", "_line", "_others")))  # fmt: skip
"""What a state has beyond tables. One of a build that learned otherwise begins anew: half of it would be worse."""


class Predictions(Step):
    """Table `predictions`, a row for each question asked about a leg; `models`, how each model stands. Its own:
    `foretold`, `underway`, and `tails`, the leg that each vehicle is to go on with.
    """

    families: ClassVar = ("document",)
    watches: ClassVar = ("legs", "weather", "stops")
    publishes: ClassVar = ("predictions", "models")
    keeps: ClassVar = (("foretold", FOLLOWED), ("underway", UNDERWAY), ("tails", TAIL))

    def __init__(
        self, saved: Mapping[str, bytes] | None, ledger: Table, legs: Table, sites: Table, weather: Table, stops: Table
    ) -> None:
        learned = set(LEARNED) & set(saved or {})
        is_whole, dropped = learned == set(LEARNED), OWN if learned and learned != set(LEARNED) else ()
        super().__init__({name: data for name, data in (saved or {}).items() if name not in dropped})
        self.ledger, self.legs, self.sites, self.weather, self.stops = ledger, legs, sites, weather, stops
        self.followed, self.underway, self.tails = (self.tables[name] for name in OWN)
        self._book: Book | None = self._opened(saved) if is_whole else None

    def room(self, work: Work) -> int:
        """A row a leg; none more where legs are looked at again."""
        return int(self.legs.touched().size) if work.present & LEGS else 0

    def run(self, work: Work) -> None:
        """Hear who shall serve; mark legs; do what is due at this minute."""
        if work.present & DOCUMENTS:
            self._overrule(work)
        if work.present & LEGS and (numbers := self.legs.touched()).size:
            NOTICE.call(self.legs.t, numbers, self.followed.t, work.now)
        if work.present & WEATHER and (numbers := self.weather.touched()).size:
            RECONSIDER.call(self.weather.t, numbers, self.sites.t, self.legs.t, self.followed.t, work.now)
        if work.present & STOPS and (numbers := self.stops.touched()).size:
            HEED.call(self.stops.t, numbers, self.followed.t, self.underway.t, work.now)
        if (due := self.followed.due(work.now)).size:
            self.tables["predictions"].reserve(len(MOMENTS) * due.size)
            self.underway.reserve(due.size)
            self.tails.reserve(due.size)
            self.tables["models"].reserve(KEYS.size)
            minute(Eyes(self.legs.t, self.sites.t, self.weather.t), self._open(), due, work.number, work.now)

    def _overrule(self, work: Work) -> None:
        """Take in who people want to serve, and say how that stands."""
        refused: list[tuple[np.void, str]] = []
        for head, row, said in work.documents(PROMOTED, ROLLED_BACK):
            self.tables["models"].reserve(1)
            book = self._open()
            sides = [getattr(book, name) for name, _ in SIDES]
            try:
                question = overrule(work, row, said, sides, book.models)
            except Unfit as unfit:
                refused.append((head, str(unfit)))
                work.ok[row] = 0
                continue
            if question is not None:
                stand_one(book, sides[question], question, work.now)
        if refused:
            refuse(work, self.ledger, refused)

    def _open(self) -> Book:
        """What was learned, with the tables as they are now."""
        if self._book is None:
            self._book = self._opened(None)
        self._book = self._book._replace(followed=self.followed.t, predictions=self.tables["predictions"].t,
                                         models=self.tables["models"].t, underway=self.underway.t,
                                         tails=self.tails.t)  # fmt: skip
        return self._book

    def _opened(self, saved: Mapping[str, bytes] | None) -> Book:
        """From what was saved, or from nothing."""
        if saved is None:
            now, shut, fate, fates = situation.empty(SLOTS), gate.empty(), cancel.empty(FATES), gate.empty()
        else:
            now, shut = kept.to_situation(saved["situation"]), kept.to_plain(saved["gate"], "gate", gate.empty())
            fate = kept.to_plain(saved["fate"], "fate", cancel.empty(FATES))
            fates = kept.to_plain(saved["fate_gate"], "fate_gate", gate.empty())
        before, departed, leaves, along = (side(saved, name, question) for name, question in SIDES)
        return Book(self.followed.t, self.tables["predictions"].t, self.tables["models"].t, now, before, departed,
                    leaves, along, self.underway.t, self.tails.t, shut, fate, fates, np.ones(len(cancel.SIGNALS), "u1"),
                    questions.EDGES, questions.EDGE_COUNTS, np.zeros(len(situation.SIGNALS)),
                    np.zeros(situation.WEATHER), np.zeros(3, "i8"), way.EDGES, way.EDGE_COUNTS,
                    np.zeros(len(way.SIGNALS)))  # fmt: skip

    def saved(self) -> dict[str, bytes]:
        """Tables, and what was learned."""
        if self._book is None:
            return super().saved()
        book = self._book
        learned = {"situation": kept.of_situation(book.situation), "gate": kept.of_plain(book.gate, "gate"),
                   "fate": kept.of_plain(book.fate, "fate"),
                   "fate_gate": kept.of_plain(book.fate_gate, "fate_gate")}  # fmt: skip
        for (name, question), one in zip(SIDES, (getattr(book, name) for name, _ in SIDES), strict=True):
            learned[f"{name}_places"] = kept.of_forecast(one.forecast, question)
            learned[f"{name}_line"] = kept.of_line(one.line, question)
            learned[f"{name}_others"] = kept.of_others(one.contest, one.claims, name)
        return {**super().saved(), **learned}


def side(saved: Mapping[str, bytes] | None, name: str, question: Question) -> Side:
    """All that answers a question, as it was saved, or with nothing learned."""
    room = forecast.room(question)
    if saved is None:
        return Side(forecast.empty(question, BITS), room, line.empty(question), contest.empty(), claims.empty())
    models = kept.to_forecast(saved[f"{name}_places"], question), room, kept.to_line(saved[f"{name}_line"], question)
    return Side(*models, *kept.to_others(saved[f"{name}_others"], name))
