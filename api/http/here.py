"""Here: what the routes share: the networks, the keys, the doors into the log."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import Request

from api.http.inboxes import Inboxes
from api.http.latency import Latency
from api.http.present import Present
from api.http.rates import Rates
from api.http.references import References
from api.keys import FILE, Keys
from streams import names
from tower.errors import SettingError, UsageError
from tower.settings import Settings

if TYPE_CHECKING:
    from api.http.idempotency import Answers
    from api.http.moments import Moments
    from api.whatif.turns import Turns

LOGGER: Final = logging.getLogger("api.http")


class Here:
    """Everything of one API process. `why_not` says why it is not ready; "" if it is."""

    def __init__(self, told: Settings, networks: Mapping[str, Present], references: Mapping[str, References]) -> None:
        self.told, self.root, self.data = told, names.root_of(told), Path(told.data)
        self.networks, self.references = dict(networks), dict(references)
        self.inboxes = Inboxes(self.root)
        self.rates = Rates()
        self.latency = Latency(self.root, self.networks)
        self._keys: tuple[int, Keys] = (-1, Keys({}))
        self.moments: Moments | None = None
        self.answers: Answers | None = None
        self.turns: Turns | None = None

    def keys(self) -> Keys:
        """The keys that are good now: the file is read again when it changes."""
        path = self.data / FILE
        stamp = path.stat().st_mtime_ns if path.exists() else 0
        if self._keys[0] != stamp:
            self._keys = (stamp, self._read(path))
        return self._keys[1]

    def _read(self, path: Path) -> Keys:
        """The keys of the file; those that were good before where it cannot be read."""
        try:
            return Keys.read(path)
        except SettingError as error:
            LOGGER.warning("%s: the keys from before stay good", error.what)
            return self._keys[1]

    def why_not(self) -> str:
        """Why the API cannot be relied on."""
        behind = [name for name, present in self.networks.items() if not present.is_followed()]
        return f"not followed: {', '.join(behind)}" if behind else ""

    def present(self, network: str) -> Present:
        """A network as it is now. Raises UsageError if there is none."""
        if network not in self.networks:
            raise UsageError(f"network: there is none (got {network})", f"one of {', '.join(self.networks)}")
        return self.networks[network]

    def close(self) -> None:
        """Let others write."""
        self.inboxes.close()
        self.latency.close()
        if self.moments is not None:
            self.moments.close()
        if self.turns is not None:
            self.turns.stop()


def here_of(request: Request) -> Here:
    """What this app shares."""
    found: Here = request.app.state.here
    return found
