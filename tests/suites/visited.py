"""Visited: what happens to visits, as docks tell it, and what was predicted of them."""

import numpy as np

from tests.suites.story import Event, Story, at, event

AT_GATE, AT_DOOR = 3, 4
"""Moments of predictions about visits."""


def visit(moment: str, when: float, name: str, **more: object) -> Event:
    """Something that happened to a visit."""
    return event(f"visit.{moment}", when, visit=name, **more)


def booked(name: str, start: float, site: str = "A", **more: object) -> Event:
    """One that is to come then, for an hour."""
    window = {"window_start": at(start), "window_end": at(start + 60)}
    return visit("booked", -600, name, site=site, dock_group="g", work_min=30.0, **window, **more)


def rows_of(story: Story, moment: int) -> np.ndarray:
    """The questions of a moment, in the order in which they were asked."""
    rows = story.table("predictions")
    rows = rows[rows["moment"] == moment]
    return rows[np.argsort(rows["issued_at"], kind="stable")]
