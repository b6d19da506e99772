"""Foretelling: one leg's part in predictions, minute by minute: asked about, followed, its label learned once."""

from typing import Final

import numpy as np

from operators.chances import LABEL, LEADS, foresee
from operators.predict import cancel, claims, contest, forecast, gate, line, movements
from operators.predict.forecast import ISSUED
from operators.predict.questions import COLUMNS
from operators.standing import stand
from operators.telling import (
    ALONG,
    BEFORE,
    DEPARTED,
    EXPERTS,
    LEAVES,
    LEAVING,
    MS_MIN,
    SERVED,
    TOLD_OF,
    ask,
    known_id,
    lane_of,
    seen,
)
from operators.underway import arrive, heard_of, set_out, settle_way, way_on
from tower import clock
from tower.pairing import pair
from tower.table import find, kernel, look_at, upsert

LEAD: Final = 120 * clock.MINUTE
PATIENCE: Final = 240 * clock.MINUTE
"""A leg that has not left so long after its plan is not waited for any more."""
LATE_LABEL, NO_MORE = 360 * clock.MINUTE, 2 * clock.DAY
"""So long after its planned arrival a leg's label counts as missing; it is not waited for any more."""
OF_LABEL: Final = 6
"""Which of the moments that have to be looked at is that of the label of a chance."""
KEEP: Final = clock.DAY
NO_LABEL: Final = np.nan

FOLLOWED: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("look_at", "<i8"), ("dep_planned", "<i8"), ("waits", "|u1"),
    ("has_left", "|u1"), ("is_over", "|u1"), ("again", "|u1"), ("is_missed", "|u1"), ("was_asked", "|u1", (3,)),
    ("hazard", "<f8"), ("dest_hazard", "<f8"), ("label", "<f8"), ("left_label", "<f8"), ("bases", "<f8", (3,)),
    ("clock_min", "<f8"), ("heard", "<i8"), ("carrier", "<i8"), ("vehicle", "<i8"),
    ("answers", "<f8", (3, len(ISSUED))), ("others", "<f8", (3, EXPERTS)), ("estimates", "<f8", (3,)),
    ("is_decided", "|u1"), ("is_known", "|u1"), ("foreseen", "|u1", (len(LEADS) - 1,)),
    ("hints", "<f8", (len(LEADS) - 1, len(cancel.SIGNALS))), ("codes", "<u2", (2, len(COLUMNS))),
]))  # fmt: skip
"""A leg as it is followed: what happened of it, and each question's codes and answers as they were when asked."""
for _name in ("keep_until", "look_at", "dep_planned"):
    FOLLOWED[_name] = -1
for _name in ("label", "left_label", "hazard", "dest_hazard", "others", "estimates"):
    FOLLOWED[_name] = np.nan
TAIL: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("leg", "<u8")]))
"""A vehicle, and the leg that it was last asked about with: what it does before has that leg asked about anew."""
TAIL["keep_until"] = -1


@kernel
def notice(legs, numbers, followed, now):
    """Mark the legs of which something is to be done when the minute is over."""
    soon = now - now % clock.MINUTE + clock.MINUTE
    for n in numbers:
        leg = legs.rows[n]
        i = find(followed, leg.key)
        if i < 0 and (leg.dep_planned < 0 or leg.arr_planned < 0 or leg.arrived_at >= 0 or leg.cancelled_at >= 0):
            continue
        i = upsert(followed, leg.key)
        row = followed.rows[i]
        if (leg.dep_planned != row.dep_planned or (leg.departed_at >= 0) != (row.has_left == 1)
                or (leg.arrived_at >= 0 or leg.cancelled_at >= 0) != (row.is_over == 1)
                or (leg.arrived_at >= 0 and label_of(leg) != row.label)
                or (row.has_left == 1 and lateness(leg) != row.left_label)):
            row.dep_planned = leg.dep_planned
            sooner(followed, i, soon)
        if not row.is_over and is_news(row, leg):
            row.again = 1
            sooner(followed, i, soon)


