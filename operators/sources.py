"""Sources: who has been heard, when, and how often one usually hears of them."""

from typing import ClassVar, Final

from operators.step import Step
from operators.work import Work
from tower.table import Direct, kernel, upsert

WEIGHT: Final = 0.05
"""How much the newest gap counts in the usual one."""


@kernel
def hear(heads, now, position, sources):
    """Note each event's source; gaps are measured between different log seconds."""
    for i in range(heads.size):
        source = sources.rows[upsert(sources, heads[i].source)]
        source.events = max(source.events, 0) + 1
        source.position = position + i
        if source.last_at >= 0 and now > source.last_at:
            gap = (now - source.last_at) / 1000
            usual = source.interval_s
            source.interval_s = usual + WEIGHT * (gap - usual) if usual >= 0 else gap
        source.last_at = now


HEAR: Final = Direct(hear)


class Sources(Step):
    """Table `sources`: duplicates and late events count too, they show that somebody is there."""

    families: ClassVar = ("event",)
    publishes: ClassVar = ("sources",)

    def run(self, work: Work) -> None:
        """Hear."""
        HEAR.call(work.heads, work.now, work.position(), self._kept[0].t)
