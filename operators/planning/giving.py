"""Giving: who holds goods that another line can have nowhere else gives them up, where he can have his elsewhere.

Destinations are planned apart, and goods tie them together: a site is the only one with legs to some places, and what
lies there goes to lines that any site could serve. Whoever could serve himself elsewhere is weighed with what the other
loses by going without: so he moves where that costs less, and stays where it does not.
"""

import numpy as np

from operators.planning.rows import BOOKED, OPEN
from operators.planning.weighing import left_for_good
from tower.table import Direct, kernel


@kernel
def give_way(wants, order, plays, hubs, reach, spare, free, taken, allow, money):
    """Write into `gives` of lines that hold goods what it costs that another one goes without; 0 for all others.

    order, free, taken, allow, reach: as `goods.ration` has them, when it is done. plays: (n,) who may be decided anew.
    spare: (G, H) whether a leg with a seat that nobody holds goes from a hub to each goal, and can still be moved onto.
    """
    for i in range(wants.size):
        wants[i].gives = 0
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and wants[order[end]].shelf == wants[order[begin]].shelf:
            end += 1
        for i in order[begin:end]:
            if is_without(wants[i], hubs, reach, allow[i]):
                giver = giver_of(wants, order[begin:end], i, plays, hubs, reach, spare, free, taken, allow)
                if giver >= 0:
                    wants[giver].gives = left_for_good(wants[i], money)
        begin = end


@kernel
def is_without(want, hubs, reach, allow):
    """Whether a line that is on no leg has legs to take, and goods at none of the sites that they leave from."""
    goes = False
    for h in range(hubs.size):
        if reach[want.at_goal, h]:
            goes = True
            if allow[h]:
                return False
    return goes and want.stand == OPEN


@kernel
def giver_of(wants, same, i, plays, hubs, reach, spare, free, taken, allow):
    """Who is to give way to line i, of the lines that want the same article; -1: nobody."""
    best = np.int64(-1)
    for h in range(hubs.size):
        if not reach[wants[i].at_goal, h]:
            continue
        lacks = wants[i].quantity - max(np.int64(0), free[wants[i].shelf, h] - taken[wants[i].shelf, h])
        for k in same:
            one = wants[k]
            holds = one.stand == BOOKED and one.place == hubs[h] and one.quantity >= lacks
            can = holds and plays[k] and one.gives == 0 and has_another(one, h, hubs, spare, allow[k])
            if can and (best < 0 or gives_sooner(one, wants[best])):
                best = np.int64(k)
    return best


@kernel
def has_another(want, but, hubs, spare, allow):
    """Whether a line finds goods, and a seat that nobody holds, at another site."""
    for h in range(hubs.size):
        if h != but and allow[h] and spare[want.at_goal, h]:
            return True
    return False


@kernel
def gives_sooner(a, b):
    """Whether line a gives way before line b: it frees less, is of a cheaper class, has more time."""
    if a.quantity != b.quantity:
        return a.quantity < b.quantity
    if a.priority != b.priority:
        return a.priority > b.priority
    if a.promised_by != b.promised_by:
        return a.promised_by > b.promised_by
    return a.key < b.key


GIVE_WAY = Direct(give_way)
