"""Plans of doors in a replay: proposed as the plan flow does, taken in, and the same whenever it is played."""

from streams import told
from streams.planned import Planned
from streams.replay import Keep, Replay
from tests.suites.small_yard import morning, visit
from tests.suites.story import Event, event
from tower.record import Record


class Held(Keep):
    """Keeps outcomes in memory."""

    def __init__(self) -> None:
        self.outcomes: list[Record] = []

    def __call__(self, record: Record, outcome: Record) -> None:
        self.outcomes.append(outcome)

    def flush(self) -> None:
        pass


def day() -> list[Event]:
    """A morning with trouble; what else happens has nothing to do with it."""
    others = [event("stock.counted", minute, site="EWR", sku="S", on_hand=minute) for minute in range(3, 40)]
    said = [*morning(), *visit("D", 20, 400, 90), *others]
    return [{"id": f"d{n}", **one} for n, one in enumerate(said)]


def replayed() -> list[Record]:
    keep = Held()
    replay, planned = Replay("n", keep), Planned("n")
    replay.hear = planned.hear
    replay.play(planned.arrivals(told.arrivals(day(), "n")))
    return keep.outcomes


def test_a_replay_plans_doors_and_is_the_same_whenever_it_is_played() -> None:
    outcomes = replayed()
    rows = [row for outcome in outcomes for row in outcome.rows("doorplans")]
    assert rows
    assert sum(outcome.rows("rejected").size for outcome in outcomes) == 0
    bases = {int(row["basis"]) for outcome in outcomes for row in outcome.rows("yards")}
    assert bases <= {outcome.number for outcome in outcomes}
    assert [outcome.encode() for outcome in replayed()] == [outcome.encode() for outcome in outcomes]
