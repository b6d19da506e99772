"""Incidents: deviations that have one cause are one incident, the cause that lies furthest upstream.

A deviation joins when it opens, and stays with its incident until it closes:

    weather at a site          what is wrong at that site's weather, and every leg from or to it, with its lines
    legs at a site             legs in trouble that leave it, with their lines, while its weather is not to blame, and
                               legs elsewhere that wait for these
    docks, stock, supply       what is wrong there
    lines at a site            lines that leave it late on legs that are not to blame
    a source                   is its own cause
    demand at a site           what is ordered there as usually nothing is
    carriers, actions, models  of the whole network: carriers worse than their past, actions nobody answers, bad models

Weather that turns bad takes over what is open of the legs of its site.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import numpy as np

from operators.blame import (
    BLAME,
    CAUSE,
    DOCKS,
    HOW_MANY,
    LEGS,
    LINES,
    LINGERS,
    OTHER,
    SOURCE,
    WEATHER,
    Known,
    blame,
    cause_in,
)
from operators.step import Step
from operators.work import ALL, Work
from tower import clock, ids
from tower.fields import FOREVER
from tower.ids import UNKNOWN
from tower.pairing import pair
from tower.table import Direct, Table, find, kernel, look_at, touch, upsert

KEEP: Final = clock.DAY
LINK: Final = np.zeros(1, np.dtype([
    ("key", "<u8"), ("keep_until", "<i8"), ("alarm", "<u8"), ("subject", "<u8"), ("incident", "<u8"),
    ("before", "<u8"), ("after", "<u8"), ("cause", "|u1"), ("severity", "|u1"), ("risk", "<i8"), ("loss", "<i8"),
    ("act_by", "<i8"), ("place", "<u8"),
]))  # fmt: skip
"""A deviation as it is counted in its incident, between its neighbours there; `place` is where the cause lies."""
for _name in ("incident", "before", "after"):
    LINK[_name] = UNKNOWN
LINK["keep_until"] = -1
REACHED: Final = np.zeros(1, np.dtype([("key", "<u8"), ("keep_until", "<i8"), ("members", "<i8")]))
"""By incident and subject: how many of its deviations are about that leg, visit or line."""
REACHED["keep_until"] = -1


@kernel
def incident_of(known, cause, place, now):
    """The row of the incident of that cause there: the open one, or a new one."""
    blame = known.blames.rows[upsert(known.blames, pair(np.uint64(cause), place))]
    i = find(known.incidents, blame.incident) if blame.openings > 0 else -1
    if i >= 0 and known.incidents.rows[i].closed_at < 0:
        touch(known.incidents, i)
        return i
    blame.openings += 1
    blame.incident = pair(pair(np.uint64(cause), place), np.uint64(blame.openings))
    i = upsert(known.incidents, blame.incident)
    begin(known.incidents.rows[i], cause, place, now)
    return i


@kernel
def begin(incident, cause, place, now):
    """A new incident: nothing is counted yet."""
    incident.cause, incident.since, incident.opened = cause, now, 0
    if cause == SOURCE:
        incident.source = place
    else:
        incident.site = place
    incident.members, incident.critical, incident.warning, incident.advisory = 0, 0, 0, 0
    incident.legs, incident.visits, incident.lines = 0, 0, 0
    incident.value_at_risk_cents, incident.loss_cents_per_h = 0, 0


@kernel
def weigh(incident, link, sign):
    """Count how bad a deviation is in, or out. What legs and visits put at risk is counted with their lines."""
    incident.critical += sign * (link.severity >= 3)
    incident.warning += sign * (link.severity == 2)
    incident.advisory += sign * (link.severity <= 1)
    if link.cause not in (LEGS, DOCKS):
        incident.value_at_risk_cents += sign * link.risk
        incident.loss_cents_per_h += sign * link.loss


@kernel
def reach(known, incident, link, sign, now):
    """Count what a deviation is about in, or out: once, however many of the incident's deviations are about it."""
    reached = known.reached.rows[upsert(known.reached, pair(incident.key, link.subject))]
    before = reached.members
    reached.members += sign
    reached.keep_until = now if reached.members == 0 else -1
    if before == 0 or reached.members == 0:
        incident.legs += sign * (link.cause == LEGS)
        incident.visits += sign * (link.cause == DOCKS)
        incident.lines += sign * (link.cause == LINES)


@kernel
def hang(known, incident, link, now):
    """Put a deviation first among those of an incident, and count it."""
    link.incident, link.before, link.after = incident.key, UNKNOWN, incident.first
    if incident.first != UNKNOWN:
        known.links.rows[find(known.links, incident.first)].before = link.key
    incident.first = link.key
    incident.members += 1
    weigh(incident, link, 1)
    reach(known, incident, link, 1, now)


