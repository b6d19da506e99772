"""The plain twin of the exact solver: lines come one by one, each by the cheapest chain of moves (Bellman and Ford)."""

from typing import Any

from operators.allocation.lines import ABSENT, Lines
from operators.allocation.net import HASH_BITS, SCALE_BITS

_ALL = (1 << 64) - 1


def solve(lines: Lines, room: list[int], ids: list[int]) -> list[int]:
    """The option that each line takes, or ABSENT, in the one optimum; frozen lines first take what they hold."""
    left = list(room)
    taken = [ABSENT] * len(lines)
    moves = costs(lines, ids)
    for i in range(len(lines)):
        if lines.frozen[i]:
            taken[i] = int(lines.current[i])
            if taken[i] != ABSENT:
                left[lines.option[i, taken[i]]] -= 1
    left = [max(0, units) for units in left]
    here: dict[int, int] = {}
    for i in range(len(lines)):
        if not lines.frozen[i]:
            _enter(i, here, left, moves)
    for i, resource in here.items():
        if resource != ABSENT:
            taken[i] = moves[i][resource][1]
    return taken


def costs(lines: Lines, ids: list[int]) -> list[dict[int, tuple[int, int]]]:
    """What each line pays at each resource, ABSENT being unserved, tie bits included, and by which option."""
    charged, unserved = lines.charged()
    found: list[dict[int, tuple[int, int]]] = []
    for i in range(len(lines)):
        key = int(lines.key[i])
        at = {ABSENT: ((int(unserved[i]) << SCALE_BITS) + tie(key, ABSENT), ABSENT)}
        for k, j in enumerate(lines.option[i].tolist()):
            if j != ABSENT:
                cost = (int(charged[i, k]) << SCALE_BITS) + tie(key, ids[j])
                at[j] = min(at.get(j, (cost, k)), (cost, k))
        found.append(at)
    return found


def tie(key: int, resource: int) -> int:
    """As `net.tie`."""
    z = (key * 0x9E3779B97F4A7C15 + (resource + 2) * 0xD1342543DE82EF95) & _ALL
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _ALL
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _ALL
    return (z ^ (z >> 31)) >> (64 - HASH_BITS)


def _enter(i: int, here: dict[int, int], left: list[int], moves: list[dict[int, tuple[int, int]]]) -> None:
    """Line i comes in by the cheapest chain: it takes a place, whoever is there takes another, until one is free."""
    reach = {j: (cost, i, -2) for j, (cost, _) in moves[i].items()}
    changed = True
    while changed:
        changed = False
        for line, u in here.items():
            if u not in reach or u == ABSENT:
                continue
            for v, (cost, _) in moves[line].items():
                price = reach[u][0] + cost - moves[line][u][0]
                if v != u and (v not in reach or price < reach[v][0]):
                    reach[v] = (price, line, u)
                    changed = True
    end = min((j for j in reach if j == ABSENT or left[j] > 0), key=lambda j: reach[j][0])
    if end != ABSENT:
        left[end] -= 1
    while end != -2:
        _, line, before = reach[end]
        here[line] = end
        end = before


def total(lines: Lines, taken: list[int]) -> int:
    """What a plan costs with switching, in cents."""
    charged, unserved = lines.charged()
    return sum(int(unserved[i] if k == ABSENT else charged[i, k]) for i, k in enumerate(taken))


def values(lines: Lines, room: list[int], ids: list[int]) -> tuple[list[int], list[int]]:
    """What the last unit of each resource saves and the next would, by their definition: by solving again without."""
    found: tuple[list[int], list[int]] = ([], [])
    best = total(lines, solve(lines, room, ids))
    load: list[Any] = [0] * len(room)
    for i, k in enumerate(solve(lines, room, ids)):
        if k != ABSENT:
            load[lines.option[i, k]] += 1
    for j in range(len(room)):
        for change, told in zip((-1, 1), found, strict=True):
            other = [units + change * (x == j) for x, units in enumerate(room)]
            idle = load[j] < room[j] or min(other) < 0
            told.append(0 if idle else abs(total(lines, solve(lines, other, ids)) - best))
    return found
