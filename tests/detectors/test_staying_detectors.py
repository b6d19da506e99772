"""What is predicted of visits is told before it happens, while there is time; the ledger says that it was used."""

from detectors import visit_lingering, visit_slow
from operators.chain import State
from operators.step import Step
from streams.control import make
from tests.suites.story import Story
from tests.suites.visited import AT_DOOR, AT_GATE, booked, rows_of, visit

OPENED, CHANGED, CLOSED = range(3)
VISITS, EACH = 300, 4
USED = 1


def steps(saved: State) -> list[Step]:
    """The chain up to the judge, who has two rules."""
    found = make(saved, [visit_lingering.DETECTOR, visit_slow.DETECTOR])
    return found[: 1 + next(i for i, step in enumerate(found) if step.name == "judge")]


def test_a_site_where_all_stay_too_long_is_told_of_as_they_come_and_no_more_when_it_is_so() -> None:
    """Free for two hours, booked at the door for one of them half; they stay for three, and work for two."""
    story, told = Story(steps), []
    for n in range(VISITS):
        come, name = 10.0 + EACH * n, f"V{n}"
        told += [(come - 5, booked(name, come)), (come, visit("arrived", come, name)),
                 (come + 30, visit("docked", come + 30, name, door=f"D{n % 50}")),
                 (come + 150, visit("finished", come + 150, name)),
                 (come + 180, visit("left", come + 180, name))]  # fmt: skip
    for minute, one in sorted(told, key=lambda part: part[0]):
        story.tell(minute, one)
    story.wait(10 + EACH * VISITS + 300)
    for kind, moment, limit in (("visit.lingering", AT_GATE, 120), ("visit.slow", AT_DOOR, 30)):
        said = story.deviations(kind)
        opened = [value for status, _, value in said if status == OPENED]
        assert len(opened) > 60
        assert len([1 for status, _, _ in said if status == CLOSED]) == len(opened)
        rows = rows_of(story, moment)
        used = rows[rows["used_by"] == USED]
        assert len(used) >= len(opened)
        assert abs(opened[-1] - (rows["label_min"].max() - limit)) < 20
        assert (used["version"] >= 100).all()
