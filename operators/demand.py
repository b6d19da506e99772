"""Demand: what is ordered, by site and family of articles, beside what was expected; learned when a half hour is over.

A network without orders keeps nothing. Records only count; half hours end by the clock of the log, so what is said does
not depend on how records are cut.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

import numpy as np

from operators.expect import demand
from operators.expect.seasonal import FEATURES
from operators.step import Step
from operators.work import Work
from tower.events import NUMBER
from tower.table import Direct, Table, upsert

DECLARED: Final = NUMBER["sku.declared"]
COUNT, END_STEP = Direct(demand.count), Direct(demand.end_step)


class Demand(Step):
    """Table `demands`: a row for each half hour of a series and horizon. Its own: `families` of articles, what is
    `counted`, and `series` with what was learned of them.
    """

    families: ClassVar = ("document", "order", "order_line")
    publishes: ClassVar = ("demands",)
    keeps: ClassVar = (("families", demand.FAMILY), ("counted", demand.COUNTED), ("series", demand.SERIES))

    def __init__(self, saved: Mapping[str, bytes] | None) -> None:
        super().__init__(saved)
        self.counted, self.series = self.tables["counted"], self.tables["series"]
        self._x, self._gain = np.zeros(FEATURES), np.zeros(FEATURES)

    def room(self, work: Work) -> int:
        """Whoever adds a row makes room for it."""
        return 0

    def run(self, work: Work) -> None:
        """Half hours that are over first, then families, then what is ordered."""
        if self.counted.due(work.now).size:
            self.series.reserve(min(len(self.counted), demand.MOST))
            self.tables["demands"].reserve(6 * len(self.series))
            END_STEP.call(self.counted.t, self.series.t, self.tables["demands"].t, self._x, self._gain, work.number,
                          work.now)  # fmt: skip
        if work.rows("document").size:
            self._declare(work)
        if (lines := work.rows("order_line")).size:
            self.counted.reserve(4 * lines.size)
            to = np.zeros(work.heads.size, "u8")
            COUNT.call(work.rows("order"), lines, work.heads, work.ok, work.now, to, self.tables["families"].t,
                       self.counted.t)  # fmt: skip

    def _declare(self, work: Work) -> None:
        """Which family an article is of: the newest word holds."""
        table: Table = self.tables["families"]
        for head, _, said in work.documents(DECLARED):
            if isinstance(family := said.get("family"), str):
                table.reserve(1)
                row = table.t.rows[upsert(table.t, np.uint64(head["subject"]))]
                row["family"] = work.id_of("family", family)
