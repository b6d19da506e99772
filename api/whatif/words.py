"""Words: what people ask to be played, checked word by word: what is wrong is said before anything is played."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field

from tower.errors import UsageError

if TYPE_CHECKING:
    from simulators.whatif.days import Day
    from simulators.whatif.variant import Variant

SCENARIO: Final = "blizzard"
"""The scenario whose world answers back."""
GIVEN: Final = "given"
"""A policy that was sent, not named."""
TITLES: Final = {"fifo": "First in first out", "greedy": "Greedy", "greedy_priority": "Greedy by priority",
                 "joint": "Joint plan", "close": "Joint plan, close to cost"}  # fmt: skip
DAY: Final = "2013-02-08"
"""Whose lines are counted unless another day is asked for."""
AS_RUN: Final = "As run"
BASE, NAMES = "base", ("A", "B", "C")
"""Keys of what is compared with, and of what is compared."""
RUNS_MOST: Final = 20
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Title = Annotated[str, Field(max_length=100)]
Told = dict[str, Any]


class Words(BaseModel):
    """What is other from a fork on; what is not said is as run."""

    model_config = ConfigDict(extra="forbid")

    plan: Literal["fifo", "greedy", "greedy_priority", "joint", "close"] = "fifo"
    policy: Literal["usual", "halved", "doubled"] | dict[str, Any] = "usual"
    changes: Annotated[list[Annotated[str, Field(min_length=1, max_length=100)]], Field(max_length=8)] = []
    approve: Annotated[list[Annotated[str, Field(max_length=17)]], Field(max_length=20)] = []
    title: Title = ""

    def said(self) -> str:
        """In the words of `towerctl compare`; a policy that was sent is called `given`."""
        named = self.policy if isinstance(self.policy, str) else GIVEN
        words = [f"plan={self.plan}", *([] if named == "usual" else [f"policy={named}"]), *self.changes]
        return ",".join([SCENARIO, *words])

    def titled(self) -> str:
        """The title; without one what is other, in words."""
        plan = TITLES[self.plan] if self.plan != "fifo" else ""
        priced = "" if self.policy == "usual" else f"policy {self.policy if isinstance(self.policy, str) else GIVEN}"
        done = f"{len(self.approve)} approved" if self.approve else ""
        return self.title or ", ".join(filter(None, [plan, done, priced, *self.changes])) or AS_RUN

    def variant(self, day: "Day | None" = None) -> "Variant":
        """As it is played, counting the lines of a day. Raises UsageError, naming the word."""
        from simulators.whatif import policy
        from simulators.whatif.changes import ALL as CHANGES
        from simulators.whatif.variant import Variant, read

        for word in self.changes:
            name = word.partition("=")[0]
            if "," in word or name not in CHANGES:
                raise UsageError(f"changes: no such change (got {word})", ", ".join(CHANGES))
        sent = isinstance(self.policy, dict)
        found = read(self.said().replace(f",policy={GIVEN}", "") if sent else self.said(), day or day_of(DAY))
        if not isinstance(self.policy, dict):
            return found
        return Variant(self.said(), found.plan, found.changes, found.day, policy.policy_of(GIVEN, self.policy))


class ForkAsked(BaseModel):
    """Where to fork: at a moment, at a record, or now."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[str, Field(max_length=40)] | None = Field(None, alias="from")
    position: Annotated[int, Field(ge=1, le=1 << 53, strict=True)] | None = None
    title: Title = ""


class RunAsked(Words):
    """One variant, once: with the luck that the scenario has."""

    fork: Id
    day: Annotated[str, Field(max_length=10)] = DAY


class CompareAsked(BaseModel):
    """Variants against a base, luck by luck, until enough is known."""

    model_config = ConfigDict(extra="forbid")

    fork: Id
    base: Words = Words()
    changed: Annotated[list[Words], Field(min_length=1, max_length=3)]
    runs: Annotated[int, Field(ge=2, le=RUNS_MOST)] = RUNS_MOST
    day: Annotated[str, Field(max_length=10)] = DAY
    precision: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.01
    title: Title = ""


def day_of(name: str) -> "Day":
    """The day of that name, of the scenario's own week. Raises UsageError."""
    from simulators.whatif import days
    from simulators.whatif.days import STORM

    ours = [day.name for day in days.ALL.values() if day.of is STORM.of]
    if name not in ours:
        raise UsageError(f"day: no day of the forked week (got {name})", f"one of: {', '.join(ours)}")
    return days.ALL[name]


def check(words: Words) -> None:
    """That this can be kept and played. Raises UsageError, naming the word."""
    try:
        orjson.dumps(words.policy)
    except TypeError:
        raise UsageError("policy: not plain JSON: whole numbers below 2^63, texts that are Unicode",
                         "a document as policy.set has it") from None  # fmt: skip
    words.variant()
    for change in words.changes:
        name, _, what = change.partition("=")
        if name == "late":
            known(what.partition("/")[0])


def known(carrier: str) -> None:
    """That some leg is this carrier's. Raises UsageError."""
    from simulators.scenarios.bundle import tables, texts

    there = sorted(set(texts(tables(SCENARIO)["legs"]["carrier"])))
    if carrier not in there:
        raise UsageError(f"late: no leg of that carrier goes (got {carrier})", f"one of: {', '.join(there)}")
