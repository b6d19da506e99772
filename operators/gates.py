"""Gates: what a machine may decide alone, what people may and how many of them it takes: part of policy.

In the document of `policy.set`, under `decisions`, by kind of action:

    {"decisions": {"stop": false, "rebook": {"mode": "auto", "auto_most_cents": 50000, "four_eyes_cents": 2000000}}}

`mode` is the most that is allowed: advise (nobody approves here), approve (people do), auto (the tower does, where the
money at stake, the confidence and the time to take it back allow it). `stop` sends nothing more, whatever the rest
says. Of clauses the newest policy that has them counts. A policy that contradicts itself is refused by clause.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from operators.clauses import Unfit, part, share, whole, word
from tower.outcomes import ACTION_TYPES, ADVISE, APPROVE, AUTO, MODES
from tower.table import Table, upsert

CEILING_CENTS: Final = 1_000_000
"""No policy lets a machine decide alone on more money than this."""
MOST_CENTS: Final = 100_000_000_000
MOST_MIN: Final = 7 * 24 * 60
ROLES: Final = ("viewer", "dispatcher", "approver", "admin")
DECIDING: Final = ROLES[1:]


class Gate(NamedTuple):
    """What holds for one kind of action. Money in cents, times in minutes, roles by their place in ROLES.

    auto_*           the tower decides alone up to so much money at stake, from so much confidence, with so much time
                     left to take it back
    four_eyes_cents  above this much at stake two different people have to approve
    better_cents     by so much another option has to be better before it takes the place of one that is proposed
    quiet_min        so long after somebody said no, nothing is proposed for the same incident
    """

    version: int = 0
    stop: int = 0
    mode: int = APPROVE
    auto_most_cents: int = 0
    auto_confidence: float = 0.9
    auto_undo_min: int = 30
    four_eyes_cents: int = 10_000_000
    role: int = ROLES.index("approver")
    adjust_role: int = ROLES.index("dispatcher")
    better_cents: int = 10_000
    quiet_min: int = 30

    def mode_of(self, stake_cents: int, confidence: float, undo_min: float) -> int:
        """What is allowed for an option: advise, approve or auto. What is not known allows no machine anything."""
        if self.mode != AUTO:
            return self.mode
        is_free = not self.stop and stake_cents <= min(self.auto_most_cents, CEILING_CENTS)
        return AUTO if is_free and confidence >= self.auto_confidence and undo_min >= self.auto_undo_min else APPROVE

    def wanted(self, stake_cents: int) -> int:
        """How many people have to approve."""
        return 2 if stake_cents > self.four_eyes_cents else 1


USUAL: Final = Gate()
CLAUSES: Final[dict[str, Callable[[object, str], Any]]] = {
    "mode": lambda said, name: word(said, name, MODES),
    **dict.fromkeys(("auto_most_cents", "four_eyes_cents", "better_cents"),
                    lambda said, name: whole(said, name, 0, MOST_CENTS)),
    "auto_confidence": share,
    **dict.fromkeys(("auto_undo_min", "quiet_min"), lambda said, name: whole(said, name, 0, MOST_MIN)),
    **dict.fromkeys(("role", "adjust_role"), lambda said, name: 1 + word(said, name, DECIDING)),
}  # fmt: skip
COLUMNS: Final = ("stop", *(f"{of}_{name}" for of in ACTION_TYPES for name in CLAUSES))
ROW: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("version", "<i8"), ("at", "<i8"), ("event", "<u8"),
    *((name, "<f8") for name in COLUMNS),
]))  # fmt: skip
"""One row a policy; NaN is a clause that it does not have."""
ROW["keep_until"] = -1
for _name in COLUMNS:
    ROW[_name] = np.nan


def clauses(said: object) -> dict[str, float]:
    """The clauses by column. Raises Unfit for the first that is none, or that contradicts another."""
    told = part(said, "decisions")
    if strange := set(told) - {"stop", *ACTION_TYPES}:
        raise Unfit(f"clause decisions.{min(strange)}: there is no such clause")
    found: dict[str, float] = {}
    if "stop" in told:
        if not isinstance(told["stop"], bool):
            raise Unfit("clause decisions.stop: neither true nor false")
        found["stop"] = float(told["stop"])
    for of in ACTION_TYPES:
        if of in told:
            found |= {f"{of}_{name}": value for name, value in of_type(told[of], f"decisions.{of}").items()}
    return found


def of_type(said: object, where: str) -> dict[str, float]:
    """The clauses of one kind of action."""
    told = part(said, where)
    if strange := set(told) - set(CLAUSES):
        raise Unfit(f"clause {where}.{min(strange)}: there is no such clause")
    found = {name: CLAUSES[name](value, f"{where}.{name}") for name, value in told.items()}
    refuse_contradictions(found, where)
    return found


def refuse_contradictions(found: Mapping[str, Any], where: str) -> None:
    """Raises Unfit for clauses that cannot hold together."""
    automatic = [name for name in found if name.startswith("auto_")]
    if automatic and found.get("mode") != AUTO:
        said = MODES[found["mode"]] if "mode" in found else "not said"
        raise Unfit(f"clause {where}.{automatic[0]}: says what is automatic, and mode is {said}")
    most = found.get("auto_most_cents", USUAL.auto_most_cents)
    if most > CEILING_CENTS:
        raise Unfit(f"clause {where}.auto_most_cents: above the ceiling of {CEILING_CENTS:,} (got {most:,})")
    if most > (eyes := found.get("four_eyes_cents", USUAL.four_eyes_cents)):
        raise Unfit(f"clause {where}.auto_most_cents: alone up to {most:,}, and four eyes above {eyes:,}")
    if found.get("mode") == ADVISE and "four_eyes_cents" in found:
        raise Unfit(f"clause {where}.four_eyes_cents: says who approves, and mode is advise")
    if found.get("adjust_role", USUAL.adjust_role) > found.get("role", USUAL.role):
        raise Unfit(f"clause {where}.adjust_role: adjusting asks for more than approving")


def hold(table: Any, policy: np.void, found: Mapping[str, float]) -> None:
    """Keep the clauses of a policy that has just been found to count."""
    row = table.rows[upsert(table, np.uint64(policy["key"]))]
    for name in ("version", "at", "event"):
        row[name] = policy[name]
    for name in COLUMNS:
        row[name] = found.get(name, np.nan)


def gate_in(gates: Table, of: str = ACTION_TYPES[0]) -> Gate:
    """What holds for a kind of action: of each clause what the newest policy says that has it."""
    found: dict[str, Any] = {}
    for row in np.sort(gates.rows, order=["at", "event"]):
        mine = {name: row[f"{of}_{name}"].item() for name in CLAUSES} | {"stop": row["stop"].item()}
        known = {name: value for name, value in mine.items() if value == value}  # noqa: PLR0124  # NaN is not itself
        if known:
            found |= known | {"version": int(row["version"])}
    return Gate(**{name: value if name == "auto_confidence" else int(value) for name, value in found.items()})


class Rules:
    """What holds for each type of action, as set."""

    def __init__(self, gates: Table) -> None:
        self._gates = [gate_in(gates, name) for name in ACTION_TYPES]

    def of(self, decision: Any) -> Gate:
        """What holds for a decision, by its type."""
        return self._gates[decision["type"]]
