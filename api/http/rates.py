"""Rates: so many requests a key, from a bucket that fills again."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from api.http.problems import Problem
from tower import clock

A_SECOND: Final = 50.0
AT_ONCE: Final = 200.0
HOLDERS: Final = 4096


class Rates:
    """A bucket each for the keys that were seen last; whoever has no key shares one with their address."""

    def __init__(
        self, a_second: float = A_SECOND, at_once: float = AT_ONCE, steady: Callable[[], float] = clock.steady_s
    ) -> None:
        self.a_second, self.at_once, self._steady = a_second, at_once, steady
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, holder: str) -> None:
        """Count one request. Raises Problem 429 that says when there is room again."""
        now = self._steady()
        left, since = self._held.pop(holder, (self.at_once, now))
        left = min(self.at_once, left + (now - since) * self.a_second)
        self._held[holder] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._held) > HOLDERS:
            self._held.popitem(last=False)
        if left < 1:
            wait = max(1, round((1 - left) / self.a_second + 0.5))
            raise Problem(429, f"more than {self.a_second:g} requests a second", f"wait {wait} s, ask for larger pages",
                          Retry_After=str(wait))  # fmt: skip
