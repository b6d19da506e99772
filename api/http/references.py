"""References: other names of things, such as a PRO or a bill of lading, as the events of LOG gave them."""

import threading
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from api.hub.follow import Decided
from tower.events import BY_NUMBER
from tower.render import SCHEMES

Known = tuple[str, str, int]
"""The scheme, what kind of thing has it, and the thing's id."""


class References:
    """Which thing is called what, both ways. One thread takes in, any may ask."""

    def __init__(self) -> None:
        self._things: defaultdict[int, dict[Known, None]] = defaultdict(dict)
        self._codes: defaultdict[int, dict[tuple[str, int], None]] = defaultdict(dict)
        self.names: dict[int, str] = {}
        self._turn = threading.Lock()

    def take(self, records: list[Decided]) -> None:
        """Take in the next records of LOG."""
        for decided in records:
            rows = decided.record.rows("reference")
            if rows.size:
                with self._turn:
                    self._take(rows, decided.record.rows("event"), decided.record.names)

    def _take(self, rows: np.ndarray, heads: np.ndarray, names: Mapping[int, str]) -> None:
        for event, scheme, code in rows[["event", "scheme", "reference"]].tolist():
            kind = BY_NUMBER.get(int(heads["kind"][event]))
            subject = int(heads["subject"][event])
            word = SCHEMES[scheme] if scheme < len(SCHEMES) else "other"
            self._things[code][word, kind.name.partition(".")[0] if kind else "", subject] = None
            self._codes[subject][word, code] = None
            if code in names:
                self.names[code] = names[code]

    def things(self, code: int) -> list[Known]:
        """The things that a reference names."""
        with self._turn:
            return list(self._things.get(code, ()))

    def of(self, subject: int) -> dict[str, list[str]]:
        """The other names of a thing, by scheme."""
        found: dict[str, list[str]] = {}
        with self._turn:
            for scheme, code in self._codes.get(subject, ()):
                found.setdefault(scheme, []).append(self.names.get(code) or f"#{code:016x}")
        return found
