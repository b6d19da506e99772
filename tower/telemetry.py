"""Telemetry: every metric that a process of the tower tells of itself. Dashboards, rules and docs use no other.

A process makes those that it tells with `made(name, registry)`. No label holds an id: each has few values.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

HOPS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
WORK: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 2, 5, 15, 60)


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. Counters end in `_total`, durations in `_seconds`."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


METRICS: Final = (
    Metric("tower_events_total", "counter", "Events by source: accepted, duplicate, late, rejected",
           ("source", "result")),
    Metric("tower_ledger_imbalance", "gauge", "Events received and not accounted for; anything but 0 is a fault"),
    Metric("tower_invariants_broken", "gauge", "Things for which what must hold does not", ("invariant",)),
    Metric("tower_model_error_minutes", "gauge", "How far off a model was of late, by who could serve",
           ("network", "model", "server")),
    Metric("tower_model_frozen", "gauge", "1 while learning is frozen", ("network", "model")),
    Metric("tower_log_lag_records", "gauge", "Records of the log that a flow has not taken in", ("flow", "network")),
    Metric("tower_source_age_seconds", "gauge", "Since the newest event of a source", ("source",)),
    Metric("tower_latency_seconds", "histogram", "From one part of the way to the next", ("hop",), HOPS),
    Metric("tower_step_seconds", "histogram", "What a step takes for one record", ("step",), HOPS),
    Metric("tower_plan_seconds", "histogram", "What one plan takes", (), WORK),
    Metric("tower_deviations_open", "gauge", "Deviations that are open, by severity", ("severity",)),
    Metric("tower_feed_clients", "gauge", "Connections that have said hello"),
    Metric("tower_feed_subscriptions", "gauge", "Channels asked for, by channel", ("channel",)),
    Metric("tower_feed_conflated_total", "counter", "Rows not told because a newer state of them was"),
    Metric("tower_feed_frames_total", "counter", "Frames given to connections"),
    Metric("tower_feed_frames_built_total", "counter", "Frames made, each shared by all who are told the same"),
    Metric("tower_feed_closed_total", "counter", "Connections that the hub closed, by code", ("code",)),
    Metric("tower_feed_refused_frames_total", "counter", "Frames from clients that made no sense"),
    Metric("tower_http_requests_total", "counter", "Requests to the API, by route and status", ("route", "status")),
    Metric("tower_http_seconds", "histogram", "What a request to the API takes, by route", ("route",), WORK),
)  # fmt: skip
BY_NAME: Final = {metric.name: metric for metric in METRICS}

Made = Counter | Gauge | Histogram
Kind = TypeVar("Kind", Counter, Gauge, Histogram)


def made(name: str, registry: CollectorRegistry) -> Made:
    """The metric of that name, in a registry. Raises KeyError for a name that is not listed.

    >>> made("tower_deviations_open", CollectorRegistry())._labelnames
    ('severity',)
    """
    metric = BY_NAME[name]
    if metric.kind == "histogram":
        return Histogram(name, metric.help, metric.labels, registry=registry, buckets=metric.buckets)
    return {"counter": Counter, "gauge": Gauge}[metric.kind](name, metric.help, metric.labels, registry=registry)


def counter(name: str, registry: CollectorRegistry) -> Counter:
    """As `made`, for one that only grows."""
    return _as(Counter, name, registry)


def gauge(name: str, registry: CollectorRegistry) -> Gauge:
    """As `made`, for one that stands where it stands."""
    return _as(Gauge, name, registry)


def histogram(name: str, registry: CollectorRegistry) -> Histogram:
    """As `made`, for a spread of durations."""
    return _as(Histogram, name, registry)


def _as(kind: type[Kind], name: str, registry: CollectorRegistry) -> Kind:
    found = made(name, registry)
    assert isinstance(found, kind), f"{name} is a {BY_NAME[name].kind}"
    return found
