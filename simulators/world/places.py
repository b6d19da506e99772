"""Places: pickers and doors of a site, a queue before each, smallest key first."""

from simulators.world import docks, lines
from simulators.world.heap import pop, push
from simulators.world.rows import FULL, PICKERS, W
from tower.table import kernel


@kernel
def ask(w: W, place: int, job: int, key: int) -> None:
    """A job waits for a place."""
    waiting = w.places[place].waiting
    if w.queue_first[place] + waiting >= w.queue_first[place + 1]:
        w.clock[FULL] = 1 + place
    else:
        push(w.queue, w.queue_first[place], waiting, key, job)
        w.places[place].waiting += 1
        serve(w, place)


@kernel
def ask_again(w: W, place: int, job: int, key: int) -> None:
    """A job that waits already takes another turn; one that does not stays away."""
    first, waiting = w.queue_first[place], w.places[place].waiting
    for i in range(waiting):
        if w.queue[first + i].job == job:
            last = w.queue[first + waiting - 1]
            w.queue[first + i].key, w.queue[first + i].job = last.key, last.job
            for size in range(waiting - 1):
                push(w.queue, first, size, w.queue[first + size].key, w.queue[first + size].job)
            push(w.queue, first, waiting - 1, key, job)
            return


@kernel
def give_back(w: W, place: int) -> None:
    """One is free again."""
    w.places[place].busy -= 1
    serve(w, place)


@kernel
def serve(w: W, place: int) -> None:
    """Start waiting jobs while there is room."""
    while w.places[place].waiting > 0 and w.places[place].busy < w.places[place].cap:
        _, job = pop(w.queue, w.queue_first[place], w.places[place].waiting)
        w.places[place].waiting -= 1
        if place & 3 == PICKERS:
            lines.start_pick(w, place, job)
        else:
            docks.take_door(w, place, job)
