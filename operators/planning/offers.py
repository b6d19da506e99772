"""Offers: the options of each incident that puts lines at risk, as rows; old ones are taken back."""

from typing import Any, Final

import numpy as np

from operators.planning.choices import JOINT, NOTHING, Choice, Moves, choose
from operators.planning.groups import Group, at_risk, group_of
from operators.planning.plotting import Plotter
from operators.planning.rows import BOOKED, NOWHERE, picked
from operators.planning.scene import Scene
from operators.planning.settings import Money, Settings
from operators.planning.weighing import lead_of
from operators.planning.worth import Odds, Worth, expiry, odds_of, worth_of
from operators.trades import DOCKING
from tower import layouts
from tower.fields import FOREVER
from tower.ids import UNKNOWN, pairs
from tower.table import Direct, Table, find, kernel, upsert

CLASSES: Final = ("express", "standard", "economy")
SEED: Final = 20_130_208


@kernel
def broken(moves, options, wants, ways, money, now, place, into, is_gone):
    """Mark the options of which a move can not be made any more: its line is elsewhere, or its leg too near or off.

    place: where in the scene each row of `ways` is, or NOWHERE. into (O, m): add the loads that options put onto each
    leg more than they take off it.
    """
    for n in range(moves.meta[0]):
        move = moves.rows[n]
        if move.line == UNKNOWN:
            continue
        o, i = find(options, move.option), find(wants, move.line)
        w = find(ways, move.to_leg) if move.to_leg != UNKNOWN else np.int64(-1)
        loads = wants.rows[i].loads if i >= 0 else np.int64(1)
        holds = i >= 0 and wants.rows[i].keep_until < 0 and wants.rows[i].leg == move.from_leg
        if holds and move.to_leg != UNKNOWN:
            lead = lead_of(wants.rows[i].stand, wants.rows[i].is_off, money)
            holds = w >= 0 and ways.rows[w].is_open == 1 and ways.rows[w].dep >= now + lead
        if not holds:
            is_gone[o] = True
        if w >= 0 and place[w] >= 0:
            into[o, place[w]] += loads
        w = find(ways, move.from_leg) if move.from_leg != UNKNOWN else np.int64(-1)
        if w >= 0 and place[w] >= 0:
            into[o, place[w]] -= loads


@kernel
def crowded(into, free, is_gone):
    """Mark the options that want more of a leg than nobody holds by now."""
    for o in range(into.shape[0]):
        for j in range(free.size):
            if into[o, j] > free[j]:
                is_gone[o] = True


@kernel
def put_moves(table, rows):
    """Say each move that is new or costs otherwise."""
    for n in range(rows.size):
        row = rows[n]
        k = find(table, row.key)
        if k >= 0 and table.rows[k].cost_cents == row.cost_cents:
            continue
        move = table.rows[upsert(table, row.key)]
        move.option, move.line, move.from_leg, move.to_leg = row.option, row.line, row.from_leg, row.to_leg
        move.from_site, move.to_site, move.cost_cents = row.from_site, row.to_site, row.cost_cents


BROKEN, CROWDED, PUT_MOVES = Direct(broken), Direct(crowded), Direct(put_moves)
Told = tuple[np.ndarray, np.ndarray]
"""Rows of `options` and of `moves`."""


