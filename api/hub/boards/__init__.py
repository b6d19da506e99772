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
    "deviations": deviations.Deviations, "incidents": incidents.Incidents, "sites": sites.Sites, "legs": legs.Legs,
    "docks": docks.Docks, "kpis": kpis.Kpis, "decisions": decisions.Decisions, "actions": actions.Actions,
    "options": options.Options, "prices": prices.Prices, "plans": plans.Plans,
    "playbooks": playbooks.Playbooks,
}  # fmt: skip
"""By channel."""

__all__ = ["DRAWS", "Board", "Draw"]
