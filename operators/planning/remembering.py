"""Remembering: what was found for an article is found again without work, as long as nothing of it has changed.

Articles are shared out each for itself. All that one depends on - its lines, what is free, the legs that bring it there
first - is hashed; where that is as it was, what was found holds. So what is found never depends on what is remembered.
"""

from typing import Any, NamedTuple

import numpy as np

from operators.planning.rows import NOWHERE
from tower.pairing import pair, scramble
from tower.table import Direct, kernel


class Memory(NamedTuple):
    """Of S articles, and of L lines as they were in line then, article after article.

    marks: (S,) hash of all that an article's share depends on. begins: (S,) where its lines begin. allow: (L, H) and
    gives: (L,), last and following: (S, H) what was found. rounds: (S,) of prices that it was given. cells: (S,) that
    it took of the budget.
    """

    marks: Any
    begins: Any
    allow: Any
    gives: Any
    last: Any
    following: Any
    rounds: Any
    cells: Any


def blank_memory(articles: int, sites: int, lines: int = 0) -> Memory:
    """Room to remember that; nothing is as in it."""
    marks, (begins, rounds, cells) = np.zeros(articles, "u8"), np.zeros((3, articles), "i8")
    last, following = np.zeros((2, articles, sites), "i8")
    return Memory(marks, begins, np.zeros((lines, sites), "?"), np.zeros(lines, "i8"), last, following, rounds, cells)


def for_articles(before: Memory, articles: int) -> Memory:
    """The same where there are more articles by now, of which nothing is known."""
    more = articles - before.marks.size
    if not more:
        return before
    return before._replace(**{
        name: np.concatenate([column, np.zeros((more, *column.shape[1:]), column.dtype)])
        for name, column in before._asdict().items() if name not in ("allow", "gives")
    })  # fmt: skip


@kernel
def mark_ways(ways, first, reach, at_leg, at_goal):
    """Fill at_leg (m,) and at_goal (G,): hashes of a leg, and of the legs that bring goods to a place first."""
    for j in range(ways.size):
        at_leg[j] = pair(np.uint64(ways[j].arr), np.uint64(ways[j].freight))
    for g in range(at_goal.size):
        mark = np.uint64(0)
        for h in range(reach.shape[1]):
            mark = pair(mark, np.uint64(reach[g, h]))
            for who in range(2):
                mark = pair(mark, at_leg[first[g, h, who]] if first[g, h, who] != NOWHERE else np.uint64(1))
        at_goal[g] = mark


@kernel
def mark_line(mark, want, plays, legs):
    """The hash `mark` with a line more, as far as its goods depend on it. legs: a hash of those that it may go by."""
    flags = np.uint64(want.stand) | np.uint64(want.is_off) << np.uint64(8) | np.uint64(plays) << np.uint64(16)
    mark = scramble(mark ^ want.key ^ (flags | np.uint64(want.priority) << np.uint64(24)))
    mark = scramble(mark ^ np.uint64(want.quantity) << np.uint64(32) ^ np.uint64(want.loads))
    mark = scramble(scramble(mark ^ np.uint64(want.promised_by)) ^ np.uint64(want.value_cents))
    return scramble(mark ^ want.place ^ legs)


@kernel
def mark(wants, order, at, plays, at_leg, at_goal, free, others, marks, begins):
    """Fill marks (S,) and begins (S,) for the articles in `order`, marks with nought for all others.

    at_leg, at_goal: as `mark_ways` has them; the rest as in `allotting`.
    """
    marks[:] = 0
    for n in range(order.size):
        want = wants[order[n]]
        s = want.shelf
        if n == 0 or wants[order[n - 1]].shelf != s:
            begins[s], marks[s] = n, want.sku
            for h in range(free.shape[1]):
                marks[s] = pair(pair(marks[s], np.uint64(free[s, h])), np.uint64(others[s, h]))
        legs = at_goal[want.at_goal] ^ (at_leg[at[order[n]]] if at[order[n]] != NOWHERE else np.uint64(1))
        marks[s] = mark_line(marks[s], want, plays[order[n]], legs)


@kernel
def recall(wants, order, is_new, begins, before, allow):
    """Fill allow (n, H) and `gives` of `wants` for lines of articles that are as they were. begins: (S,) where these
    are in `order`, before: the memory.
    """
    for n in range(order.size):
        i = order[n]
        s = wants[i].shelf
        if not is_new[s]:
            was = before.begins[s] + n - begins[s]
            wants[i].gives = before.gives[was]
            for h in range(allow.shape[1]):
                allow[i, h] = before.allow[was, h]


@kernel
def keep(wants, order, allow, memory):
    """Write what was found for the lines of `order` into the memory."""
    for n in range(order.size):
        memory.gives[n] = wants[order[n]].gives
        for h in range(allow.shape[1]):
            memory.allow[n, h] = allow[order[n], h]


@kernel
def new_of(wants, order, is_new, some):
    """Fill `some` with the lines of `order` of articles that are new; how many."""
    count = 0
    for i in order:
        if is_new[wants[i].shelf]:
            some[count] = i
            count += 1
    return count


MARK_WAYS, MARK, RECALL, KEEP, NEW_OF = Direct(mark_ways), Direct(mark), Direct(recall), Direct(keep), Direct(new_of)
