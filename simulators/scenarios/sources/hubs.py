"""Hubs: who works there and what lies there; all of it from the overlay."""

import numpy as np

from simulators.recorded.blocks import Block
from simulators.scenarios.overlay.labour import Crew
from simulators.scenarios.overlay.stock import Shelf
from simulators.scenarios.sources.said import Said
from tower.clock import MINUTE


def counted(said: Said, shelves: list[Shelf], at: int) -> list[Block]:
    """Every shelf, counted at this moment (ms)."""
    site, sku = said.ids("site", [s.hub for s in shelves]), said.ids("sku", [s.sku for s in shelves])
    on_hand = np.array([s.on_hand for s in shelves])
    return [said.block("stock.counted", np.full(site.size, at), None, {"site": site, "sku": sku, "on_hand": on_hand})]


def labour(said: Said, crews: list[Crew], start: int) -> list[Block]:
    """The roster, told at the start (ms); who has come, told as each shift begins."""
    who = {"site": said.ids("site", [c.hub for c in crews]), "team": said.ids("team", [team(c) for c in crews])}
    begin, end, planned, come = np.array([(c.start, c.end, c.rostered, c.heads) for c in crews], "i8").T
    begin, end = start + MINUTE * begin, start + MINUTE * end
    roster = {"start": begin, "end": end, "heads": planned}
    skill = said.id("skill", "pick and load")
    return [
        said.block(
            "labour.rostered",
            np.full(begin.size, start),
            None,
            {**who, **roster, "skill": skill},
        ),
        said.block("labour.present", begin, None, {**who, "heads": come, "until": end}),
    ]


def team(crew: Crew) -> str:
    """What the shift of one day is called; days begin at 06:00.

    >>> team(Crew("EWR", "B", 840, 1320, 12, 10, 200))
    'EWR-B-1'
    """
    return f"{crew.hub}-{crew.shift}-{(crew.start - 360) // 1440 + 1}"
