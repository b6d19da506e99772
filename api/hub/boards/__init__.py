"""Boards: one file a channel: how facts become the rows that the feed tells."""

from typing import Final

from api.hub.boards import (
    actions,
    decisions,
    deviations,
    docks,
    incidents,
    kpis,
    legs,
    options,
    plans,
    playbooks,
    prices,
    sites,
)
from api.hub.boards.board import Board, Draw

DRAWS: Final[dict[str, type[Draw]]] = {
    "deviations": deviations.Deviations, "incidents": incidents.Incidents, "options": options.Options,
    "decisions": decisions.Decisions, "actions": actions.Actions, "plans": plans.Plans, "prices": prices.Prices,
    "docks": docks.Docks, "sites": sites.Sites, "legs": legs.Legs, "kpis": kpis.Kpis, "playbooks": playbooks.Playbooks,
}  # fmt: skip
"""By channel, in the order in which a record is told: what is to be acted upon first, what it all comes to last."""

__all__ = ["DRAWS", "Board", "Draw"]
