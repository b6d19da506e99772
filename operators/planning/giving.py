"""Giving: who holds goods that are worth more to another gives them up, where he is to have his from elsewhere.

Destinations are planned apart, and goods tie them together. Who is to have which goods is shared out by article
(`shares`); a line that still holds what another is to have is weighed with what that one loses by going without: so it
moves where that costs less, and stays where it does not.
"""

from typing import Final

from operators.allocation.lines import LIMIT_CENTS
from operators.allocation.net import FAR
from operators.planning.rows import BOOKED, NOWHERE
from operators.planning.weighing import left_for_good
from tower.table import Direct, kernel

MOST_CENTS: Final = LIMIT_CENTS // 2
"""A line is weighed with no more than that, so that what it costs on one leg or another can still be told apart."""
LONGEST: Final = 8
"""So many lines in turn pass on what they are asked; those beyond wait for a later plan."""


@kernel
def give_way(wants, order, takes, cents, hubs, allow, money):
    """Write into `gives` of lines that hold goods what it costs that another one waits for them; 0 for all others.

    order, allow: as `goods.ration` has them, when it is done. takes, cents: as in `Shares`. Who is asked for his goods
    and has to wait for others himself passes that on; who has nowhere to go yet is weighed with nothing.
    """
    for i in range(wants.size):
        wants[i].gives = 0
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and wants[order[end]].shelf == wants[order[begin]].shelf:
            end += 1
        same, asked, turns = order[begin:end], True, 0
        while asked and turns < LONGEST:
            asked, turns = False, turns + 1
            for i in same:
                if takes[i] != NOWHERE and not allow[i, takes[i]]:
                    loss = max(loss_of(wants[i], cents[i], allow[i], takes[i], money), 0) + wants[i].gives
                    asked = ask(wants, same, i, takes, hubs[takes[i]], min(loss, MOST_CENTS)) or asked
        for i in same:
            if takes[i] == NOWHERE or not allow[i, takes[i]]:
                wants[i].gives = 0
        begin = end


@kernel
def loss_of(want, cents, allow, h, money):
    """What a line loses that does not get its goods from the h-th site: those sites serve it that it may take from."""
    least = left_for_good(want, money)
    for other in range(cents.size):
        if allow[other] and cents[other] < FAR:
            least = min(least, cents[other])
    return least - cents[h]


@kernel
def ask(wants, same, i, takes, hub, loss):
    """Have the lines of one article that hold goods at the site that line i waits for, and are to have others, weighed
    with what it loses; whether that is more than before of any.
    """
    is_more = False
    for k in same:
        is_holder = k != i and wants[k].stand == BOOKED and wants[k].place == hub
        if is_holder and takes[k] not in (NOWHERE, takes[i]) and wants[k].gives < loss:
            wants[k].gives = loss
            is_more = True
    return is_more


GIVE_WAY = Direct(give_way)
