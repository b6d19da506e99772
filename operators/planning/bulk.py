"""Bulk: what kg and m3 legs take, and lines weigh; a network that tells neither pays a comparison."""

from typing import Any

import numpy as np

from operators.orders import BOOKED as IS_BOOKED
from operators.orders import PICKED
from operators.planning.rows import NOWHERE
from operators.planning.scene import Scene
from operators.planning.sizes import UNLIMITED
from operators.planning.taking import thousands
from tower.ids import UNKNOWN
from tower.table import Direct, Table, find, kernel


@kernel
def load_up(lines, ways, place, on):
    """Add to on (m, 2) the grams and litres of all lines that are booked on each leg; place: as in `scene.places`."""
    for n in range(lines.meta[0]):
        line = lines.rows[n]
        if line.booked_leg == UNKNOWN or line.state not in (IS_BOOKED, PICKED):
            continue
        w = find(ways, line.booked_leg)
        if w >= 0 and place[w] >= 0:
            on[place[w], 0] += thousands(line.weight_kg, 0)
            on[place[w], 1] += thousands(line.volume_m3, 0)


@kernel
def leave_room(ways, wants, at, plays, on, room, free):
    """Fill room and free (m, 2), as `scene.rooms` does by loads; on (m, 2) is written over."""
    for j in range(ways.size):
        free[j, 0], free[j, 1] = within(ways[j].grams, on[j, 0]), within(ways[j].litres, on[j, 1])
    for i in range(wants.size):
        if plays[i] and at[i] != NOWHERE:
            on[at[i], 0] -= wants[i].grams
            on[at[i], 1] -= wants[i].litres
    for j in range(ways.size):
        room[j, 0], room[j, 1] = within(ways[j].grams, on[j, 0]), within(ways[j].litres, on[j, 1])


@kernel
def within(capacity, used):
    """What is left of a capacity, or UNLIMITED where nobody told it."""
    return max(np.int64(0), capacity - used) if capacity >= 0 else np.int64(UNLIMITED)


LOAD_UP, LEAVE_ROOM = Direct(load_up), Direct(leave_room)


def bulk_of(lines: Table, ways: Table, scene: Scene) -> Scene:
    """The scene with the kg and m3 of its legs; as it is where nobody has told any."""
    if not ((scene.ways["grams"] >= 0) | (scene.ways["litres"] >= 0)).any():
        return scene
    on, room, free = (np.zeros((scene.ways.size, 2), "i8") for _ in range(3))
    place = np.full(len(ways), NOWHERE)
    place[scene.numbers] = np.arange(scene.numbers.size)
    LOAD_UP.call(lines.t, ways.t, place, on)
    LEAVE_ROOM.call(scene.ways, scene.wants, scene.at, scene.plays, on, room, free)
    return scene._replace(bulk=room, bulk_free=free)


def that_fit(scene: Scene, lines: Any, to: Any) -> Any:
    """Which of these moves can be made one after the other, in the order of lines' keys, within loads, kg and m3."""
    kept = np.zeros(lines.size, "?")
    free = np.concatenate([scene.free[:, None], scene.bulk_free], axis=1)
    wants = scene.wants[lines]
    size = np.stack([wants["loads"], wants["grams"], wants["litres"]], axis=1)
    order, progress = np.argsort(wants["key"]).tolist(), True
    while progress:
        progress = False
        for n in order:
            if kept[n] or (to[n] != NOWHERE and (size[n] > free[to[n]]).any()):
                continue
            kept[n] = progress = True
            if to[n] != NOWHERE:
                free[to[n]] -= size[n]
            if scene.at[lines[n]] != NOWHERE:
                free[scene.at[lines[n]]] += size[n]
    return kept