@kernel
def unhang(known, incident, link, now):
    """Take a deviation out of its incident."""
    incident.members -= 1
    weigh(incident, link, -1)
    reach(known, incident, link, -1, now)
    if link.before != UNKNOWN:
        known.links.rows[find(known.links, link.before)].after = link.after
    else:
        incident.first = link.after
    if link.after != UNKNOWN:
        known.links.rows[find(known.links, link.after)].before = link.before
    link.incident, link.before, link.after = UNKNOWN, UNKNOWN, UNKNOWN


@kernel
def tell_member(known, link, now, is_over):
    """Say which incident a deviation belongs to."""
    member = known.members.rows[upsert(known.members, link.key)]
    member.incident, member.joined_at = link.incident, now
    member.keep_until = now + KEEP if is_over else -1


@kernel
def next_act_by(known, incident, now):
    """The first moment still ahead by which one of the deviations wants an act; -1 if there is none."""
    first = np.int64(-1)
    key = incident.first
    while key != UNKNOWN:
        link = known.links.rows[find(known.links, key)]
        if link.act_by > now and (first < 0 or link.act_by < first):
            first = link.act_by
        key = link.after
    return first


@kernel
def settle(known, i, now):
    """Bring what follows from the counts up to date."""
    incident = known.incidents.rows[i]
    incident.loss_cents_per_min = incident.loss_cents_per_h / 60.0
    incident.severity = 3 if incident.critical > 0 else 2 if incident.warning > 0 else 1
    incident.closed_at, incident.keep_until = -1, -1
    if incident.members == 0:
        incident.severity, incident.act_by = 0, -1
        incident.closed_at, incident.keep_until = now, now + KEEP
        look_at(known.incidents, i, np.int64(-1))


@kernel
def hear(known, i, act_by, now):
    """An act_by that comes before the incident's own takes its place."""
    incident = known.incidents.rows[i]
    if act_by > now and (incident.act_by <= now or act_by < incident.act_by):
        incident.act_by = act_by
        look_again(known, i, act_by)


@kernel
def miss(known, i, act_by, now):
    """The deviation whose act_by was the incident's has gone, or has another one: who is next is seen in a minute.

    To see it at once would walk through all members for each that goes.
    """
    if act_by >= 0 and act_by == known.incidents.rows[i].act_by:
        look_again(known, i, now + clock.MINUTE)


@kernel
def look_again(known, i, moment):
    """Look at an incident at that moment, unless it is looked at before."""
    before = known.incidents.rows[i].look_at
    if before < 0 or moment < before:
        look_at(known.incidents, i, moment)


@kernel
def per_h(a):
    """What an hour of waiting costs, in whole cents, so that sums stay exact; 0 where nobody knows."""
    return np.int64(a.loss * 60.0 + 0.5) if a.loss >= 0 else np.int64(0)


@kernel
def see(link, a):
    """What counts of a deviation."""
    link.severity, link.risk, link.loss, link.act_by = a.severity, max(a.risk, 0), per_h(a), a.act_by


@kernel
def join(known, a, cause, now):
    """A deviation opens: it joins the incident of what is to blame."""
    to_blame, place = blame(known, a, cause, now)
    if cause == WEATHER:
        turn_bad(known, place, now)
    i = incident_of(known, to_blame, place, now)
    incident = known.incidents.rows[i]
    link = known.links.rows[upsert(known.links, a.id)]
    link.alarm, link.subject, link.cause, link.place, link.keep_until = a.key, a.subject, cause, place, -1
    see(link, a)
    hang(known, incident, link, now)
    incident.opened += 1
    tell_member(known, link, now, False)
    hear(known, i, link.act_by, now)
    settle(known, i, now)


@kernel
def turn_bad(known, site, now):
    """The weather of a site is to blame from now on, anew if it was not: also for what is open of the legs there."""
    weather = known.blames.rows[upsert(known.blames, pair(np.uint64(WEATHER), site))]
    if weather.bad_until < now:
        weather.incident, weather.hazards = UNKNOWN, 0
    weather.hazards += 1
    weather.bad_until = FOREVER
    b = find(known.blames, pair(np.uint64(LEGS), site))
    i = find(known.incidents, known.blames.rows[b].incident) if b >= 0 else -1
    if i >= 0 and known.incidents.rows[i].closed_at < 0:
        absorb(known, i, incident_of(known, np.int64(WEATHER), site, now), now)


@kernel
def absorb(known, i, into, now):
    """All deviations of one incident move to another one."""
    source, goal = known.incidents.rows[i], known.incidents.rows[into]
    touch(known.incidents, i)
    while source.first != UNKNOWN:
        link = known.links.rows[find(known.links, source.first)]
        unhang(known, source, link, now)
        hang(known, goal, link, now)
        goal.opened += 1
        tell_member(known, link, now, False)
        hear(known, into, link.act_by, now)
    source.merged_into = goal.key
    settle(known, i, now)
    settle(known, into, now)


