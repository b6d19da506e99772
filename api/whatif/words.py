"""Words: what people ask to be played, checked word by word: what is wrong is said before anything is played."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tower import clock
from tower.errors import UsageError

if TYPE_CHECKING:
    from simulators.whatif.days import Day
    from simulators.whatif.variant import Variant

GIVEN: Final = "given"
"""A policy that was sent, not named."""
IN_FORCE: Final = "in_force"
"""The policy that held at the fork."""
AS_WAS, CLERK = "as_was", "clerk"
"""Of what was decided in the log after a fork: all of it when it was, or nothing."""
TITLES: Final = {"fifo": "First in first out", "greedy": "Greedy", "greedy_priority": "Greedy by priority",
                 "joint": "Joint plan", "close": "Joint plan, close to cost"}  # fmt: skip
AS_RUN: Final = "As run"
Told = dict[str, Any]
BASE, NAMES = "base", ("A", "B", "C")
"""Keys of what is compared with, and of what is compared."""
RUNS_MOST: Final = 20
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Title = Annotated[str, Field(max_length=100)]


class Words(BaseModel):
    """What is other from a fork on; what is not said is as run."""

    model_config = ConfigDict(extra="forbid")

    plan: Literal["fifo", "greedy", "greedy_priority", "joint", "close"] = "fifo"
    policy: Literal["in_force", "usual", "halved", "doubled"] | dict[str, Any] = IN_FORCE
    after: Literal["as_was", "clerk"] | None = None
    changes: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=8)] = []
    approve: Annotated[list[Annotated[str, Field(max_length=17)]], Field(max_length=20)] = []
    title: Title = ""

    @property
    def goes_on(self) -> bool:
        """Whether what was decided after the fork is done as it was: so where nobody says and no other plan decides."""
        return (self.after or (AS_WAS if self.plan == "fifo" else CLERK)) == AS_WAS

    @property
    def priced(self) -> str:
        """What the policy is called."""
        return self.policy if isinstance(self.policy, str) else GIVEN

    def said(self, of: str) -> str:
        """In the words of `towerctl compare`; a policy that was sent is called `given`, that of the log `in_force`."""
        after = f"after={AS_WAS if self.goes_on else CLERK}"
        return ",".join([of, f"plan={self.plan}", f"policy={self.priced}", after, *self.changes])

    def titled(self) -> str:
        """The title; without one what is other, in words."""
        plan = TITLES[self.plan] if self.plan != "fifo" else ""
        priced = "" if self.policy == IN_FORCE else f"policy {self.priced}"
        alone = "nothing decided later" if self.after == CLERK and self.plan == "fifo" else ""
        again = "decided later as it was" if self.after == AS_WAS and self.plan != "fifo" else ""
        done = f"{len(self.approve)} approved" if self.approve else ""
        return self.title or ", ".join(filter(None, [plan, done, priced, alone, again, *self.changes])) or AS_RUN

    def variant(self, of: str, day: "Day", in_force: Told | None = None) -> "Variant":
        """As it is played, counting the lines of a day; in_force: the clauses of the log's policy. Raises UsageError,
        naming the word.
        """
        from simulators.whatif import policy
        from simulators.whatif.changes import ALL as CHANGES
        from simulators.whatif.variant import Variant, read

        for word in self.changes:
            name = word.partition("=")[0]
            if "," in word or name not in CHANGES:
                raise UsageError(f"changes: no such change (got {word})", ", ".join(CHANGES))
        found = read(",".join([of, f"plan={self.plan}", *self.changes]), day)
        if isinstance(self.policy, dict):
            terms = policy.policy_of(GIVEN, self.policy)
        elif self.policy == IN_FORCE:
            terms = policy.policy_by(IN_FORCE, in_force or {})
        else:
            terms = policy.read(self.policy)
        return Variant(self.said(of), found.plan, found.changes, found.day, terms)


class ForkAsked(BaseModel):
    """Where to fork: at a moment, at a record, or now."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[str, Field(max_length=40)] | None = Field(None, alias="from")
    position: Annotated[int, Field(ge=1, le=1 << 53, strict=True)] | None = None
    title: Title = ""


class RunAsked(Words):
    """One variant, once: with the luck that the scenario has."""

    fork: Id
    day: Annotated[str, Field(max_length=10)] = ""


class CompareAsked(BaseModel):
    """Variants against a base, luck by luck, until enough is known."""

    model_config = ConfigDict(extra="forbid")

    fork: Id
    base: Words = Words()
    changed: Annotated[list[Words], Field(min_length=1, max_length=3)]
    runs: Annotated[int, Field(ge=2, le=RUNS_MOST)] = RUNS_MOST
    day: Annotated[str, Field(max_length=10)] = ""
    precision: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.01
    title: Title = ""


def day_of(fork: Told, name: str) -> "Day":
    """The day of that name in the week that the fork is of. Without a name the first that is reported of it, or that of
    the fork where it is later. Raises UsageError.
    """
    from simulators import scenarios
    from simulators.whatif import days

    week = scenarios.with_world(fork["of"]).week
    assert week is not None
    ours = days.of_week(week)
    if not name:
        own = max((day for day in ours if day.start <= fork["moment"]), key=lambda day: day.nth, default=ours[0])
        first = next((day for day in days.REPORTED if day.of is week), ours[0])
        return max(first, own, key=lambda day: day.nth)
    found = next((day for day in ours if day.name == name), None)
    if found is None:
        raise UsageError(f"day: no day of the forked week (got {name})", f"one of: {', '.join(d.name for d in ours)}")
    return found


def check(words: Words, fork: Told) -> None:
    """That this can be kept and played from that fork. Raises UsageError, naming the word."""
    try:
        orjson.dumps(words.policy)
    except TypeError:
        raise UsageError("policy: not plain JSON: whole numbers below 2^63, texts that are Unicode",
                         "a document as policy.set has it") from None  # fmt: skip
    words.variant(fork["of"], day_of(fork, ""))
    for change in words.changes:
        name, _, what = change.partition("=")
        if name == "late":
            known(fork["of"], what.partition("/")[0])
        if name == "shut":
            is_to_come(what, fork["moment"])


def is_to_come(what: str, moment: int) -> None:
    """That a hub is not open again before the fork. Raises UsageError."""
    from simulators.whatif import changes

    _, start, length = what.split("/")
    ends = changes.moment("shut", start) + changes.span("shut", length)
    if ends <= moment:
        raise UsageError(f"shut: it is over by the fork, at {clock.render(ends)} (got {what})",
                         f"a time that ends after {clock.render(moment)}, or an earlier fork")  # fmt: skip


def known(of: str, carrier: str) -> None:
    """That some leg of that scenario is this carrier's. Raises UsageError."""
    from simulators.scenarios.bundle import tables, texts

    there = sorted(set(texts(tables(of)["legs"]["carrier"])))
    if carrier not in there:
        raise UsageError(f"late: no leg of that carrier goes (got {carrier})", f"one of: {', '.join(there)}")
