"""Beat: what a flow says of itself once a second, in a file: that its loop turns, how far it is, what it has measured.

Its loop turns when a source is asked for more, so one that is locked up says so by saying nothing new. The file is
`<data>/beats/<flow>.json`; whoever reads it sees the old words or the new.
"""

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from tower import clock
from tower.errors import TowerError
from tower.spans import SPANS, Counts

FOLDER: Final = "beats"
EACH_S: Final = 1.0


class Turning:
    """What the loop tells: that it turns, and how far it is with each network."""

    def __init__(self) -> None:
        self.turns = 0
        self.passed: dict[str, int] = {}

    def turn(self) -> None:
        """The loop has come round."""
        self.turns += 1

    def at(self, network: str, number: int) -> None:
        """All records of a network up to that one are done with."""
        self.passed[network] = number


HERE: Final = Turning()
"""Of this process, which runs one flow."""


@dataclass(frozen=True, slots=True)
class Said:
    """A beat: when it was written and when the loop had last turned (ms), how far it is, what it measured."""

    flow: str
    pid: int
    at: int
    turned: int
    passed: dict[str, int] = field(default_factory=dict)
    spans: Counts = field(default_factory=dict)


class Beat(threading.Thread):
    """Writes the file until the process ends. A disk that is full is no reason to stop."""

    def __init__(self, data: Path, flow: str, turning: Turning = HERE) -> None:
        super().__init__(name="beat", daemon=True)
        self.path, self._flow, self._turning = path_of(data, flow), flow, turning
        self._turns, self._turned = -1, clock.wall_ms()
        self._over = threading.Event()

    def run(self) -> None:
        """Write once a second."""
        while not self._over.wait(EACH_S):
            self.write()

    def write(self) -> None:
        """Write now."""
        now, turns = clock.wall_ms(), self._turning.turns
        if turns != self._turns:
            self._turns, self._turned = turns, now
        said = {"flow": self._flow, "pid": os.getpid(), "at": now, "turned": self._turned,
                "passed": dict(self._turning.passed), "spans": SPANS.said()}  # fmt: skip
        draft = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(orjson.dumps(said))
            os.replace(draft, self.path)
        except OSError:
            return

    def end(self) -> None:
        """Write no more."""
        self._over.set()


def path_of(data: Path, flow: str) -> Path:
    """Where a flow's beat is."""
    return data / FOLDER / f"{flow}.json"


def heard(data: Path, flow: str) -> Said | None:
    """The last beat of a flow, however old; None if there is none. Raises TowerError if the file is no beat."""
    path = path_of(data, flow)
    try:
        found: dict[str, Any] = orjson.loads(path.read_bytes())
        return Said(**found)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise TowerError(f"{path} cannot be read: {error}", "remove it: the flow writes it again") from None
