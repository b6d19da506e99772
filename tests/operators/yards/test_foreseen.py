"""A plan of doors goes by how long work is predicted to take, where that is less off than bookings, and says so."""

import numpy as np

from operators.allocation.visits import Doors
from operators.yards.following import AT_DOOR, LINEAR, Following
from operators.yards.proposing import moves
from operators.yards.reading import seating
from operators.yards.standing import Visit
from tower import layouts
from tower.clock import MINUTE

NOW = 1_360_314_000_000
SITE, DOOR = 7, 9


def rows(table: str, **said: object) -> np.ndarray:
    """One row."""
    row = layouts.blank(table).copy()
    for name, value in said.items():
        row[name] = value
    return row


def visit(key: int, **more: object) -> np.ndarray:
    """One at the gate, booked for half an hour."""
    return rows("visits", key=key, site=SITE, window_start=NOW, window_end=NOW + 30 * MINUTE, arrived_at=NOW,
                work_min=30.0, **more)  # fmt: skip


def foretold(subject: int, p50: float, server: int = LINEAR, **more: object) -> np.ndarray:
    """How long its work takes."""
    return rows("predictions", key=subject + 100, subject=subject, moment=AT_DOOR, served_by=server, p50=p50, **more)


def test_work_takes_as_long_as_predicted_where_we_are_less_off_and_as_booked_elsewhere() -> None:
    following = Following()
    waiting = [visit(key) for key in (1, 2, 3, 4)]
    busy = visit(5, docked_at=NOW - 20 * MINUTE, door=DOOR, over_at=NOW + 10 * MINUTE)
    following.load({
        "visits": np.concatenate([*waiting, busy]), "doors": rows("doors", key=8, site=SITE, door=DOOR),
        "predictions": np.concatenate([
            foretold(1, 50.0), foretold(2, 55.0, server=LINEAR + 2), foretold(3, np.nan), foretold(4, 70.0),
            foretold(5, 60.0, expected_at=NOW + 40 * MINUTE),
        ]),
    })  # fmt: skip
    yard = following.yard(SITE, NOW)
    assert yard is not None
    assert [one.work for one in yard.visits] == [50, 30, 30, 70]
    assert yard.ready == (40,)
    assert [one.seen for one in yard.visits] == [Visit.of(row[0]).seen for row in waiting]
    found = Doors(yard.problem.door, np.array([120, 90, 60, 40]), 0, 0, np.arange(0), np.arange(0), 0)
    told = {seating(one).visit: (seating(one).work_min, seating(one).work_by) for one in moves(yard, found)}
    assert told == {1: (50, 1), 2: (30, 0), 3: (30, 0), 4: (70, 1)}
    following.load({"predictions": foretold(1, 50.0, labelled_at=NOW)})
    after = following.yard(SITE, NOW)
    assert after is not None
    assert [one.work for one in after.visits] == [30, 30, 30, 70]
