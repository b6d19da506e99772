"""Connections say the same as a plain look at all legs and lines, in whatever order these were told, and forget."""

import random
from typing import Any

import numpy as np
import pytest

from operators.connections import NEVER_MIN, ON_TIME, USUAL
from operators.orders import BOOKED
from tests.suites.story import Event, Story, at, event, leg, planned, restarted
from tower import clock, ids
from tower.ids import UNKNOWN

LEGS, SITES, VEHICLES, LINES = tuple(f"L{n}" for n in range(7)), "AB", ("N1", "N2"), ("O1", "O2", "O3")
NOW = 100
OFTEN = {"leg.planned": 12, "leg.assigned": 15, "leg.estimated": 5, "line.booked": 8, "line.picked": 1,
         "leg.departed": 1, "leg.arrived": 1, "leg.cancelled": 1}  # fmt: skip
TABLES = ("turns", "rotations", "waits", "connections")
Found = dict[int, tuple[int, float]]


def told(seed: int, count: int = 60) -> list[Event]:
    """Legs to and fro between two sites with two vehicles, lines that wait; a tenth is corrected."""
    draw = random.Random(seed)
    events = [{"id": f"e{i}", **one(draw)} for i in range(count)]
    wrong = [
        {
            **one(draw, e["kind"]),
            **{n: e[n] for n in ("leg", "order", "line") if n in e},
            "id": f"c{e['id']}",
            "at": at(NOW - 1),
            "corrects": {"id": e["id"], "reason": "typed"},
        }
        for e in events
        if draw.random() < 0.1
    ]
    return [*wrong[:3], *events, *wrong[3:]]  # fmt: skip


def one(draw: random.Random, kind: str = "") -> Event:
    """Any one of them, of that kind."""
    kind = kind or draw.choices(*zip(*OFTEN.items(), strict=True))[0]
    when, start, name = draw.randrange(0, NOW - 1), draw.randrange(0, 400), draw.choice(LEGS)
    if kind == "leg.planned":
        origin = draw.choice(SITES)
        dest = SITES[SITES.index(origin) - 1]
        way = {"origin": origin, "dest": dest, "mode": draw.choice(("air", "ltl"))}
        return {**planned(name, start, start + 60, **way), "at": at(when)}
    if kind == "leg.assigned":
        return leg("assigned", when, name, carrier="X", vehicle=draw.choice(VEHICLES), driver=draw.choice("DE"))
    if kind == "leg.estimated":
        return leg("estimated", when, name, dep_estimated=at(start), arr_estimated=at(start + 60))
    if kind.startswith("leg"):
        return leg(kind.partition(".")[2], when, name)
    more = {"quantity": 1} if kind == "line.picked" else {"leg": name, "site": "A", "inbound": draw.choice(LEGS)}
    return event(kind, when, order=draw.choice(LINES), line="1", **more)


def plain(story: Story) -> Found:
    """The worst missed connection of each leg that has not left: (inbound leg, minutes), by sorting."""
    legs: dict[int, Any] = {int(row["key"]): row for row in story.table("legs")}
    found: Found = {}
    for key, out in legs.items():
        if max(out["departed_at"], out["arrived_at"], out["cancelled_at"]) >= 0 or out["dep_planned"] < 0:
            continue
        turn = USUAL["turnaround_air_min"] if out["mode"] == 0 else USUAL["turnaround_min"]
        ways = [
            (into, turned(into, out, turn))
            for thing in ("vehicle", "trailer", "driver")
            if (into := behind(legs, out, thing)) is not None
        ]
        ways += [
            (legs[line], int(out["dep_expected"]) - USUAL["handling_min"] * clock.MINUTE)
            for line in sorted(inbounds(story, key))
            if line in legs and legs[line]["dest"] == out["origin"]
        ]
        short = [(late(into, needed), -i, int(into["key"])) for i, (into, needed) in enumerate(ways)]  # fmt: skip
        if short and max(short)[0] > 0:
            found[key] = max(short)[2], max(short)[0]
    return found


