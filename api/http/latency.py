"""Latency: how long events take on their way, from hop to hop, as one histogram that only grows."""

import threading
from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry

from streams.hops import Hops
from tower.telemetry import histogram

REGISTRY: Final = CollectorRegistry()
"""What the process counts as it happens; what tables say is collected beside it."""
SECONDS: Final = histogram("tower_latency_seconds", REGISTRY)


def observe(hop: str, ms: float) -> None:
    """Count one span."""
    SECONDS.labels(hop).observe(ms / 1000)


class Latency:
    """Reads the stamps that ride beside records, when somebody asks: the newest of those that came since."""

    def __init__(self, root: str, networks: Iterable[str]) -> None:
        self.root, self.networks = root, tuple(networks)
        self._hops: dict[str, Hops] = {}
        self._turn = threading.Lock()

    def take(self) -> None:
        """Count what is new."""
        with self._turn:
            for network in self.networks:
                if network not in self._hops:
                    self._hops[network] = Hops(self.root, network, told=observe)
                self._hops[network]()

    def close(self) -> None:
        """Free the logs."""
        with self._turn:
            for hops in self._hops.values():
                hops.close()
            self._hops.clear()
