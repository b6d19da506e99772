"""Words: what the ids mean that are the tower's own, and that no record tells."""

from typing import Final

import detectors
from operators import figures, invariants, standing, staying
from operators.admit import CONFLICT_REASON
from tower import ids
from tower.outcomes import TABLES

OURS: Final[dict[int, str]] = {
    **{ids.of("deviation", detector.rule.kind): detector.rule.kind for detector in detectors.ALL},
    **{ids.of("table", table): table for table in TABLES},
    **{ids.of("kpi", name): name for name in figures.NAMES},
    **{ids.of("invariant", name): name for name in invariants.NAMES},
    **{ids.of("model", name): name for name in (*standing.NAMES, *staying.NAMES)},
    ids.of("reason", CONFLICT_REASON): CONFLICT_REASON,
}
"""Id -> text: kinds of deviations, tables, key figures, invariants, models, the one reason of the first step."""