@kernel
def is_news(row, leg):
    """Whether something is told of a leg that its answers do not know: another vehicle; on its way, where it is."""
    if row.has_left:
        return heard_of(leg) != row.heard
    return row.was_asked[BEFORE] == 1 and known_id(leg.vehicle) != row.vehicle


@kernel
def sooner(followed, i, moment):
    """Have a row looked at by then."""
    if followed.rows[i].look_at < 0 or followed.rows[i].look_at > moment:
        look_at(followed, i, moment)


@kernel
def reconsider(weather, numbers, sites, legs, followed, now):
    """Mark the legs to be asked about anew: those told of, where the hazard at an end that they have not left is
    another than then.
    """
    soon = now - now % clock.MINUTE + clock.MINUTE
    for i in range(followed.meta[0]):
        row = followed.rows[i]
        if row.is_over or not (row.has_left or row.was_asked[BEFORE]):
            continue
        n = find(legs, row.key)
        if n >= 0 and ((not row.has_left and is_other(weather, numbers, sites, legs.rows[n].origin, row.hazard))
                       or is_other(weather, numbers, sites, legs.rows[n].dest, row.dest_hazard)):  # fmt: skip
            row.again = 1
            sooner(followed, i, soon)


@kernel
def is_other(weather, numbers, sites, site, hazard):
    """Whether one of these stations tells another hazard of a site than that."""
    k = find(sites, site)
    if k < 0:
        return False
    for w in numbers:
        station = weather.rows[w]
        if station.key == sites.rows[k].station and station.hazard != hazard and station.hazard >= 0:
            return True
    return False


@kernel
def label_of(leg):
    """How late it came, in minutes; a number that is never equal to itself where it has not."""
    return (leg.arrived_at - leg.arr_planned) / MS_MIN if leg.arrived_at >= 0 and leg.arr_planned >= 0 else np.nan


@kernel
def lateness(leg):
    """How late it left, in minutes; NaN where it has not."""
    return (leg.departed_at - leg.dep_planned) / MS_MIN if leg.departed_at >= 0 and leg.dep_planned >= 0 else np.nan


@kernel
def score(predictions, leg, moment, label, now):
    """Write what came of what was told."""
    i = find(predictions, pair(leg.key, np.uint64(moment)))
    if i >= 0:
        told = predictions.rows[upsert(predictions, pair(leg.key, np.uint64(moment)))]
        told.label_min, told.labelled_at, told.keep_until = label, now, now + KEEP
        told.error_min = label - told.p50


