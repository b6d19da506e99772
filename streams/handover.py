"""Handover: what an old build has said behind the newest state, which a new build derives anew and sees otherwise.

A build that ends in good order leaves a state where it ends, and there is nothing to do. One that was killed leaves
outcomes that are on record while the new build's own are not said. Where the two differ, the new build says at its
activation how deviations are: withdrawn where it has none, opened where nobody was told.
"""

from collections.abc import Iterable

import numpy as np

from detectors.judge import CLOSED, Judge
from tower import layouts
from tower.record import Record


class Handover:
    """Compares what is on record of deviations with what is derived anew, up to the record where the old build ends."""

    def __init__(self, on_record: Iterable[Record]) -> None:
        self._said: dict[int, np.void] = {}
        self._derived: set[int] = set()
        for outcome in on_record:
            self._said |= {int(row["id"]): row for row in outcome.rows("deviations")}

    def derive(self, outcome: Record) -> None:
        """What the new build would have said."""
        self._derived |= {int(key) for key in outcome.rows("deviations")["id"]}

    def tell(self, judge: Judge) -> None:
        """Have the judge put it right when its build is activated."""
        held = {int(key) for key in judge.open_ids()}
        shown = {key for key, row in self._said.items() if row["status"] < CLOSED}
        strays = [self._said[key] for key in sorted(shown - held)]
        judge.strays = np.array(strays, layouts.blank("deviations").dtype) if strays else layouts.empty("deviations", 0)
        judge.untold = (held & (self._derived | self._said.keys())) - shown
