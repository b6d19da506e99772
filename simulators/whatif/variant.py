"""Variant: one side of a comparison, as it is written: `blizzard,plan=greedy,shut=EWR/2013-02-08T08:00:00-05:00/4h`."""

from dataclasses import dataclass
from typing import Final

from simulators.scenarios import blizzard, find
from simulators.scenarios.week import Week, week
from simulators.whatif import changes, days, fork, policy
from simulators.whatif.changes import Change, foreseen
from simulators.whatif.clerks import CLERKS, FORESEE
from simulators.whatif.days import STORM, Day
from simulators.whatif.policy import USUAL as POLICY
from simulators.whatif.policy import Policy
from tower.errors import UsageError

USUAL: Final = "fifo"


@dataclass(frozen=True, slots=True)
class Variant:
    """Which day's lines are counted, who plans under which policy, and what is different from what was recorded."""

    said: str
    plan: str
    changes: tuple[Change, ...] = ()
    day: Day = STORM
    policy: Policy = POLICY
    since: int | None = None
    """From when on all this holds, ms; before, the week is as it is and first in first out plans. None: always."""

    def week(self, seed: int) -> Week:
        """The facts of this variant, with the overlay of that seed."""
        was = facts = week(seed, self.day.of)
        for change in self.changes:
            facts = change(facts, seed)
        if self.since is not None:
            return fork.since(was, facts, self.since)
        return foreseen(facts, seed) if self.plan in FORESEE else facts


def read(text: str, day: Day = STORM) -> Variant:
    """A variant from its words. Raises UsageError, naming the word.

    >>> read("blizzard,plan=greedy").plan
    'greedy'
    """
    name, *words = text.split(",")
    if find(name).name != blizzard.NAME:
        raise UsageError(f"compare: no world answers back in that scenario (got {name})", blizzard.NAME)
    plan, found, terms, since = USUAL, [], POLICY, None
    for word in words:
        what, _, value = word.partition("=")
        if what == "plan" and value in CLERKS:
            plan = value
        elif what == "plan":
            raise UsageError(f"plan: nobody plans so (got {value or 'nothing'})", f"one of: {', '.join(CLERKS)}")
        elif what == "day":
            day = days.find(value)
        elif what == "from":
            since = changes.moment("from", value)
        elif what == "policy":
            terms = policy.read(value)
        elif what in changes.ALL:
            found.append(changes.ALL[what](value))
        else:
            known = ", ".join(["plan", "day", "policy", "from", *changes.ALL])
            raise UsageError(f"compare: no such change (got {word})", known)
    if since is not None and plan in FORESEE:
        raise UsageError(f"from: who plans with foresight does so from the first day (got plan={plan})", "plan=joint")
    return Variant(text, plan, tuple(found), day, terms, since)
