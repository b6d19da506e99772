"""Crews: how many work at a site's doors from which minute on, by the rosters and by who has come."""

from collections.abc import Iterable
from typing import Final

from operators.allocation.visits import LIMIT
from operators.yards.standing import Shift
from tower import clock

Steps = list[tuple[int, int]]
"""(from, crews): in order, the last for ever; crews are there until the next."""
EVER: Final = LIMIT


def on_shift(shifts: Iterable[Shift], base: int) -> Steps | None:
    """Crews by minutes after `base` (ms), from then on; None where nobody has ever told of any.

    After the last shift that is told, crews are taken to be as many as they were last.
    """
    told = [span for shift in shifts if shift.works for span in spans(shift, base)
            if span[0] < span[1]]  # fmt: skip
    if not told:
        return None
    edges = sorted({0, *(max(0, at) for since, until, _ in told for at in (since, until) if at < EVER)})
    found = [(at, sum(crews for since, until, crews in told if since <= at < until)) for at in edges]
    if found[-1][1] == 0:
        over = max((until, crews) for _, until, crews in told)[1]
        found[-1] = found[-1][0], next((crews for _, crews in reversed(found) if crews), over)
    return found


def spans(shift: Shift, base: int) -> Iterable[tuple[int, int, int]]:
    """(from, until, crews) of a shift: as rostered, but from when who has come was told as many as came."""
    start, end = up(shift.start - base), (shift.end - base) // clock.MINUTE
    if shift.present_at < 0:
        yield start, end, shift.rostered_crews
        return
    since, until = up(shift.present_at - base), (shift.until - base) // clock.MINUTE
    if shift.until < 0:
        until = EVER if shift.start < 0 else end if start <= since else start
    yield since, until, max(0, shift.came)
    if shift.rostered_crews >= 0:
        yield start, min(end, since), shift.rostered_crews
        yield max(start, until), end, shift.rostered_crews


def less(steps: Steps, busy: Iterable[tuple[int, int]]) -> Steps:
    """What is left where somebody is worked from, until."""
    held = list(busy)
    edges = sorted({at for at, _ in steps} | {max(0, at) for span in held for at in span})
    return [(at, max(0, at_of(steps, at) - sum(since <= at < until for since, until in held))) for at in edges]


def at_of(steps: Steps, minute: int) -> int:
    """Crews in that minute."""
    return [crews for at, crews in steps if at <= minute][-1]


def off(steps: Steps, most: int) -> tuple[int, list[tuple[int, int, int]]]:
    """As the search wants it: how many crews, at most so many; (crew, from, to): when each is off.

    >>> off([(0, 2), (60, 1), (90, 2)], 20)
    (2, [(1, 60, 90)])
    """
    crews = min(most, max(count for _, count in steps))
    ends = [at for at, _ in steps[1:]] + [EVER]
    return max(1, crews), [(crew, at, end) for crew in range(max(1, crews))
                           for (at, count), end in zip(steps, ends, strict=True) if count <= crew]  # fmt: skip


def up(ms: int) -> int:
    """Whole minutes, a begun one counted."""
    return -(-ms // clock.MINUTE)