@kernel
def change(known, l, a, now):
    """A deviation stays open, perhaps with other figures."""
    link = known.links.rows[l]
    if (link.severity, link.risk, link.loss, link.act_by) == (a.severity, max(a.risk, 0), per_h(a), a.act_by):
        return
    i = find(known.incidents, link.incident)
    touch(known.incidents, i)
    incident, before = known.incidents.rows[i], link.act_by
    weigh(incident, link, -1)
    see(link, a)
    weigh(incident, link, 1)
    if before != link.act_by:
        miss(known, i, before, now)
        hear(known, i, link.act_by, now)
    settle(known, i, now)


@kernel
def leave(known, l, now):
    """A deviation is over: its incident goes on without it, or is over too."""
    link = known.links.rows[l]
    i = find(known.incidents, link.incident)
    touch(known.incidents, i)
    if link.cause == WEATHER:
        weather = known.blames.rows[find(known.blames, pair(np.uint64(WEATHER), link.place))]
        weather.hazards -= 1
        if weather.hazards <= 0:
            weather.bad_until = now + LINGERS
    tell_member(known, link, now, True)
    unhang(known, known.incidents.rows[i], link, now)
    link.keep_until = now
    miss(known, i, link.act_by, now)
    settle(known, i, now)


@kernel
def take(known, alarms, numbers, now):
    """Take in each alarm that was touched, causes that lie upstream first."""
    for cause in range(HOW_MANY):
        for n in numbers:
            a = alarms.rows[n]
            if a.openings == 0 or cause_in(known, a.kind) != cause:
                continue
            l = find(known.links, a.id)
            is_in = l >= 0 and known.links.rows[l].incident != UNKNOWN
            if a.open and not is_in:
                join(known, a, np.int64(cause), now)
            elif a.open:
                change(known, l, a, now)
            elif is_in:
                leave(known, l, now)


@kernel
def pass_time(known, numbers, now):
    """The act_by of these incidents has passed, or has gone: the next one counts."""
    for i in numbers:
        touch(known.incidents, i)
        incident = known.incidents.rows[i]
        incident.act_by = next_act_by(known, incident, now)
        look_at(known.incidents, i, incident.act_by)


@kernel
def let_go(known, alarms, now):
    """Take out deviations that are not open any more, though nobody has touched them."""
    for l in range(known.links.meta[0]):
        link = known.links.rows[l]
        if link.incident == UNKNOWN:
            continue
        n = find(alarms, link.alarm)
        if n < 0 or not alarms.rows[n].open or alarms.rows[n].id != link.key:
            leave(known, l, now)


TAKE: Final = Direct(take)


class Incidents(Step):
    """Tables `incidents` and `members` (which incident each deviation belongs to)."""

    publishes: ClassVar = ("incidents", "members")
    keeps: ClassVar = (("links", LINK), ("reached", REACHED), ("blames", BLAME))

    def __init__(
        self, saved: Mapping[str, bytes] | None, kinds: Sequence[str], alarms: Table, legs: Table, lines: Table,
        connections: Table,
    ) -> None:  # fmt: skip
        super().__init__(saved)
        self.alarms, self.legs, self.lines, self.connections = alarms, legs, lines, connections
        self.kinds = np.array([ids.of("deviation", kind) for kind in kinds], "u8")
        self.speaks = np.array([CAUSE.get(kind.split(".")[0], OTHER) for kind in kinds], "u1")
        self.mask = ALL

    def concerns(self, work: Work) -> bool:
        """Alarms that were touched, incidents whose act_by has come."""
        return bool(self.alarms.touched().size) or self.tables["incidents"].next_look() <= work.now

    def room(self, work: Work) -> int:
        """An alarm may begin two incidents, its own and that of weather which takes another over."""
        return 3 * int(self.alarms.touched().size) + 1

    def begin(self, work: Work) -> None:
        """Weather that takes incidents over reaches all that they reached."""
        super().begin(work)
        self.tables["reached"].reserve(len(self.tables["reached"]))

    def run(self, work: Work) -> None:
        """Time first, then what the judge has said."""
        known = self.known()
        if (due := self.tables["incidents"].due(work.now)).size:
            pass_time(known, due, work.now)
        if (numbers := self.alarms.touched()).size:
            TAKE.call(known, self.alarms.t, numbers, work.now)

    def known(self) -> Known:
        """The tables as they are now: they are held anew when they grow."""
        own = self.tables
        return Known(self.legs.t, self.lines.t, own["incidents"].t, own["members"].t, own["links"].t, own["reached"].t,
                     own["blames"].t, self.kinds, self.speaks, self.connections.t)  # fmt: skip

    def activate(self, work: Work) -> None:
        """Another build may have closed what no rule owns any more."""
        let_go(self.known(), self.alarms.t, work.now)
        super().activate(work)
