"""Predict, along the way: legs that are not there when what was told has passed, asked about anew until they are.

Nothing but time, and what others do, is heard of a leg on its way in these data sets: no positions, no estimates.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from operators.predict import along, contest, questions
from operators.predict.along import Asked
from operators.predict.forecast import P_LATE, TOLD
from operators.predict.way import ALONG
from simulators.bench import predict_models, predict_scores, predict_set
from simulators.bench.figures import Row, row
from simulators.bench.predict_set import Flown

SHARE: Final = 4
"""Askings that there is room for, a leg, at most."""
NAME: Final = ALONG.name


def asked(flown: Flown) -> Asked:
    """Every asking of every leg, everything in order of time, from nothing."""
    order = predict_set.order(flown, questions.DEPARTED)
    first = predict_models.answers(flown, order, questions.DEPARTED).issued
    made = along.room(SHARE * len(flown.late))
    roads = along.empty(flown.leg, flown.dep_late, first, order.moments[-1] - order.moments[0])
    n = along.follow(order.moments, order.kinds, order.rows, flown.late, roads, made)
    return Asked(*(column[:n] for column in made))


def of_way(flown: Flown, since: int) -> Iterator[Row]:
    """How far off it is when what was told at departure has passed, and at all later askings."""
    one = asked(flown)
    came, served = flown.late[one.leg], one.told[:, contest.SCHEDULE + 1]
    scored = (flown.day[one.leg] >= since) & ~np.isnan(served) & ~np.isnan(came)
    for name, rows in (("not there when told", scored & (one.nth == 1)), ("again not there", scored & (one.nth > 1))):
        if not rows.any():
            continue
        mine, load = predict_scores.error(served[rows], came[rows]), f"{int(rows.sum()):,} askings"
        for peer, told in (("any moment now", one.base), ("carrier median", one.median)):
            yield row("predict", f"{NAME}, {name}: mean absolute error", mine, "min", "low", load, peer=peer,
                      against=predict_scores.error(told[rows], came[rows]))  # fmt: skip
        inside = predict_scores.covered(one.issued[rows, TOLD], one.issued[rows, TOLD + 2], came[rows])
        yield row("predict", f"{NAME}, {name}: 90 % band covers", 100 * float(inside.mean()), "%", "high",
                  "88 .. 92 wanted", target=88.0)  # fmt: skip
        late = came[rows] > questions.LATE_MIN
        yield row("predict", f"{NAME}, {name}: P(late > 15) Brier",
                  predict_scores.brier(one.issued[rows, P_LATE], came[rows]), "", "low", load, peer="base rate",
                  against=float(np.var(late)))  # fmt: skip
    middle = float(np.nanmedian(flown.departed))
    yield row("predict", f"{NAME}: said otherwise, were tomorrow another", foreseen(flown, middle), "answers", "low",
              "all after the middle changed", target=0)  # fmt: skip


def foreseen(flown: Flown, moment: float) -> int:
    """How many answers given before `moment` would be others if what came after it had been other."""
    one, two = (said_before(asked(world), moment) for world in (flown, predict_set.another(flown, moment)))
    return sum(one.get(key) != told for key, told in two.items()) + sum(key not in two for key in one)


def said_before(one: Asked, moment: float) -> dict[tuple[int, int], bytes]:
    """What was told of each leg at each asking before then."""
    rows = np.flatnonzero(one.at < moment)
    return {(int(one.leg[r]), int(one.nth[r])): one.told[r].tobytes() + one.issued[r].tobytes() for r in rows}
