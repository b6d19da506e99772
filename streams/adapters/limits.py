"""What a message may be at most. Beyond, it is rejected by name; nothing is ever cut to fit."""

from typing import Final

from tower import ids
from tower.envelope import MESSAGE_MOST

MESSAGE: Final = MESSAGE_MOST
"""Bytes of a message."""
EVENTS: Final = 1 << 18
"""Events of a message: more than fit into one if each is acceptable, so only nonsense meets it."""
DEPTH: Final = 32
"""Objects and lists inside each other, the event itself included."""
NAME: Final = ids.LONGEST
"""Bytes of a name or an id."""
TEXT: Final = 1000
"""Bytes of free text."""
WHOLE: Final = (1 << 63) - 1
"""The largest whole number."""
LATEST: Final = 253_402_300_799_999
"""The last moment that RFC 3339 can write: the end of the year 9999."""
