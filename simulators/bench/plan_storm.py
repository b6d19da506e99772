"""One leg after the other is cancelled in the recorded storm: what planning costs in the chain, goods and floors on.

Goods that are short are shared out and the destinations concerned solved; that is a part of the whole, which also
gathers lines and legs, works out options and says what differs.
"""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any, Final

import numpy as np
import orjson

from operators.chain import Chain
from operators.planning.plans import Plans
from simulators import scenarios
from simulators.bench.figures import Row, row
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
MOST_MS: Final = 5.0
SOLVED, WHOLE = "goods and destinations", "whole, with options"


class Watched:
    """A chain, and ms of CPU that its planning takes, since the last leg was cancelled."""

    def __init__(self, chain: Chain) -> None:
        self.chain, self.spent, self.plans = chain, dict.fromkeys((SOLVED, WHOLE), 0.0), 0
        step = next(step for step in chain.steps if isinstance(step, Plans))
        self.step, self.every, self.urgent = step, step.settings.every, step.settings.urgent
        allotter = step._allotter  # noqa: SLF001 - what they do, as they are called, and counted
        allotter.allot = self._timed(allotter.allot, SOLVED)  # type: ignore[method-assign]
        step._solve = self._timed(step._solve, SOLVED)  # type: ignore[method-assign] # noqa: SLF001
        step.plan = self._counted(step.plan)  # type: ignore[method-assign]
        step.apply = self._timed(step.apply, WHOLE)  # type: ignore[method-assign]

    def _timed(self, work: Callable[..., Any], name: str) -> Callable[..., Any]:
        def timed(*arguments: Any) -> Any:
            start = clock.cpu_s()
            found = work(*arguments)
            self.spent[name] += 1e3 * (clock.cpu_s() - start)
            return found

        return timed

    def _counted(self, work: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> None:
            self.plans += 1
            work(*arguments)

        return counted

    def lose(self, leg: str, now: int) -> dict[str, float] | None:
        """Cancel a leg and let the seconds pass until that is planned: ms by part. None where that was not one plan of
        what is urgent.
        """
        self.spent.update(dict.fromkeys(self.spent, 0.0))
        plans, due = self.plans, now + self.urgent
        self._tell(now, {"kind": "leg.cancelled", "leg": leg})
        self._tell(due)
        return dict(self.spent) if self.plans == plans + 1 and due % self.every else None

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
    watched, spans = Watched(replay.chain), list[dict[str, float]]()
    legs = np.random.default_rng(SEED).permutation(watched.loaded(until))[:most]
    for n, leg in enumerate(legs.tolist(), 1):
        if spent := watched.lose(names[leg], until + n * APART):
            spans.append(spent)
    for name in (SOLVED, WHOLE):
        some = [spent[name] for spent in spans]
        for share, target in ((50, None), (95, MOST_MS)):
            yield row("plan", f"blizzard, one cancelled leg, {name}, p{share}", float(np.percentile(some, share)), "ms",
                      "low", f"{len(some)} legs with lines on them, {clock.render(until)}", target=target)  # fmt: skip

