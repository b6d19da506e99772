"""Net: the contracted residual graph of an allocation: resources as nodes, the cheapest move between two as their arc.

Lines are many and resources few, so the dual lives among the resources: node v < D is a resource, D is "unserved",
D + 1 the sink. An arc u -> v weighs what the cheapest line at u pays for going to v; it is the head of a skew heap
(Sleator and Tarjan 1986) that holds the near ties only: all moves with a key of at most `reach[u, v]`.

Costs are scaled, with a hash of (line, resource) in the low bits: no two plans cost the same, so there is one optimum
and it is an optimum in cents, since a cycle among the resources moves at most D + 2 lines.
"""

from typing import Any, Final, NamedTuple

import numpy as np

from operators.allocation.lines import ABSENT
from tower.compiled import lean
from tower.pairing import scramble

SCALE_BITS: Final = 37
HASH_BITS: Final = 26
MOST_RESOURCES: Final = (1 << (SCALE_BITS - HASH_BITS - 1)) - 3
"""In one net: the hashes of a path through all of them must stay below half a cent."""
FAR: Final = 1 << 61
"""What an option costs that there is not."""
WHOLE: Final = 1 << 60
"""The reach that leaves no arc out."""
OUT: Final = -1
"""Where a line is that takes no part."""

TIE: Final = np.dtype([("key", "i8"), ("line", "i4"), ("slot", "i4"), ("left", "i4"), ("right", "i4")])
"""A move that line `line` may make by option `slot`, and what it would pay for that."""

(USED, WIDTH, LINES, AUGMENTED, REBUILT, SCANNED) = range(6)


class Net(NamedTuple):
    """option, cost: (N, K + 1), the last column is "unserved". at: (N,) the option taken, or OUT.

    price: (D + 2,) potentials. room: (D,). load, flow: (D + 1,). excess: (D + 2,) what has yet to move.
    root, reach, weight: (D + 1, D + 1). ties: (M,) the heaps' nodes, rows of TIE.
    distance, parent, settled: (D + 2,) the search's own. meta: counts.
    """

    option: Any
    cost: Any
    at: Any
    price: Any
    room: Any
    load: Any
    flow: Any
    excess: Any
    root: Any
    reach: Any
    weight: Any
    ties: Any
    distance: Any
    parent: Any
    settled: Any
    meta: Any


def empty(lines: int, options: int, resources: int, nodes: int) -> Net:
    """A net without lines that has room for so many, all of them OUT."""
    d = resources
    return Net(
        np.full((lines, options + 1), d, "i4"), np.full((lines, options + 1), FAR, "i8"), np.full(lines, OUT, "i4"),
        np.zeros(d + 2, "i8"), np.zeros(d, "i8"), np.zeros(d + 1, "i8"), np.zeros(d + 1, "i8"), np.zeros(d + 2, "i8"),
        np.full((d + 1, d + 1), -1, "i4"), np.zeros((d + 1, d + 1), "i8"), np.full((d + 1, d + 1), FAR, "i8"),
        np.zeros(nodes, TIE), np.zeros(d + 2, "i8"), np.zeros(d + 2, "i8"), np.zeros(d + 2, "?"), np.zeros(6, "i8"),
    )  # fmt: skip


def with_nodes(net: Net, nodes: int) -> Net:
    """The same with another pool of heap nodes, to be built anew."""
    return net._replace(ties=np.zeros(nodes, TIE))


def with_lines(net: Net, lines: int) -> Net:
    """The same with room for more lines."""
    more = empty(lines - len(net.at), net.option.shape[1] - 1, len(net.room), 0)
    return net._replace(**{name: np.concatenate([getattr(net, name), getattr(more, name)]) for name in LINEWISE})


LINEWISE: Final = ("option", "cost", "at")


@lean
def tie(key, resource):
    """The bits that break ties between plans of equal cost."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(resource + 2) * np.uint64(0xD1342543DE82EF95)
    return np.int64(scramble(mixed) >> np.uint64(64 - HASH_BITS))


@lean
def is_worse(option, cost, k):
    """Whether another option at the same resource comes before option k."""
    for other in range(option.size):
        if other != k and option[other] == option[k] and (cost[other], other) < (cost[k], k):
            return True
    return False


@lean
def scale(key, option, cost, unserved, ids, resources, wide_option, wide_cost):
    """Fill rows of a net: costs of options (n, K) and of staying unserved (n,), scaled, each with its tie bits."""
    for i in range(key.size):
        scale_one(key[i], option[i], cost[i], unserved[i], ids, resources, wide_option[i], wide_cost[i])


@lean
def scale_one(key, option, cost, unserved, ids, resources, wide_option, wide_cost):
    """The same for one line: of two options at one resource the cheaper remains, or the first."""
    K = option.size
    for k in range(K):
        j = option[k]
        wide_option[k] = resources
        wide_cost[k] = FAR
        if j != ABSENT and not is_worse(option, cost, k):
            wide_option[k] = j
            wide_cost[k] = (cost[k] << SCALE_BITS) + tie(key, ids[j])
    wide_option[K] = resources
    wide_cost[K] = (unserved << SCALE_BITS) + tie(key, ABSENT)