@kernel
def minute(eyes, b, numbers, number, now):
    """Do what is due for each of these legs, in their order; then say how the models stand."""
    gate.brought(b.gate, labels_in(eyes, b, numbers))
    gate.watch(b.gate, now // clock.MINUTE)
    for i in numbers:
        row = b.followed.rows[i]
        n = find(eyes.legs, row.key)
        if n < 0:
            row.is_over, row.keep_until = 1, now
            arrive(b, row.key, now)
            look_at(b.followed, i, np.int64(-1))
            continue
        leg = eyes.legs.rows[n]
        foresee(eyes, b, row, leg, number, now)
        follow(eyes, b, row, leg, number, now)
        look_at(b.followed, i, next_of_all(b, row, leg, now))
    gate.watch(b.gate, now // clock.MINUTE)
    gate.watch(b.fate_gate, now // clock.MINUTE)
    stand(b, now)


@kernel
def labels_in(eyes, b, numbers):
    """How many labels this minute brings."""
    labels = 0
    for i in numbers:
        row = b.followed.rows[i]
        n = find(eyes.legs, row.key)
        if n >= 0 and not row.is_over and eyes.legs.rows[n].arrived_at >= 0:
            labels += 1
    return labels


@kernel
def follow(eyes, b, row, leg, number, now):
    """One leg, as it stands now."""
    if row.has_left and lateness(leg) != row.left_label:  # corrected: scored anew, not learned
        row.left_label = lateness(leg)
        score(b.predictions, leg, LEAVING, row.left_label, now)
    if row.is_over:
        if label_of(leg) != row.label and leg.arrived_at >= 0:
            rescore(b, row, leg, now)
        return
    if leg.cancelled_at >= 0:
        stop_waiting(eyes, b, row, leg)
        close(b, row, leg, now)
        return
    if leg.departed_at < 0 and leg.arrived_at < 0:
        wait(eyes, b, row, leg, number, now)
    elif not row.has_left and leg.departed_at >= 0:
        leave(eyes, b, row, leg, number, now)
    elif row.has_left and leg.arrived_at < 0:
        row.heard = heard_of(leg)
        way_on(eyes, b, row, leg, number, now)
    if leg.arrived_at >= 0:
        stop_waiting(eyes, b, row, leg)
        learn(eyes, b, row, leg, now)
    elif now >= leg.arr_planned + NO_MORE:
        close(b, row, leg, now)
    elif now >= leg.arr_planned + LATE_LABEL and not row.is_missed:
        row.is_missed = 1
        gate.lost(b.gate)


@kernel
def leave(eyes, b, row, leg, number, now):
    """It has left: when it comes is asked, how late it left is learned."""
    if leg.arrived_at < 0:
        ask(eyes, b, row, leg, DEPARTED, number, now)
    late = lateness(leg)
    movements.departed(b.situation, seen(leg, eyes.sites), late, row.waits == 1, now / MS_MIN)
    row.has_left, row.waits, row.left_label = 1, 0, late
    score(b.predictions, leg, LEAVING, late, now)
    if gate.is_possible(late, np.nan, leg.departed_at / MS_MIN, now / MS_MIN):
        settle(b.leaves, row, LEAVES, late, lane_of(leg), now)
        if not b.gate.tally[gate.SHUT]:
            learn_one(b.leaves, row, LEAVES, late)
    if leg.arrived_at < 0:
        set_out(b, row, leg, now)
    moved(b, leg, now)


@kernel
def moved(b, leg, now):
    """What its vehicle did is news of the leg that it was last asked about with."""
    t = find(b.tails, np.uint64(known_id(leg.vehicle)))
    i = find(b.followed, b.tails.rows[t].leg) if t >= 0 and b.tails.rows[t].leg != leg.key else np.int64(-1)
    if i >= 0 and not (b.followed.rows[i].has_left or b.followed.rows[i].is_over):
        b.followed.rows[i].again = 1
        sooner(b.followed, i, now + clock.MINUTE)


@kernel
def wait(eyes, b, row, leg, number, now):
    """One that has not left: whether it is waited for, and what is asked of it."""
    is_due = leg.dep_planned < now < leg.dep_planned + PATIENCE
    if is_due and not row.waits:
        movements.due(b.situation, seen(leg, eyes.sites))
        row.waits = 1
    elif not is_due:
        stop_waiting(eyes, b, row, leg)
    if row.again or (not row.was_asked[BEFORE] and leg.dep_planned - LEAD <= now < leg.dep_planned):
        row.again = 0
        ask(eyes, b, row, leg, BEFORE, number, now)
        if row.vehicle != 0:
            tail = b.tails.rows[upsert(b.tails, np.uint64(row.vehicle))]
            tail.leg, tail.keep_until = leg.key, leg.dep_planned + KEEP


@kernel
def stop_waiting(eyes, b, row, leg):
    """Nobody waits for it to leave any more."""
    if row.waits:
        movements.given_up(b.situation, seen(leg, eyes.sites))
        row.waits = 0


@kernel
def close(b, row, leg, now):
    """It is over without a label."""
    row.is_over, row.keep_until = 1, max(now, leg.dep_planned) + KEEP
    arrive(b, leg.key, now)
    for question in range(len(TOLD_OF)):
        if row.was_asked[question] and not (question == LEAVES and row.has_left):
            score(b.predictions, leg, TOLD_OF[question], NO_LABEL, now)
    score(b.predictions, leg, ALONG, NO_LABEL, now)


@kernel
def rescore(b, row, leg, now):
    """What was told, against the label as it is known now."""
    row.label, row.keep_until = label_of(leg), now + KEEP
    for moment in (BEFORE, DEPARTED, ALONG):
        score(b.predictions, leg, moment, row.label, now)
    if row.was_asked[LEAVES] and not row.has_left:
        score(b.predictions, leg, LEAVING, NO_LABEL, now)


@kernel
def learn(eyes, b, row, leg, now):
    """The label has come: score; and, while it can be true and the gate is open, learn once from what was kept."""
    rescore(b, row, leg, now)
    row.is_over = 1
    departed = leg.departed_at / MS_MIN if leg.departed_at >= 0 else np.nan
    is_right = gate.is_possible(row.label, departed, leg.arrived_at / MS_MIN, now / MS_MIN)
    gate.labelled(b.gate, is_right, (now - leg.arrived_at) / MS_MIN)
    is_learned = is_right and not b.gate.tally[gate.SHUT]
    if is_right:
        settle(b.before, row, BEFORE, row.label, lane_of(leg), now)
        settle(b.departed, row, DEPARTED, row.label, lane_of(leg), now)
        settle_way(b, leg, row, is_learned, now)
    arrive(b, leg.key, now)
    if not is_learned:
        b.gate.tally[gate.KEPT_BACK] += 1
        return
    learn_one(b.before, row, BEFORE, row.label)
    learn_one(b.departed, row, DEPARTED, row.label)
    late = lateness(leg) if leg.departed_at >= 0 else 0.0
    movements.arrived(b.situation, seen(leg, eyes.sites), row.label, late, now / MS_MIN)
    moved(b, leg, now)


@kernel
def settle(side, row, question, label, lane, now):
    """Measure everybody's answer to a question against the label."""
    if row.was_asked[question]:
        contest.settle(side.contest, row.others[question], label, now // clock.HOUR)
        claims.settle(side.claims, row.carrier, lane, row.others[question, SERVED], row.estimates[question], label)


@kernel
def learn_one(side, row, question, label):
    """Champion and challenger learn the label of a question."""
    if row.was_asked[question]:
        codes = row.codes[DEPARTED if question == DEPARTED else BEFORE]
        forecast.release(side.forecast, codes, row.bases[question], row.carrier, row.clock_min, label, side.room,
                         row.answers[question])  # fmt: skip
        line.learn(side.line, codes, label - row.bases[question])


@kernel
def next_of_all(b, row, leg, now):
    """When it is to be looked at anew: what follows from its plan, or what is due along the way."""
    moment = next_look(row, leg, now)
    w = find(b.underway, leg.key) if row.has_left and not row.is_over else np.int64(-1)
    on_way = b.underway.rows[w].next_at if w >= 0 else np.int64(-1)
    return on_way if on_way > now and (moment < 0 or on_way < moment) else moment


@kernel
def next_look(row, leg, now):
    """When something has to be done for it if nobody says anything; -1: never."""
    plan, is_over, n = leg.dep_planned, row.is_over or leg.cancelled_at >= 0, 0
    for moment in (plan - LEADS[0] * clock.HOUR, plan - LEADS[1] * clock.HOUR, plan - LEADS[2] * clock.HOUR,
                   plan - LEAD, plan + 1, plan + LABEL, plan + PATIENCE, leg.arr_planned + LATE_LABEL,
                   leg.arr_planned + NO_MORE):  # fmt: skip
        whole = -(-moment // clock.MINUTE) * clock.MINUTE
        n += 1
        if now >= whole or (n == OF_LABEL and row.is_known):
            continue
        if n == OF_LABEL or not (is_over or (row.has_left == 1 and moment < leg.arr_planned)):
            return whole
    return np.int64(-1)
