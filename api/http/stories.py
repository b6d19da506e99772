"""Stories: of a deviation what was said of it, what shows it, what it comes from, which lines it holds up, and which of
them the plan leaves without a leg.
"""

from contextlib import suppress
from typing import Any, Final

import numpy as np

from api import evidence
from api.http.here import Here
from api.http.present import Present
from api.http.rendered import Told, rendered
from api.http.resources import BY_NAME
from api.reading import Texts
from api.unserved import counted
from tower import clock
from tower.errors import TowerError
from tower.ids import UNKNOWN

MOST: Final = 50
MESSAGE_MOST: Final = 20_000
"""Bytes of a message that are shown."""


def story_of(here: Here, present: Present, row: np.void) -> Told:
    """Timeline, evidence, cause, lines, and why lines stay without a leg."""
    return {"timeline": timeline(present, int(row["id"])), "evidence": evidence_of(here, present, int(row["evidence"])),
            "cause": cause_of(present, int(row["id"])), "lines": lines_of(present, int(row["subject"])),
            "unserved": unserved_of(present, int(row["subject"]))}  # fmt: skip


def timeline(present: Present, id: int) -> list[Told]:
    """Every row that was said of it, oldest first, as far back as is remembered."""
    with present.lock:
        said = list(present.said_of.get(id, ()))[-MOST:]
        rows = np.array([one.row for one in said], said[0].row.dtype) if said else None
        told = [] if rows is None else rendered(BY_NAME["deviations"], rows, present)
    return [{"number": one.number, "now": clock.render(one.now), **row} for one, row in zip(said, told, strict=True)]


def evidence_of(here: Here, present: Present, position: int) -> Told | None:
    """The event at a position of the log and the message that it came in; None where the log has it no more."""
    if position < 0:
        return None
    texts = Texts(dict(present.names))
    with suppress(TowerError, IndexError, KeyError):
        found = evidence.event_at(here.root, present.network, position, texts)
        return {"number": found.number, "row": found.row, "event": found.said,
                "message": None if found.message is None else message(found.message)}  # fmt: skip
    return None


def message(found: evidence.Message) -> Told:
    """A message as it came, as text where it is one."""
    envelope = found.envelope
    with suppress(UnicodeDecodeError):
        text = envelope.data.decode()
        return {**about(found), "text": text[:MESSAGE_MOST], "cut": len(text) > MESSAGE_MOST}
    return about(found)


def about(found: evidence.Message) -> dict[str, Any]:
    """What is known of a message besides what it says."""
    return {"source": found.source, "position": found.position, "received": clock.render(found.envelope.received),
            "content_type": found.envelope.content_type, "bytes": len(found.envelope.data)}  # fmt: skip


def cause_of(present: Present, id: int) -> Told | None:
    """The incident that it is part of: what is to blame, which deviation was first, which others there are."""
    if "members" not in present.tables:
        return None
    with present.lock:
        member = present.tables["members"].get(id)
        incident = None if member is None else present.tables["incidents"].get(int(member["incident"]))
        if incident is None or member is None or int(member["incident"]) == UNKNOWN:
            return None
        row = rendered(BY_NAME["incidents"], np.array([incident], incident.dtype), present)[0]
        return {"incident": row, "first": named(present, int(incident["first"])),
                "others": others(present, int(member["incident"]), id)}  # fmt: skip


def named(present: Present, id: int) -> Told | None:
    """A deviation in short: open, or as it was said last."""
    row = present.tables["deviations"].get(id)
    if row is None and id in present.said_of:
        row = present.said_of[id][-1].row
    if row is None:
        return None
    said = rendered(BY_NAME["deviations"], np.array([row], row.dtype), present)[0]
    return {name: said[name] for name in ("id", "kind", "severity", "subject", "site", "since", "why") if name in said}


def others(present: Present, incident: int, but: int) -> list[Told]:
    """The open deviations of an incident besides one, the worst first."""
    members = present.tables["members"].rows
    keys = members["key"][members["incident"] == np.uint64(incident)]
    rows = present.tables["deviations"].rows
    some = rows[np.isin(rows["id"], keys) & (rows["id"] != np.uint64(but))]
    some = some[np.argsort(-some["severity"].astype("i8"), kind="stable")[:MOST]]
    return [found for row in some if (found := named(present, int(row["id"]))) is not None]


def lines_of(present: Present, subject: int) -> list[Told]:
    """The order lines that are about the same thing: on the leg, of the order, or the line itself."""
    with present.lock:
        some = about_same(present, subject)
        return rendered(BY_NAME["lines"], some[np.argsort(some["key"])[:MOST]], present)


def about_same(present: Present, subject: int) -> np.ndarray:
    """Rows of `lines` that are on that leg or visit, of that order, or that line."""
    rows = present.tables["lines"].rows
    visit = present.tables["visits"].get(subject)
    leg = subject if visit is None else int(visit["leg"])
    chosen = (rows["on_leg"] == np.uint64(leg)) & (leg != UNKNOWN) | (rows["order"] == np.uint64(subject))
    chosen |= rows["key"] == np.uint64(subject)
    found: np.ndarray = rows[chosen]
    return found


def unserved_of(present: Present, subject: int) -> list[Told]:
    """Why the plan leaves lines without a leg that are about the same thing, or would go on that leg; and how many."""
    with present.lock:
        rows = present.tables["plans"].rows
        wanted = np.isin(rows["key"], about_same(present, subject)["key"])
        wanted |= (rows["resource"] == np.uint64(subject)) & (subject != UNKNOWN)
        return counted(rows[wanted], present.names)