class Offers:
    """What was offered, and what has to be offered anew."""

    def __init__(self, tables: dict[str, Table], incidents: Table, links: Table) -> None:
        self.tables, self.incidents, self.links = tables, incidents, links
        self.waits_until = FOREVER
        """When the first offer that does not say how things stand now may be made anew, as of the last `renew`."""

    def renew(self, plotter: Plotter, scene: Scene, settings: Settings, number: int, now: int) -> dict[str, np.ndarray]:
        """Offer anew where it is due; the keys of the rows that are taken back, by table."""
        lost, self.waits_until = self._broken(scene, settings.money, now), FOREVER
        incidents, told, done = self._open(), list[Told](), list[int]()
        due = [row for row in incidents if int(row["key"]) in lost or self._may_be_due(row, settings, now)]
        if due:
            risky, odds = at_risk(scene), odds_of(scene, self.tables["flown"], now)
        for row in due:
            key = int(row["key"])
            group = group_of(scene, self.links, int(row["first"]), self.tables, risky, settings.money)
            if key not in lost and not self._is_another(row, group, now):
                continue
            self._note(row, group, now)
            done.append(key)
            if group.lines.size:
                choice = choose(plotter, scene, group, settings, now)
                told.append(rows_of(key, scene, choice, odds, settings, (number, now)))
        gone = self._take_back({*done, *lost, *self._over(incidents)}, told)
        self._say(told)
        return gone

    def _open(self) -> Any:
        """Incidents that are about lines or legs, by key."""
        rows = self.incidents.rows
        some = (rows["closed_at"] < 0) & (rows["merged_into"] == UNKNOWN) & (rows["lines"] + rows["legs"] > 0)
        found = np.flatnonzero(some)
        return picked(rows, found[np.argsort(rows["key"][found])])

    def _may_be_due(self, row: np.void, settings: Settings, now: int) -> bool:
        """Whether it is long enough ago, or many more lines are at risk by now; the first time at once."""
        i = self.tables["offers"].find(int(row["key"]))
        if i < 0:
            return True
        offer = self.tables["offers"].rows[i]
        before, more = int(offer["lines"]), reached(row)
        if now >= int(offer["at"]) + settings.offers_every or 5 * more > 6 * before + (15 if offer["signature"] else 0):
            return True
        self.waits_until = min(self.waits_until, int(offer["at"]) + settings.offers_every)
        return False

    def _is_another(self, row: np.void, group: Group, now: int) -> bool:
        """Whether anything has changed since the offer that stands."""
        i = self.tables["offers"].find(int(row["key"]))
        if i >= 0 and int(self.tables["offers"].rows[i]["signature"]) == group.signature:
            self.tables["offers"].rows[i]["at"] = now
            return False
        return True

    def _note(self, row: np.void, group: Group, now: int) -> None:
        table = self.tables["offers"]
        table.reserve(1)
        offer: Any = table.t.rows[upsert(table.t, row["key"])]
        offer["at"], offer["signature"], offer["lines"] = now, group.signature, reached(row)

    def _broken(self, scene: Scene, money: Money, now: int) -> set[int]:
        """Incidents of which an option does not hold any more."""
        options, moves = self.tables["options"], self.tables["moves"]
        is_gone = np.zeros(len(options), "?")
        if len(moves):
            wants, ways = self.tables["wants"].t, self.tables["ways"].t
            place, into = np.full(len(self.tables["ways"]), NOWHERE), np.zeros((is_gone.size, scene.free.size), "i4")
            place[scene.numbers] = np.arange(scene.numbers.size)
            BROKEN.call(moves.t, options.t, wants, ways, money, now, place, into, is_gone)
            CROWDED.call(into, scene.free, is_gone)
        return set(options.rows["incident"][is_gone].tolist())

    def _over(self, incidents: Any) -> set[int]:
        """Incidents that had options and are over."""
        rows = self.tables["options"].rows
        return set(rows["incident"][is_ours(rows)].tolist()) - set(incidents["key"].tolist())

    def _take_back(self, incidents: set[int], told: list[Told]) -> dict[str, np.ndarray]:
        if not incidents:
            return {}
        options, moves = self.tables["options"], self.tables["moves"]
        stays = np.concatenate([np.zeros(0, "u8"), *(rows["key"] for rows, _ in told)])
        mine = np.isin(options.rows["incident"], np.array(sorted(incidents), "u8")) & is_ours(options.rows)
        old = mine & ~np.isin(options.rows["key"], stays)
        if not old.any():
            return {}
        without = np.isin(moves.rows["option"], options.rows["key"][old])
        options.rows["keep_until"][old], moves.rows["keep_until"][without] = 0, 0
        return {"options": options.evict(1), "moves": moves.evict(1)}

    def _say(self, told: list[Told]) -> None:
        options, moves = self.tables["options"], self.tables["moves"]
        for rows, steps in told:
            options.reserve(rows.size)
            for row in rows:
                k = options.find(int(row["key"]))
                if k >= 0 and is_same(options.rows[k], row):
                    continue
                options.t.rows[upsert(options.t, row["key"])] = row
            moves.reserve(steps.size)
            PUT_MOVES.call(moves.t, steps)


def is_ours(options: np.ndarray) -> Any:
    """Which options are about lines; those about doors are offered, and taken back, elsewhere."""
    leaves_doors = (options["kind"] == NOTHING) & (options["digest"] != 0)
    return (options["kind"] != DOCKING) & ~leaves_doors


