"""Two visits at one door, or one at a door that is closed."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.table import kernel

RULE = Rule("door.conflict", up=2, down=2, warning=2, critical=3, unit="visits", on_delay_s=300,
            why="{value:.0f} visits hold one open door, or one a closed door")  # fmt: skip


@kernel
def look(doors, numbers, now, rule, signals):
    """How many stand there, one more where the door is closed."""
    for i in numbers:
        door = doors.rows[i]
        closed = door.closed_at > door.opened_at
        value = door.occupants + 1.0 if closed and door.occupants > 0 else float(door.occupants)
        since = max(door.changed_at, door.closed_at if closed else -1)
        signal(signals, rule, door.key, door.site, since, value, since, max(door.position, door.closed_position), -1)


DETECTOR = Detector(RULE, "doors", look)
