"""What stands open after each moment: the deviations that do not depend on how a second is cut into records.

Within one second a record of 4,096 events may bring what opens a deviation together with what closes it, and nothing is
said; a record of one event says both. So what is compared is how things stand once a moment has passed.
"""

from collections.abc import Iterable
from typing import Any

from detectors.judge import CLOSED
from tower.record import Record

Line = list[tuple[int, Any]]
"""Moment by moment how severe it is and since when it holds; None while it is not open."""


def timelines(outcomes: Iterable[Record]) -> dict[tuple[int, int], Line]:
    """By kind and subject; what never outlasts the moment in which it opens is left out."""
    found: dict[tuple[int, int], dict[int, Any]] = {}
    for outcome in outcomes:
        for row in outcome.rows("deviations"):
            stands = (int(row["severity"]), int(row["since"])) if row["status"] < CLOSED else None
            found.setdefault((int(row["kind"]), int(row["subject"])), {})[int(row["at"])] = stands
    lines = {key: changes(moments) for key, moments in found.items()}
    return {key: line for key, line in lines.items() if line}


def changes(moments: dict[int, Any]) -> Line:
    """The moments after which it stands otherwise than before."""
    line: Line = []
    for moment, stands in moments.items():
        if stands != (line[-1][1] if line else None):
            line.append((moment, stands))
    return line
