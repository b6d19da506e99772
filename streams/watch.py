"""Watch: notices when the clock of those who stamp messages has jumped."""

from typing import Final

from tower import clock
from tower.errors import ClockJumped

MOST: Final = 5 * clock.MINUTE
"""How far stamps may run ahead of what can have passed."""
FIX: Final = "set that clock right; then send an event of kind clock.accepted to let time go on as it is stamped"


class Watch:
    """Two bounds on `now`: the wall clock here, and, once ingest has caught up, the time that steadily passes here.

    A gap while ingest, or everything, was down is no jump: nobody counted the time then.
    """

    def __init__(self, now: int, wall: int) -> None:
        self._ahead = max(0, now - wall)
        self._seen: tuple[int, float] | None = None

    def check(self, moment: int, wall: int, steady: float) -> None:
        """Raises ClockJumped if it cannot be that moment yet."""
        if moment > wall + self._ahead + MOST:
            raise jumped(moment, wall)
        if self._seen is None:
            return
        now, then = self._seen
        if moment > now + int((steady - then) * clock.SECOND) + MOST:
            raise jumped(moment, now)

    def see(self, now: int, steady: float) -> None:
        """Ingest has caught up: it was `now` at that steady moment."""
        self._seen = now, steady

    def accept(self, moment: int, wall: int, steady: float) -> None:
        """Somebody says that time is right as it is."""
        self._ahead = max(0, moment - wall)
        self._seen = self._seen and (moment, steady)


def jumped(moment: int, before: int) -> ClockJumped:
    """The error, with both moments."""
    what = f"clock.jumped: received says {clock.render(moment)}, it cannot be more than a while after"
    return ClockJumped(f"{what} {clock.render(before)}", FIX)
