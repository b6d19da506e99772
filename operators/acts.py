"""Acts: what people say of deviations, read strictly from the documents that say it."""

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from operators.work import Work
from tower import clock, ids
from tower.events import NUMBER
from tower.ids import UNKNOWN

ACKNOWLEDGED: Final = NUMBER["deviation.acknowledged"]
SHELVED: Final = NUMBER["deviation.shelved"]
ASSIGNED: Final = NUMBER["deviation.assigned"]
NOTED: Final = NUMBER["deviation.noted"]
RELEASED: Final = NUMBER["deviation.released"]
ACTS: Final = (ACKNOWLEDGED, SHELVED, ASSIGNED, NOTED, RELEASED)
DEVIATION: Final = re.compile(r"#[0-9a-f]{16}", re.ASCII)
LONGEST_TEXT: Final = 1000
LATEST: Final = 253_402_300_799_999
"""The last moment that RFC 3339 can write."""

ACT: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("deviation", "<u8"), ("subject", "<u8"), ("kind", "<u2"), ("at", "<i8"),
    ("sequence", "<i8"), ("position", "<i8"), ("by", "<u8"), ("to", "<u8"), ("until", "<i8"), ("text", "<u8"),
]))  # fmt: skip
"""One act, by its event's id; `subject` is what the event's head calls the deviation."""
for _name in ("keep_until", "until"):
    ACT[_name] = -1
for _name in ("by", "to", "text"):
    ACT[_name] = UNKNOWN


class Unfit(ValueError):
    """Why an act cannot be taken in: field, colon, what is wrong."""


def act(work: Work, head: np.void, row: int, said: Mapping[str, Any]) -> np.ndarray:
    """The act that a document tells. Without `by` its source did it. Raises Unfit."""
    found = ACT.copy()
    kind = int(head["kind"])
    found["key"], found["subject"], found["kind"], found["at"] = head["id"], head["subject"], kind, head["at"]
    found["sequence"], found["position"] = head["sequence"], work.position() + row
    found["deviation"] = deviation(said.get("deviation"))
    found["by"] = head["source"] if said.get("by") is None else person(work, "by", said)
    if kind == SHELVED:
        found["until"] = moment(said.get("until"))
    elif kind == ASSIGNED:
        found["to"] = person(work, "to", said)
    elif kind == NOTED:
        found["text"] = note(work, said.get("text"))
    return found


def deviation(said: object) -> int:
    """The id behind # and 16 hex digits."""
    if not isinstance(said, str) or not DEVIATION.fullmatch(said):
        raise Unfit("deviation: not # and 16 hex digits")
    return int(said[1:], 16)


def person(work: Work, field: str, said: Mapping[str, Any]) -> int:
    """The id of somebody's name."""
    name = said.get(field)
    if name is None:
        raise Unfit(f"{field}: missing")
    if not isinstance(name, str) or not name or "\0" in name:
        raise Unfit(f"{field}: not a name")
    if len(name.encode()) > ids.LONGEST:
        raise Unfit(f"{field}: longer than {ids.LONGEST} bytes")
    return work.id_of("person", name)


def moment(said: object) -> int:
    """A moment in ms."""
    if said is None:
        raise Unfit("until: missing")
    try:
        ms = said if type(said) is int else clock.parse(str(said).upper())
    except (ValueError, OverflowError) as error:
        raise Unfit("until: not a time") from error
    if not clock.OLDEST <= ms <= LATEST:
        raise Unfit("until: not between 1990 and 9999")
    return ms


def note(work: Work, said: object) -> int:
    """The id of a text."""
    if said is None:
        raise Unfit("text: missing")
    if not isinstance(said, str) or not said:
        raise Unfit("text: not text")
    if len(said.encode()) > LONGEST_TEXT:
        raise Unfit(f"text: longer than {LONGEST_TEXT:,} bytes")
    return work.id_of("text", said)
