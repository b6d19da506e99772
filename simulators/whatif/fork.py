"""Fork: until a moment the week as it is, from then on another plan or other events; with the same luck on both sides.

Nothing is carried over: the whole week is played again, and all that is other acts from the moment on only, so that
both sides have the same past.
"""

from dataclasses import replace

import numpy as np

from simulators.scenarios.overlay.labour import Crew
from simulators.scenarios.reacting import Plan
from simulators.scenarios.sources.carriers import NOTHING, LegFacts
from simulators.scenarios.sources.orders import LineFacts
from simulators.scenarios.week import Week, week
from simulators.world.world import World
from tower.clock import MINUTE


class Handover:
    """One plan decides until a moment, ms, another from then on."""

    def __init__(self, before: Plan, after: Plan, since: int) -> None:
        self.before, self.after, self.since = before, after, since
        self.every = after.every

    def decide(self, world: World) -> np.ndarray:
        """The decisions of whose turn it is."""
        return (self.before if world.now < self.since else self.after).decide(world)


def since(was: Week, other: Week, moment: int) -> Week:
    """The other week as far as it can still become so at that moment: what has left has left, what is told is told."""
    crews = with_shifts(was.crews, other.crews, (moment - was.of.start) // MINUTE)
    return replace(other, legs=with_past(was.legs, other.legs, moment), crews=crews,
                   lines=without_past(was.lines, other.lines, moment))  # fmt: skip


def staffed_as_was(forked: Week, seed: int) -> Week:
    """A forked week for who plans before the fork: they count on all who are on the roster."""
    return replace(forked, crews=week(seed, forked.of).crews)


def with_past(was: LegFacts, other: LegFacts, moment: int) -> LegFacts:
    """Legs stay as they were that left before, whose cancellation was told before, or whose one estimate was: it says
    when they leave. Notices that are new come at the moment or later.
    """
    gone = np.zeros(len(was.names), "?")
    for known in (was.departed, was.noticed, was.revised):
        gone |= (known != NOTHING) & (known < moment)
    found = {}
    for name in ("departed", "arrived", "noticed", "revised", "named"):
        before, after = getattr(was, name), getattr(other, name)
        if name in ("noticed", "revised"):
            new = (after != before) & (after != NOTHING)
            after = np.where(new, np.maximum(after, moment), after)
        found[name] = np.where(gone, before, after)
    return other._replace(**found)


def without_past(was: LineFacts, other: LineFacts, moment: int) -> LineFacts:
    """Lines that are new, behind those that were, only if they were placed at the moment or later."""
    kept = np.flatnonzero((np.arange(len(other.sku)) < len(was.sku)) | (other.placed >= moment))
    return LineFacts._make(column[kept] if isinstance(column, np.ndarray) else [column[i] for i in kept.tolist()]
                           for column in other)  # fmt: skip


def with_luck(was: Week, drawn: Week, moment: int) -> Week:
    """The week as it is until a moment; what its overlay draws from then on, notices and what is ordered, is as drawn
    otherwise. Stock, shelves and freight were known before.
    """
    past, lines = was.lines.placed < moment, was.lines
    taken = np.flatnonzero(~past)
    site = list(lines.site)
    for i in taken.tolist():
        site[i] = drawn.lines.site[i]
    lines = lines._replace(site=site, promise=np.where(past, lines.promise, drawn.lines.promise),
                           priority=np.where(past, lines.priority, drawn.lines.priority))  # fmt: skip
    return replace(was, legs=with_past(was.legs, drawn.legs, moment), lines=lines)


def with_shifts(was: list[Crew], other: list[Crew], minute: int) -> list[Crew]:
    """Shifts up to a minute of the week as they were, from then on as they become."""
    before = [crew._replace(end=min(crew.end, minute)) for crew in was if crew.start < minute]
    return [*before, *(crew._replace(start=max(crew.start, minute)) for crew in other if crew.end > minute)]
