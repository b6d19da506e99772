"""Overview: a network as a plain page, drawn here, for where no dashboard is: figures, the worst, sources."""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

import numpy as np

from api.http.present import Present
from api.http.rendered import Told, rendered
from api.http.resources import BY_NAME
from tower import clock
from tower.events import SEVERITIES

ROWS: Final = 40
DEVIATIONS: Final = ("severity", "kind", "subject", "site", "since", "why", "act_by", "acknowledged_by")
SOURCES: Final = ("id", "last_at", "events")


def drawn(present: Present) -> str:
    """The inside of the page. Every name is escaped."""
    with present.lock:
        rows = present.tables["deviations"].rows
        worst = rows[np.lexsort((rows["id"], -rows["since"], -rows["severity"].astype("i8")))[:ROWS]]
        counts = Counter(SEVERITIES[one] for one in rows["severity"].tolist() if one < len(SEVERITIES))
        deviations = rendered(BY_NAME["deviations"], worst, present)
        sources = rendered(BY_NAME["sources"], present.tables["sources"].rows[:ROWS].copy(), present)
        figures = {"legs": len(present.tables["legs"]), "visits": len(present.tables["visits"]),
                   "orders": len(present.tables["orders"]), "lines": len(present.tables["lines"])}  # fmt: skip
        head = f"{present.network}, {clock.render(present.now)}, record {present.seq:,}"
    open_ = ", ".join(f"{counts[word]:,} {word}" for word in reversed(SEVERITIES[1:]))
    return (f"<h1>{escape(head)}</h1><p>Open: {escape(open_)}. "
            f"Known: {escape(', '.join(f'{count:,} {name}' for name, count in figures.items()))}.</p>"
            f"<h2>Deviations, the worst first</h2>{table(DEVIATIONS, deviations)}"
            f"<h2>Sources</h2>{table(SOURCES, sources)}")  # fmt: skip


def table(columns: Sequence[str], rows: Iterable[Told]) -> str:
    """Some columns of rows as a table."""
    heads = "".join(f"<th>{escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(cell(row.get(name, '')) for name in columns)}</tr>" for row in rows)
    return f"<table><tr>{heads}</tr>{body}</table>"


def cell(value: object) -> str:
    """One value."""
    if isinstance(value, int | float):
        return f'<td class="n">{value:,}</td>'
    mark = f' class="{value}"' if value in SEVERITIES else ""
    return f"<td{mark}>{escape(str(value))}</td>"
