"""One leg after the other is cancelled in the recorded storm: what planning costs in the chain, goods and floors on.

Goods that are short are shared out and the destinations concerned solved; that is a part of the whole, which also
gathers lines and legs, works out options and says what differs. The peer is a plan of all destinations, with nothing
remembered, as far as a minute's budget goes.
"""

from collections.abc import Iterator
from itertools import takewhile
from typing import Final

import numpy as np
import orjson

from operators.chain import Chain
from operators.planning.plans import Plans
from operators.work import Work
from simulators import scenarios
from simulators.bench.figures import Row, row
from simulators.bench.shares import Spans, timed
from simulators.feed import gathered
from streams.adapters import decode
from streams.replay import Replay
from tower import clock
from tower.batch import to_record
from tower.envelope import Envelope
from tower.record import Record

NETWORK, SOURCE, SEED = "blizzard", "bench", 20_130_208
STORM, QUICK = clock.parse("2013-02-08T11:00:00-05:00"), clock.parse("2013-02-06T12:00:00-05:00")
EACH: Final = 10 * clock.MINUTE
LEGS, QUICK_LEGS = 100, 5
APART: Final = 10 * clock.SECOND
ROUNDS: Final = 3
"""Plans of all destinations, of which the median is the peer."""
MOST_MS: Final = 5.0
SOLVED, WHOLE = "goods and destinations", "whole, with options"


class Watched:
    """A chain, and CPU seconds by part that it took to plan what was told last."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.spent, self.plans = chain, Spans(), 0
        step = next(step for step in chain.steps if isinstance(step, Plans))
        self.step, self.every, self.urgent, self._plan = step, step.settings.every, step.settings.urgent, step.plan
        allotter = step._allotter  # noqa: SLF001 - what they do, as they are called, and counted
        allotter.allot = timed(allotter.allot, SOLVED, self.spent)  # type: ignore[method-assign]
        step._solve = timed(step._solve, SOLVED, self.spent)  # type: ignore[method-assign] # noqa: SLF001
        step.plan = self._counted  # type: ignore[method-assign]
        step.apply = timed(step.apply, WHOLE, self.spent)  # type: ignore[method-assign]

    def _counted(self, work: Work) -> None:
        self.plans += 1
        self._plan(work)

    def lose(self, leg: str, now: int) -> Spans | None:
        """Cancel a leg and let the seconds pass until that is planned. None where that was not one plan of what is
        urgent.
        """
        due = now + self.urgent
        spent = self._planned(due, now, {"kind": "leg.cancelled", "leg": leg})
        return spent if due % self.every else None

    def anew(self, now: int, version: int) -> Spans | None:
        """Plan all destinations, with nothing remembered, as after each change of policy: when ten minutes are over."""
        due = now - now % self.every + self.every
        said = {"plan": {"every_min": self.every // clock.MINUTE}}
        told = {"kind": "policy.set", "policy": SOURCE, "version": version, "document": said}
        return self._planned(due, due - 1, told)

    def _planned(self, due: int, now: int, event: dict[str, object]) -> Spans | None:
        """What it takes to hear of an event and to plan when that is due; None where that was not one plan."""
        self._tell(now - 1)  # what was to be planned before
        self.spent.update(dict.fromkeys(self.spent, 0.0))
        plans = self.plans
        self._tell(now, event)
        self._tell(due)
        return Spans(self.spent) if self.plans == plans + 1 else None

    def _tell(self, now: int, *events: dict[str, object]) -> None:
        told = [{**event, "id": f"{now}.{n}", "network": NETWORK, "at": now} for n, event in enumerate(events)]
        batch = decode(Envelope(SOURCE, now, "application/json", orjson.dumps(told)), 1, NETWORK)
        self.chain.advance(to_record(batch, self.chain.after + 1, now, {}))

    def loaded(self, now: int) -> np.ndarray:
        """The keys of legs with lines on them that may still be decided anew."""
        ways, wants = self.step.tables["ways"].rows, self.step.tables["wants"].rows
        held = np.isin(ways["key"], wants["leg"][wants["keep_until"] < 0])
        away = ways["dep"] > now + self.step.settings.money.release_lead
        found: np.ndarray = np.sort(ways["key"][held & (ways["is_open"] == 1) & away])
        return found


def rows(*, quick: bool = False) -> Iterator[Row]:
    """The median and the 95th percentile of both."""
    until, most = (QUICK, QUICK_LEGS) if quick else (STORM, LEGS)
    names, replay = dict[int, str](), Replay(NETWORK, tick=EACH)
    week = gathered(scenarios.load(NETWORK), EACH)

    def learn(outcome: Record) -> None:
        names.update(outcome.names)

    replay.hear = learn
    replay.play(takewhile(lambda arrival: arrival[0] <= until, week))
    watched, lost, whole = Watched(replay.chain), list[Spans](), list[Spans]()
    legs = np.random.default_rng(SEED).permutation(watched.loaded(until))[:most]
    for n, leg in enumerate(legs.tolist(), 1):
        if spent := watched.lose(names[leg], until + n * APART):
            lost.append(spent)
    for n in range(1, ROUNDS + 1):
        if spent := watched.anew(until + most * APART + n * watched.every, n):
            whole.append(spent)
    load = f"{len(lost)} legs with lines on them, {clock.render(until)}"
    for name in (SOLVED, WHOLE):
        peer = 1e3 * float(np.median([spent[name] for spent in whole]))
        for share, target in ((50, None), (95, MOST_MS)):
            took = 1e3 * float(np.percentile([spent[name] for spent in lost], share))
            yield row("plan", f"blizzard, one cancelled leg, {name}, p{share}", took, "ms", "low", load,
                      peer="all destinations anew", against=peer, target=target)  # fmt: skip
