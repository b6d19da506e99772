"""When two runs say the same: equal facts, and the same deviations at the same moments.

Ids of rows, positions and the moment of the record that says it may differ with how records are cut: they are left
out. So are the ledger's and the sources' rows of each record, which count records; the ledger's end is compared.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from operators.chain import Chain
from operators.figures import ALARMS, NAMES
from tower import ids
from tower.outcomes import FACTS
from tower.record import Record

PLACES = ("position", "evidence", "look_at", "keep_until")
DEVIATION = ("kind", "severity", "subject", "site", "since", "at", "limit", "status", "opening")
OF_RECORDS = ("sources",)


def facts(chain: Chain) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every published table, by key, without places."""
    tables = {name: t.rows for s in chain.steps for name, t in s.tables.items() if name in FACTS}
    return {name: listed(rows, columns(rows)) for name, rows in tables.items() if name not in OF_RECORDS}


def columns(rows: np.ndarray) -> list[str]:
    """The columns that say what is, not where it stands in the log."""
    return [name for name in rows.dtype.names or () if not name.endswith(PLACES)]


def listed(rows: np.ndarray, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """The rows by key; unknown numbers compare equal."""
    ordered = rows[np.argsort(rows["key"], kind="stable")]
    return list(zip(*(_known(ordered[name]) for name in names), strict=True))


def _known(column: np.ndarray) -> list[Any]:
    values = column.tolist()
    return [None if value != value else value for value in values]  # noqa: PLR0124 - NaN


def deviations(outcomes: Iterable[Record]) -> list[tuple[Any, ...]]:
    """What was said of deviations, by moment, without ids and places."""
    said: list[tuple[Any, ...]] = []
    for outcome in outcomes:
        rows = outcome.rows("deviations")
        said += zip(*(_known(rows[name]) for name in DEVIATION), strict=True)
    return sorted(said, key=lambda row: (row[DEVIATION.index("at")], str(row)))


def kpis(chain: Chain) -> list[tuple[Any, ...]]:
    """The key figures, without those of deviations that opened: within a second these depend on how records are cut."""
    rows = next(step.tables["kpis"].rows for step in chain.steps if "kpis" in step.tables)
    opened = [ids.of("kpi", name) for name in ("deviations_opened", *NAMES[ALARMS:])]
    return listed(rows[~np.isin(rows["name"], np.array(opened, "u8"))], columns(rows))


def ledger(chain: Chain) -> list[tuple[Any, ...]]:
    """What became of each source's events."""
    rows = chain.steps[0].tables["ledger"].rows
    return listed(rows, rows.dtype.names or ())
