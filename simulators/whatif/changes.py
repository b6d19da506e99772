"""Changes: what is different in a what-if, as patches on the facts of a week. What they do not touch stays."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from simulators.scenarios.draw import unit
from simulators.scenarios.overlay.labour import Crew
from simulators.scenarios.sources.carriers import NOTHING
from simulators.scenarios.sources.orders import LineFacts
from simulators.scenarios.week import HUBS, Week
from tower.clock import HOUR, MINUTE, parse
from tower.errors import UsageError

Change = Callable[[Week, int], Week]
"""The facts as they would have been, given those that were and the seed of what is drawn."""
NOTICE: Final = HOUR
"""A carrier that is made late says so one hour ahead."""
UNITS: Final = {"h": HOUR, "m": MINUTE}


def foreseen(week: Week, _: int) -> Week:
    """Every cancellation and delay is told with the leg itself: what perfect foresight would be worth."""
    legs = week.legs
    noticed = np.where(legs.noticed == NOTHING, NOTHING, legs.told)
    return replace(week, legs=legs._replace(noticed=noticed, revised=np.where(_moved(week), legs.told, legs.revised)))


def foreseen_by(what: str) -> Change:
    """`2h`: that long ahead, if it is not told sooner; without a length, with the leg itself."""
    if not what:
        return foreseen
    ahead = span("foreseen", what)

    def change(week: Week, _: int) -> Week:
        legs = week.legs
        sooner = np.maximum(legs.told, legs.planned - ahead)
        noticed = np.where(legs.noticed == NOTHING, NOTHING, np.minimum(legs.noticed, sooner))
        told = np.where(legs.revised == NOTHING, sooner, np.minimum(legs.revised, sooner))
        return replace(week, legs=legs._replace(noticed=noticed, revised=np.where(_moved(week), told, legs.revised)))

    return change


def calm(week: Week, _: int) -> Week:
    """Every leg goes as planned."""
    legs, none = week.legs, np.full(len(week.legs.names), NOTHING)
    return replace(week, legs=legs._replace(departed=legs.planned, arrived=legs.arrives, noticed=none, revised=none))


def shut(what: str) -> Change:
    """`EWR/2013-02-08T08:00:00-05:00/4h`: nothing leaves that hub in that time, and nobody works there."""
    hub, start, length = parts(what, "shut", 3, "EWR/2013-02-08T08:00:00-05:00/4h")
    if hub not in HUBS:
        raise UsageError(f"shut: no such hub (got {hub})", f"one of: {', '.join(HUBS)}")
    first = moment("shut", start)
    last = first + span("shut", length)

    def change(week: Week, _: int) -> Week:
        legs = week.legs
        hit = (np.array(legs.origin) == hub) & (legs.departed >= first) & (legs.departed < last)
        gone = [np.where(hit, NOTHING, moments) for moments in (legs.departed, legs.arrived, legs.revised, legs.named)]
        left, came, revised, named = gone
        begin, close = first - week.of.start, last - week.of.start
        crews = [part for crew in week.crews for part in (away(crew, begin, close) if crew.hub == hub else [crew])]
        return replace(week, crews=crews, legs=legs._replace(
            departed=left, arrived=came, revised=revised, named=named,
            noticed=np.where(hit, np.maximum(first, legs.told), legs.noticed),
        ))  # fmt: skip

    return change


def away(crew: Crew, first: int, last: int) -> list[Crew]:
    """A crew that is sent home between two moments, ms of the week, and comes back if its shift is longer."""
    begin, end = first // MINUTE, last // MINUTE
    cuts = sorted({crew.start, crew.end, *(m for m in (begin, end) if crew.start < m < crew.end)})
    shifts = [crew._replace(start=a, end=b) for a, b in pairwise(cuts)]
    return [c._replace(heads=0, loads=0) if begin <= c.start < end else c for c in shifts]


def late(what: str) -> Change:
    """`UA/2h`: every leg of that carrier that goes leaves and arrives so much later."""
    carrier, length = parts(what, "late", 2, "UA/2h")
    by = span("late", length)

    def change(week: Week, _: int) -> Week:
        legs = week.legs
        hit = (np.array(legs.carrier) == carrier) & (legs.departed != NOTHING)
        if not hit.any():
            raise UsageError(f"late: no leg of that carrier goes (got {carrier})", f"one of: {known(legs.carrier)}")
        said = np.maximum(legs.told, legs.planned - NOTICE)
        return replace(week, legs=legs._replace(
            departed=legs.departed + by * hit, arrived=legs.arrived + by * hit,
            revised=np.where(hit & (legs.revised == NOTHING), said, legs.revised),
        ))  # fmt: skip

    return change


def orders(what: str) -> Change:
    """`1.15`: so many times as many order lines; the new ones are copies of some that were, drawn by chance."""
    share = number("orders", what) - 1
    if not 0 <= share <= 1:
        raise UsageError(f"orders: between 1 and 2 times as many (got {what})", "orders=1.15")

    def change(week: Week, seed: int) -> Week:
        lines = week.lines
        which = [i for i, line in enumerate(zip(lines.order, lines.line, strict=True))
                 if unit(seed, "more", *line) < share]  # fmt: skip
        return replace(week, lines=more(lines, which))

    return change


def more(lines: LineFacts, which: list[int]) -> LineFacts:
    """The lines, and behind them copies of some, in orders of their own: so those that were keep their luck."""
    size = len(lines.sku)
    at = np.concatenate([np.arange(size), np.array(which, "i8")])
    taken = LineFacts._make(column[at] if isinstance(column, np.ndarray) else [column[i] for i in at.tolist()]
                            for column in lines)  # fmt: skip
    return taken._replace(order=[*taken.order[:size], *(f"{order}+" for order in taken.order[size:])])


ALL: Final[dict[str, Callable[[str], Change]]] = {
    "foreseen": foreseen_by, "calm": lambda _: calm, "shut": shut, "late": late, "orders": orders,
}  # fmt: skip
"""Each change by its name, from what stands behind its `=`."""


def _moved(week: Week) -> np.ndarray:
    legs = week.legs
    moved: np.ndarray = (legs.departed != NOTHING) & ((legs.departed != legs.planned) | (legs.arrived != legs.arrives))
    return moved


def parts(what: str, name: str, count: int, usual: str) -> list[str]:
    """What stands between slashes. Raises UsageError unless that is so many things."""
    found = what.split("/")
    if len(found) != count or not all(found):
        raise UsageError(f"{name}: {count} things between slashes (got {what or 'nothing'})", f"{name}={usual}")
    return found


def span(word: str, text: str) -> int:
    """`4h` or `90m` of a change, in ms. Raises UsageError that names the change.

    >>> span("late", "90m")
    5400000
    """
    found = re.fullmatch(r"(\d{1,4}(?:\.\d{1,4})?)([hm])", text, re.ASCII)
    if not found:
        raise UsageError(f"{word}: not a length of time (got {text})", "4h or 90m")
    return int(float(found[1]) * UNITS[found[2]])


def moment(word: str, text: str) -> int:
    """A moment of a change, ms. Raises UsageError that names the change."""
    try:
        return parse(text)
    except ValueError:
        raise UsageError(f"{word}: not a time with its zone (got {text})", "2013-02-08T08:00:00-05:00") from None


def number(word: str, text: str) -> float:
    """A number of a change. Raises UsageError that names the change."""
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{word}: not a number (got {text or 'nothing'})", "1.15") from None


def known(carriers: list[str]) -> str:
    """The carriers that there are."""
    return ", ".join(sorted(set(carriers)))
