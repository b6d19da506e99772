"""Policy: the price list and the planner's settings that a run is played and judged by, from a document as the tower's.

The document is that of `policy.set`: `prices` and `plan`, clause by clause, what it does not say being usual.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from operators.clauses import Unfit
from operators.planning.settings import Settings, settings_of
from operators.policies import clauses, planned
from operators.prices import USUAL as PRICES
from operators.prices import Prices
from tower.errors import UsageError

LISTS: Final[dict[str, dict[str, Any]]] = {
    "usual": {},
    "halved": {"prices": {"late_fee_cents": [1250, 600, 400], "late_cents_per_hour": [200, 60, 30]}},
    "doubled": {"prices": {"late_fee_cents": [5000, 2400, 1600], "late_cents_per_hour": [800, 240, 120]}},
}
"""Price lists by name: the usual one, and its fees (once late, and for each hour) halved and doubled."""
CLOSE: Final = {
    "switch_cents": [50, 50, 50], "break_promise_cents": [0, 0, 0], "late_weight_percent": [100, 100, 100],
    "ageing_percent": [0, 0, 0],
}  # fmt: skip
"""Clauses of `prices` of a plan that moves lines at what a move costs and has no floor for any class. Waiting and rush
keep their prices: without them it books lines late for cents, and is worth less than what it is to be held against."""


class Policy(NamedTuple):
    """prices: what lateness costs; settings: how the planner weighs; close: the same prices and nothing beside them."""

    name: str
    prices: Prices
    settings: Settings
    close: Settings


def policy_of(name: str, document: Mapping[str, Any]) -> Policy:
    """The policy of that document. Raises UsageError, naming the clause."""
    try:
        if strange := sorted(set(document) - {"prices", "plan", "decisions"}):
            raise Unfit(f"clause {strange[0][:40]}: there is no such clause; there are prices, plan, decisions")
        found = clauses(document.get("prices", {})) | planned(document.get("plan", {}))
    except Unfit as unfit:
        raise UsageError(f"policy: {unfit} (in {name})", "a document as policy.set has it") from None
    return policy_by(name, found)


def policy_by(name: str, found: Mapping[str, Any]) -> Policy:
    """The policy of these clauses, named as in the tower's price list; what they do not say is usual."""
    usual = PRICES._asdict()
    named = {"fee_cents": "late_fee_cents", "hour_cents": "late_cents_per_hour", "hours_most": "late_hours_most"}
    said = {field: found.get(named.get(field, field), usual[field]) for field in usual}
    prices = Prices(**said | {name: np.array(said[name], "i8") for name in ("fee_cents", "hour_cents")})
    bare = dict(found) | CLOSE
    return Policy(name, prices, settings_of(prices, dict(found)), settings_of(prices, bare))


def read(text: str) -> Policy:
    """The policy of that name or in that file. Raises UsageError."""
    if text in LISTS:
        return policy_of(text, LISTS[text])
    try:
        document = json.loads(Path(text).read_text("utf-8"))
    except OSError as error:
        known = f"a file, or one of: {', '.join(LISTS)}"
        raise UsageError(f"policy: cannot be read: {error.strerror} (got {text or 'nothing'})", known) from None
    except ValueError:
        raise UsageError(f"policy: not JSON (got {text})", "a policy as one JSON object") from None
    if not isinstance(document, dict):
        raise UsageError(f"policy: not an object (got {text})", "a policy as one JSON object")
    return policy_of(text, document)


USUAL: Final = policy_of("usual", LISTS["usual"])