def reached(incident: np.void) -> int:
    """How many lines and legs an incident is about."""
    return int(incident["lines"]) + int(incident["legs"])


def is_same(before: np.void, row: np.void) -> bool:
    """Whether an option is as it was, whenever that was worked out."""
    then = before.copy()
    then["basis"] = row["basis"]
    return bool(then.tobytes() == row.tobytes())


def rows_of(
    incident: int, scene: Scene, choice: Choice, odds: Odds, settings: Settings, place: tuple[int, int]
) -> Told:
    """The options of an incident as rows, best first, and their moves; place: the record's number and the moment."""
    number, now = place
    worths = [worth_of(scene, moves, odds, settings, SEED, now) for moves in choice.moves]
    told, steps = layouts.empty("options", len(worths)), []
    for kind, (moves, worth) in enumerate(zip(choice.moves, worths, strict=True)):
        row: Any = told[kind]
        row["incident"], row["rank"], row["kind"], row["basis"] = incident, kind + 1, kind, number
        others = [other.futures for k, other in enumerate(worths) if k != kind]
        fill(row, scene, moves, worth, np.max(others, axis=0))
        row["expires_at"] = expiry(scene, moves, settings.money)
        row["lines"], row["unserved"] = choice.lines.size, unserved(scene, moves, choice.lines)
        if kind == JOINT and choice.scarce[1] > 0:
            row["binding"], row["price_cents"] = scene.ways["key"][choice.scarce[0]], choice.scarce[1]
        row["key"] = pairs(np.array(incident, "u8"), pairs(np.array(kind, "u8"), row["digest"]))
        steps.append(moves_of(row["key"], scene, moves))
    return told, np.concatenate(steps)


def fill(row: Any, scene: Scene, moves: Moves, worth: Worth, others: Any) -> None:
    """What an option is worth; others: (F,) what the best of the others saves in each future."""
    futures, net = np.sort(worth.futures), int(worth.gain.sum())
    row["net_cents"], row["value_kept_cents"], row["cost_cents"] = net, worth.value, worth.value - net
    row["net_p10_cents"], row["net_p90_cents"] = futures[futures.size // 10], futures[futures.size * 9 // 10]
    row["lines_kept"], row["on_time_delta"] = worth.kept, worth.on_time.sum()
    for p, name in enumerate(CLASSES):
        row[f"{name}_cents"], row[f"{name}_on_time"] = worth.gain[p], worth.on_time[p]
    row["confidence"] = np.count_nonzero(worth.futures >= others) / futures.size
    was_booked = (scene.at[moves.lines] != NOWHERE) & (scene.wants["stand"][moves.lines] == BOOKED)
    row["moves"], row["churn_lines"] = was_booked.size, np.count_nonzero(was_booked)
    row["digest"] = sign_of(scene, moves) if moves.lines.size else np.uint64(0)


def sign_of(scene: Scene, moves: Moves) -> Any:
    """A hash of moves, in any order."""
    frm, to = ends(scene, moves)
    return np.bitwise_xor.reduce(pairs(pairs(scene.wants["key"][moves.lines], frm), to))


def ends(scene: Scene, moves: Moves) -> tuple[Any, Any]:
    """The legs that lines leave and take, by their ids."""
    keys = np.append(scene.ways["key"], UNKNOWN)
    return scene.wants["leg"][moves.lines], keys[moves.to]


def unserved(scene: Scene, moves: Moves, lines: Any) -> int:
    """How many of these lines are on no leg after the moves."""
    to = scene.at.copy()
    to[moves.lines] = moves.to
    return int(np.count_nonzero(to[lines] == NOWHERE))


def moves_of(option: Any, scene: Scene, moves: Moves) -> np.ndarray:
    """Moves as rows."""
    rows = layouts.empty("moves", moves.lines.size)
    if not rows.size:
        return rows
    origins = np.append(scene.ways["origin"], UNKNOWN)
    rows["option"], rows["line"] = option, scene.wants["key"][moves.lines]
    rows["key"] = pairs(rows["option"], rows["line"])
    rows["from_leg"], rows["to_leg"] = ends(scene, moves)
    rows["from_site"], rows["to_site"] = scene.wants["place"][moves.lines], origins[moves.to]
    rows["cost_cents"] = -moves.gain
    return rows