def turned(into: Any, out: Any, turn: int) -> int:
    """The last moment at which a vehicle can come for a leg to be on time."""
    gap = int(out["dep_planned"] - into["arr_planned"])
    needed = gap if 0 <= gap < turn * clock.MINUTE and into["arr_planned"] >= 0 else turn * clock.MINUTE
    return int(out["dep_planned"]) + ON_TIME - needed


def inbounds(story: Story, outbound: int) -> set[int]:
    """What lines on a leg wait for."""
    return {int(line["inbound"]) for line in story.table("lines")
            if line["state"] == BOOKED and line["on_leg"] == outbound and line["inbound"] != UNKNOWN}  # fmt: skip


def behind(legs: dict[int, Any], out: Any, thing: str) -> Any:
    """The leg that has to bring a thing."""
    mine = [(row["dep_planned"], key) for key, row in legs.items()
            if row[thing] == out[thing] != UNKNOWN and row["dep_planned"] >= 0
            and (row["dep_planned"], key) < (out["dep_planned"], int(out["key"]))]  # fmt: skip
    missed = None
    for _, key in sorted(mine, reverse=True):
        if legs[key]["cancelled_at"] < 0:
            return legs[key] if legs[key]["dest"] == out["origin"] else missed
        if missed is None and legs[key]["dest"] == out["origin"]:
            missed = legs[key]
    return missed


def late(into: Any, needed: int) -> float:
    """Minutes after it is needed."""
    if into["arrived_at"] >= 0:
        return float(into["arrived_at"] - needed) / clock.MINUTE
    if into["cancelled_at"] >= 0:
        return NEVER_MIN
    soonest = at(NOW) if into["departed_at"] >= 0 else at(NOW) + into["arr_planned"] - into["dep_planned"]
    expected = max(into["arr_expected"], soonest) if into["arr_expected"] >= 0 else -1
    return float(expected - needed) / clock.MINUTE if expected >= 0 else -np.inf


def said(story: Story) -> Found:
    """The same, as the step has it."""
    return {int(row["key"]): (int(row["inbound"]), float(row["short_min"])) for row in story.table("connections")
            if row["state"] == 0}  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_any_order_grouping_and_repetition_say_what_a_plain_look_says(seed: int) -> None:
    draw, straight, seen = random.Random(seed), told(seed), list[Found]()
    for _ in range(3):
        story = Story()
        for start in range(0, len(straight), size := draw.randrange(1, 40)):
            story.tell(NOW, *straight[start : start + size])
        assert said(story) == plain(story)
        seen.append(said(story))
        straight = straight + draw.sample(straight, 10)
        draw.shuffle(straight)
    assert seen[0] == seen[1] == seen[2]


def test_connections_of_each_kind_are_missed_in_these() -> None:
    whats = set()
    for seed in range(8):
        story = Story()
        story.tell(NOW, *told(seed))
        whats |= {int(row["what"]) for row in story.table("connections") if row["state"] == 0}
    assert whats == {0, 2, 3}


def test_a_saved_state_goes_on_as_if_it_had_not_been_saved_and_an_older_one_is_caught_up_with() -> None:
    whole, halves, older = restarted("connections", NOW, told(2))
    for table in TABLES:
        assert whole.table(table).tobytes() == halves.table(table).tobytes()
    assert whole.outcomes[-1].chain == halves.outcomes[-1].chain
    assert said(older) == said(whole)


def test_ties_go_with_their_legs_and_lines() -> None:
    story = Story()
    story.tell(NOW, *told(3))
    over = [event("leg.cancelled", NOW, leg=name) for name in LEGS]
    story.tell(NOW + 1, *over, *(event("line.picked", NOW, order=name, line="1", quantity=1) for name in LINES))
    story.wait(60 * 24 * 20)
    assert [len(story.table(table)) for table in TABLES] == [0, 0, 0, 0]
    assert ids.of("leg", "L0") not in story.table("legs")["key"]
