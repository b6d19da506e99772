"""Metrics: what the API tells of itself, and of the networks it knows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import prometheus_client
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.http.latency import REGISTRY
from api.http.present import Present
from tower import clock
from tower.events import SEVERITIES
from tower.outcomes import SERVERS
from tower.telemetry import BY_NAME, counter, histogram

REQUESTS: Final = counter("tower_http_requests_total", REGISTRY)
SECONDS: Final = histogram("tower_http_seconds", REGISTRY)
RESULTS: Final = ("accepted", "duplicate", "late", "rejected")


class OfNetworks(Collector):
    """What the tables of all networks say, added up, at the moment that somebody asks."""

    def __init__(self, networks: Mapping[str, Present], behind: Mapping[str, int]) -> None:
        self.networks, self.behind = networks, behind

    def collect(self) -> Iterator[Metric]:
        """The metrics."""
        counts, open_by, ages = Counter[tuple[str, str]](), Counter[str](), dict[str, float]()
        broken = Counter[str]()
        errors, frozen = dict[tuple[str, ...], float](), dict[tuple[str, ...], float]()
        imbalance = 0
        for network, present in self.networks.items():
            with present.lock:
                errors |= self._errors(network, present)
                frozen |= self._frozen(network, present)
                imbalance += self._ledger(present, counts)
                severities = present.tables["deviations"].rows["severity"].tolist()
                ages |= dict(self._ages(present))
                broken.update(dict(self._broken(present)))
            open_by.update(SEVERITIES[one] for one in severities if one < len(SEVERITIES))
        yield family("tower_events_total", counts.items())
        yield family("tower_ledger_imbalance", [((), imbalance)])
        yield family("tower_invariants_broken", [((name,), count) for name, count in broken.items()])
        yield family("tower_model_error_minutes", errors.items())
        yield family("tower_model_frozen", frozen.items())
        yield family("tower_deviations_open", [((word,), open_by[word]) for word in SEVERITIES[1:]])
        yield family("tower_source_age_seconds", [((name,), age) for name, age in ages.items()])
        yield family("tower_log_lag_records", [(("api", name), behind) for name, behind in self._lags()])

    def _ledger(self, present: Present, counts: Counter[tuple[str, str]]) -> int:
        imbalance = 0
        for row in present.tables["ledger"].rows:
            source = present.of(int(row["source"]))
            told = {name: max(0, int(row[name])) for name in RESULTS}
            counts.update({(source, name): count for name, count in told.items()})
            imbalance += max(0, int(row["received"])) - sum(told.values())
        return imbalance

    def _ages(self, present: Present) -> Iterator[tuple[str, float]]:
        """By the network's own time: a recorded day is not old because it is long ago."""
        for row in present.tables["sources"].rows:
            yield present.of(int(row["key"])), max(0, present.now - int(row["last_at"])) / clock.SECOND

    def _broken(self, present: Present) -> Iterator[tuple[str, int]]:
        for row in present.tables["invariants"].rows:
            yield present.of(int(row["name"])), int(row["broken"])

    def _errors(self, network: str, present: Present) -> dict[tuple[str, ...], float]:
        return {(network, present.of(int(row["name"])), server): float(row[f"{server}_error_min"])
                for row in present.tables["models"].rows for server in SERVERS}  # fmt: skip

    def _frozen(self, network: str, present: Present) -> dict[tuple[str, ...], float]:
        return {(network, present.of(int(row["name"]))): float(row["frozen_at"] >= 0)
                for row in present.tables["models"].rows}  # fmt: skip

    def _lags(self) -> Iterator[tuple[str, int]]:
        for name, present in self.networks.items():
            yield name, max(0, self.behind.get(name, present.seq) - present.seq)


def family(name: str, told: Iterable[tuple[tuple[str, ...], float]]) -> Metric:
    """A metric by its labels, as it is listed."""
    metric = BY_NAME[name]
    made = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    found = made(name, metric.help, labels=metric.labels)
    for labels, value in told:
        found.add_metric(labels, value)
    return found


def text(*collectors: Collector) -> bytes:
    """All of it, as Prometheus reads it."""
    beside = CollectorRegistry()
    for one in collectors:
        beside.register(one)
    return prometheus_client.generate_latest(REGISTRY) + prometheus_client.generate_latest(beside)


__all__ = ["REGISTRY", "REQUESTS", "SECONDS", "OfNetworks", "text"]
