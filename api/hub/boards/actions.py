"""Channel `actions`: what left the tower to be done, line by line, and what came of it."""

from collections.abc import Iterable
from typing import Final

from api.hub.boards.board import Draw, Told, count, id_of, key_of, moment, told, word
from api.hub.boards.decisions import named
from api.hub.facts import Changed, Facts
from api.hub.names import Names
from tower.outcomes import ACTION_STATES, ACTION_TYPES, MOVE_STATES

COUNTS: Final = ("nth", "moves", "done", "failed")
MOMENTS: Final = ("at", "sent_at", "undo_until", "silent_at")
LINES_MOST: Final = 200
"""Lines that a row lists; the counts are of all."""
LINE: Final = ("order", "order_line", "from_leg", "to_leg", "from_site", "to_site", "visit", "from_door", "to_door",
               "reason")  # fmt: skip
STARTS: Final = ("from_start", "to_start")


class Actions(Draw):
    """One row an action, until a day after its decision is over."""

    def __init__(self, facts: Facts, names: Names) -> None:
        super().__init__(facts, names)
        self._lines: dict[int, dict[int, None]] = {}
        """The keys of the lines of each action."""

    def all(self) -> Iterable[str]:
        """Every action that is known."""
        self._hang(self.facts.tables["action_moves"])
        return map(id_of, self.facts.tables["actions"])

    def touched(self, changed: Changed) -> Iterable[str]:
        """Those that were said, and those of which a line was."""
        keys = dict.fromkeys(changed.get("actions", {}))
        moved = changed.get("action_moves", {})
        self._hang(moved)
        for key, before in moved.items():
            row = self.facts.get("action_moves", key) or before
            if row is not None:
                keys[row["action"]] = None
        return map(id_of, keys)

    def _hang(self, keys: Iterable[int]) -> None:
        for key in keys:
            row = self.facts.get("action_moves", key)
            if row is not None:
                self._lines.setdefault(row["action"], {})[key] = None

    def draw(self, id: str) -> Told | None:
        """The action with its lines."""
        row = self.facts.get("actions", key_of(id))
        if row is None:
            self._lines.pop(key_of(id), None)
            return None
        return told(
            id=id, decision=id_of(row["decision"]), type=word(ACTION_TYPES, row["type"]),
            state=word(ACTION_STATES, row["state"]), reason=self.names.of(row["reason"]), undoes=named(row["undoes"]),
            source=self.names.of(row["source"]), lines=self._told(key_of(id)),
            **{name: count(row[name]) for name in COUNTS}, **{name: moment(row[name]) for name in MOMENTS},
        )  # fmt: skip

    def _told(self, action: int) -> list[Told]:
        """Its lines, the first so many by key."""
        rows = [self.facts.get("action_moves", key) for key in sorted(self._lines.get(action, {}))[:LINES_MOST]]
        return [told(**{name: self.names.of(row[name]) for name in LINE}, state=word(MOVE_STATES, row["state"]),
                     **{name: moment(row[name]) for name in STARTS})
                for row in rows if row is not None]  # fmt: skip
