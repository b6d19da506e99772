"""Words: what the ids mean that are the tower's own, and that no record tells."""

from typing import Final

import detectors
from operators.admit import CONFLICT_REASON
from operators.kpis import NAMES
from tower import ids
from tower.outcomes import TABLES

OURS: Final[dict[int, str]] = {
    **{ids.of("deviation", detector.rule.kind): detector.rule.kind for detector in detectors.ALL},
    **{ids.of("table", table): table for table in TABLES},
    **{ids.of("kpi", name): name for name in NAMES},
    ids.of("reason", CONFLICT_REASON): CONFLICT_REASON,
}
"""Id -> text: kinds of deviations, tables, key figures, and the one reason that the first step gives."""
