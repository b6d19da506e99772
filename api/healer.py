"""Healer: asked whenever a program has ended; leaves out the event that control cannot survive, if that is why."""

from collections.abc import Sequence

from api.standing import standing
from streams.strikes import Strikes
from tower.build import build as running


class Healer:
    """Of these networks. Two ends at one record are no chance."""

    def __init__(self, root: str, states: str, networks: Sequence[str]) -> None:
        self.root, self.states = root, states
        self.strikes = {network: Strikes() for network in networks}

    def __call__(self, name: str) -> bool:
        """Whether something was left out. Raises TowerError if no event is to blame."""
        if name != "control":
            return False
        healed = [self._heal(network, strikes) for network, strikes in self.strikes.items()]  # each one counts its ends
        return any(healed)

    def _heal(self, network: str, strikes: Strikes) -> bool:
        at = standing(self.root, network)
        if not strikes.ended(at.outcomes) or at.outcomes == at.log:
            return False
        from streams.poison import heal

        return heal(self.root, self.states, network, running()) is not None
