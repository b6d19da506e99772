"""Rendered: rows as the API tells them: as `tower.render` has them, with an `id`, without what is our own affair."""

from typing import Any, Final

import numpy as np

from api.http.present import Present
from api.http.resources import HIDDEN, Resource
from api.hub.boards.deviations import why
from api.unserved import says
from sinks.views.keys import LIVE
from tower.ids import UNKNOWN
from tower.render import render_rows

Told = dict[str, Any]
OF_LINES: Final = ("moves", "plans")
INSIDE: Final = ("position", "closed_at", "refused_event")


def rendered(resource: Resource, rows: np.ndarray, present: Present) -> list[Told]:
    """The rows, each with its id first."""
    plain = render_rows(resource.table, rows, present.names)
    told = [named(resource.table, row, said) for row, said in zip(rows, plain, strict=True)]
    if resource.table == "deviations":
        return [deviation(row, said, present) for row, said in zip(rows, told, strict=True)]
    if resource.table in OF_LINES:
        return [{**said, **line_of(row, present), **unserved(resource.table, row, present)}
                for row, said in zip(rows, told, strict=True)]  # fmt: skip
    return told


def line_of(row: np.void, present: Present) -> Told:
    """How the line is called that a move is about: its order's name and its own, as far as they are known."""
    line = present.tables["lines"].get(int(row["line"])) if "lines" in present.tables else None
    if line is None:
        return {}
    named = {"order": present.names.get(int(line["order"])), "order_line": present.names.get(int(line["line"]))}
    return {name: value for name, value in named.items() if value}


def unserved(table: str, row: np.void, present: Present) -> Told:
    """What a person reads of a line that the plan leaves without a leg."""
    said = says(row, present.names) if table == "plans" else None
    return {} if said is None else {"says": said}


def named(table: str, row: np.void, said: Told) -> Told:
    """A rendered row with its id: its name where its key has one."""
    key = LIVE.get(table, "")
    id = said.get(key) or f"#{int(row[key]):016x}"
    return {"id": id, **{name: value for name, value in said.items() if name not in HIDDEN}}


def deviation(row: np.void, said: Told, present: Present) -> Told:
    """A deviation with its words, what waiting costs, its incident and who has taken it."""
    id = int(row["id"])
    kind = present.names.get(int(row["kind"]))
    found = {**handled(present, id), **said, "id": f"#{id:016x}",
             "why": why(kind, mapped(row)), "incident": incident_of(present, id)}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def mapped(row: np.void) -> dict[str, Any]:
    """A row by column, of Python's own numbers."""
    return dict(zip(row.dtype.names or (), row.tolist(), strict=True))


def incident_of(present: Present, id: int) -> str | None:
    """The incident that a deviation belongs to."""
    row = present.tables["members"].get(id) if "members" in present.tables else None
    return None if row is None or row["incident"] == UNKNOWN else f"#{int(row['incident']):016x}"


def handled(present: Present, id: int) -> Told:
    """What people have said of a deviation, by the names that the feed has for it."""
    row = present.tables["handling"].get(id) if "handling" in present.tables else None
    if row is None:
        return {}
    said = render_rows("handling", np.array([row], row.dtype), present.names)[0]
    return {name: value for name, value in said.items() if name not in (*HIDDEN, *INSIDE)}
