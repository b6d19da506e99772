"""Metrics: what the hub tells of itself."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY: Final = CollectorRegistry()
CLIENTS: Final = Gauge("tower_feed_clients", "Connections that have said hello", registry=REGISTRY)
SUBSCRIPTIONS: Final = Gauge("tower_feed_subscriptions", "Channels asked for, by channel", ["channel"],
                             registry=REGISTRY)  # fmt: skip
CONFLATED: Final = Counter("tower_feed_conflated", "Rows not told because a newer state of them was",
                           registry=REGISTRY)  # fmt: skip
FRAMES: Final = Counter("tower_feed_frames", "Frames given to connections", registry=REGISTRY)
BUILT: Final = Counter("tower_feed_frames_built", "Frames made, each shared by all who are told the same",
                       registry=REGISTRY)  # fmt: skip
CLOSED: Final = Counter("tower_feed_closed", "Connections that the hub closed, by code", ["code"], registry=REGISTRY)
REFUSED: Final = Counter("tower_feed_refused_frames", "Frames from clients that made no sense", registry=REGISTRY)
LATENCY: Final = Histogram("tower_latency_seconds", "From one part of the way to the next", ["hop"], registry=REGISTRY,
                           buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5))  # fmt: skip
LAG: Final = Gauge("tower_log_lag_records", "Records of the log that are not taken in", ["flow", "network"],
                   registry=REGISTRY)  # fmt: skip
