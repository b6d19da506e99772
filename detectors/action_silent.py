"""An action that left the tower and that nobody has answered by the moment its lines go to the pickers."""

from detectors.rule import Detector, Rule
from detectors.signals import signal
from tower.ids import UNKNOWN
from tower.table import kernel

RULE = Rule("action.silent", up=0, down=0, warning=0, critical=60, unit="min", grows=True,
            why="no answer for {value:.0f} min more than there was time for")  # fmt: skip
SENT = 0


@kernel
def look(actions, numbers, now, rule, signals):
    """Active from the moment an answer is missed until one comes."""
    for i in numbers:
        action = actions.rows[i]
        active = 1.0 if action.state == SENT and 0 <= action.silent_at <= now else 0.0
        signal(signals, rule, action.key, UNKNOWN, action.silent_at, active, now, action.position, 0)


DETECTOR = Detector(RULE, "actions", look)
