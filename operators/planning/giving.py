"""Giving: who holds goods that are worth more to another gives them up, where he is to have his from elsewhere.

Destinations are planned apart, and goods tie them together. Who is to have which goods is shared out by article
(`shares`); a line that still holds what another is to have is weighed with what that one loses by going without: so it
moves where that costs less, and stays where it does not.
"""

from operators.allocation.net import FAR
from operators.planning.rows import BOOKED, NOWHERE
from operators.planning.weighing import left_for_good
from tower.table import Direct, kernel


@kernel
def give_way(wants, order, takes, cents, hubs, allow, money):
    """Write into `gives` of lines that hold goods what it costs that another one waits for them; 0 for all others.

    order, allow: as `goods.ration` has them, when it is done. takes, cents: as in `Shares`.
    """
    for i in range(wants.size):
        wants[i].gives = 0
    begin = 0
    while begin < order.size:
        end = begin
        while end < order.size and wants[order[end]].shelf == wants[order[begin]].shelf:
            end += 1
        for i in order[begin:end]:
            if takes[i] != NOWHERE and not allow[i, takes[i]]:
                loss = loss_of(wants[i], cents[i], allow[i], takes[i], money)
                ask(wants, order[begin:end], takes, hubs[takes[i]], takes[i], loss)
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
def ask(wants, same, takes, hub, h, loss):
    """Have the lines of one article that hold goods at that site and are to have others weighed with what is lost."""
    for k in same:
        if wants[k].stand == BOOKED and wants[k].place == hub and takes[k] != NOWHERE and takes[k] != h:
            wants[k].gives = max(wants[k].gives, loss)


GIVE_WAY = Direct(give_way)
