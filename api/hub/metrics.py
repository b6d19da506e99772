"""Metrics: what the hub tells of itself, by the names of tower.telemetry."""

from typing import Final

from prometheus_client import CollectorRegistry

from tower.telemetry import counter, gauge, histogram

REGISTRY: Final = CollectorRegistry()
CLIENTS: Final = gauge("tower_feed_clients", REGISTRY)
SUBSCRIPTIONS: Final = gauge("tower_feed_subscriptions", REGISTRY)
CONFLATED: Final = counter("tower_feed_conflated_total", REGISTRY)
FRAMES: Final = counter("tower_feed_frames_total", REGISTRY)
BUILT: Final = counter("tower_feed_frames_built_total", REGISTRY)
CLOSED: Final = counter("tower_feed_closed_total", REGISTRY)
REFUSED: Final = counter("tower_feed_refused_frames_total", REGISTRY)
LATENCY: Final = histogram("tower_latency_seconds", REGISTRY)
