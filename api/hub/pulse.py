"""Pulse: the heartbeat of each network: which now it is, how old its sources are, and whether all is accounted for."""

import statistics
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

import detectors
from api.hub.frames import Heartbeat, Held, Hop, Ledger, Levels, SourceAge
from api.hub.picture import Picture
from detectors.rule import NEVER, Rule
from detectors.source_stale import ENOUGH, GAPS, SHORTEST_MS
from simulators import scenarios
from tower import clock, ids
from tower.build import build

RATE_S: Final = 10.0
"""The span over which a source's rate is taken."""


def levels(rule: Rule) -> Levels:
    """The levels of a rule."""
    warning, critical = (None if level == NEVER else level for level in (rule.warning, rule.critical))
    return Levels(advisory=rule.up, warning=warning, critical=critical)


LEVELS: Final = {detector.rule.kind: levels(detector.rule) for detector in detectors.ALL}


class Pulse:
    """Makes the heartbeats of one network. `driver` is the folder in which a driver says where its scenario stands."""

    def __init__(self, picture: Picture, driver: Path) -> None:
        self.picture, self.path = picture, driver / "now.json"
        self.scenario = scenarios.ALL.get(picture.network)
        self.seen: deque[tuple[float, dict[int, int]]] = deque()

    def beat(self, hops: Mapping[str, Iterable[float]]) -> Heartbeat:
        """The heartbeat of this moment."""
        picture, driven = self.picture, self._driven()
        now = max(int(driven.get("now_ms", 0)), picture.now) if driven else clock.wall_ms()
        speed = float(driven.get("speed", 0.0)) if driven else 1.0
        return Heartbeat(
            server_time=clock.render(clock.wall_ms()), scenario_time=clock.render(now),
            now=clock.render(picture.now), speed=speed,
            paused=bool(driven) and speed == 0.0, mode="recorded" if driven else "live", seq=picture.seq,
            build=build(), network=picture.network, tz=self._tz(),
            title=self.scenario.title if self.scenario else picture.network, sources=self._sources(now),
            hops_ms={name: hop for name, spans in hops.items() if (hop := spread(list(spans)))},
            ledger=self._ledger(), invariants=self._held(), levels=LEVELS,
            planned_at=clock.render(picture.planned) if picture.planned else None,
        )  # fmt: skip

    def _driven(self) -> dict[str, Any]:
        """What the driver said last; nothing where there is none."""
        try:
            said: dict[str, Any] = orjson.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return {}
        return said

    def _tz(self) -> str:
        """The zone that the network has declared; else that of most sites that have doors, else of most sites."""
        facts, names = self.picture.facts, self.picture.names
        if (own := facts.get("networks", ids.of("network", self.picture.network))) is not None and names.of(own["tz"]):
            return names.of(own["tz"]) or "UTC"
        gates = {key for key, _ in facts.all("queues")}
        zones = [row["tz"] for key, row in facts.all("sites") if key in gates] or [
            row["tz"] for _, row in facts.all("sites")
        ]
        return (names.of(statistics.mode(zones)) if zones else None) or "UTC"

    def _sources(self, now: int) -> list[SourceAge]:
        rows = list(self.picture.facts.all("sources"))
        counts = {key: int(row["events"]) for key, row in rows}
        self.seen.append((clock.steady_s(), counts))
        while len(self.seen) > 2 and self.seen[-1][0] - self.seen[0][0] > RATE_S:
            self.seen.popleft()
        since, before = self.seen[0]
        span = self.seen[-1][0] - since
        found = [
            SourceAge(source=self.picture.names.of(key) or "", age_s=round(max(0, now - row["last_at"]) / 1000, 1),
                      age_limit_s=limit(row["events"], row["interval_s"]), simulated=self._is_simulated(key),
                      rate=round((counts[key] - before.get(key, 0)) / span, 2) if span else 0.0)
            for key, row in rows
        ]  # fmt: skip
        return sorted(found, key=lambda one: one.source)

    def _is_simulated(self, key: int) -> bool:
        """Whether what a source says was drawn or follows from a plan, not recorded."""
        name, told = self.picture.names.of(key), self.scenario.sources if self.scenario else ()
        return any(source.name == name and source.basis != "recorded" for source in told)

    def _held(self) -> list[Held]:
        """What must hold, by name."""
        found = [
            Held(name=self.picture.names.of(row["name"]) or "", checked=int(row["checked"]), broken=int(row["broken"]),
                 since=clock.render(row["since"]) if row["since"] >= 0 else None)
            for _, row in self.picture.facts.all("invariants")
        ]  # fmt: skip
        return sorted(found, key=lambda one: one.name)

    def _ledger(self) -> Ledger:
        names = ("received", "accepted", "duplicate", "late", "rejected")
        sums = {name: sum(max(0, row[name]) for _, row in self.picture.facts.all("ledger")) for name in names}
        return Ledger(**sums, imbalance=sums["received"] - sum(sums[name] for name in names[1:]))


def limit(events: int, interval_s: float) -> float | None:
    """For how long a source may be quiet before `source.stale` opens; None while its rate is not believed."""
    return round(max(SHORTEST_MS / 1000, GAPS * interval_s), 1) if events >= ENOUGH and interval_s >= 0 else None


def spread(spans: list[float]) -> Hop | None:
    """Median and 99th percentile of some spans."""
    if len(spans) < 2:
        return None
    cuts = statistics.quantiles(spans, n=100, method="inclusive")
    return Hop(p50=round(cuts[49], 1), p99=round(cuts[98], 1))
