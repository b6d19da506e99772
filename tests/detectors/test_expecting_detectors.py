"""What is usual is learned, and what is not is said: queues, demand, carriers, sources, stock, free time, labour."""

from collections.abc import Callable

from tests.suites.story import Event, Story, at, event, leg, planned

OPENED, CHANGED, CLOSED = range(3)
QUARTER, DAY = 15, 24 * 60


def orders(day: float, number: int) -> list[Event]:
    """So many orders to B at that minute."""
    lines = [{"line": "1", "sku": "S", "quantity": 1, "value_cents": 100}]
    return [event("order.placed", day, order=f"O{day}-{i}", customer="C", priority="economy", ship_to="B",
                  promise_by=at(day + 900), lines=lines) for i in range(number)]  # fmt: skip


def visits(minute: float, number: int, *, docked: int | None = None) -> list[Event]:
    """So many that come to A at that minute, and so many of them that get a door and leave."""
    names = [f"V{minute}-{i}" for i in range(number)]
    told = [event("visit.booked", minute - 60, visit=v, site="A", window_start=at(minute)) for v in names]
    told += [event("visit.arrived", minute, visit=v) for v in names]
    for v in names[: number if docked is None else docked]:
        told += [event("visit.docked", minute, visit=v, door=v), event("visit.left", minute, visit=v)]
    return told


def told_for(days: int, each: Callable[[float], list[Event]]) -> Story:
    """A story in which the same comes every quarter of an hour, for so many days."""
    story = Story()
    for quarter in range(days * DAY // QUARTER):
        story.tell(quarter * QUARTER + 1, *each(quarter * QUARTER + 1))
    return story


def test_demand_is_quiet_in_usual_days_and_a_surge_is_said_within_two_quarters_of_an_hour() -> None:
    story = told_for(8, lambda minute: orders(minute, 4))
    assert story.deviations("demand.surge") + story.deviations("demand.drop") == []
    start = 8 * DAY
    for quarter in range(2):
        story.tell(start + quarter * QUARTER + 1, *orders(start + quarter * QUARTER + 1, 16))
    story.wait(start + 2 * QUARTER)
    assert [(d[0], round(d[2])) for d in story.deviations("demand.surge")] == [(OPENED, 300)]


def test_silence_is_a_drop_in_demand_and_ends_when_orders_come_again() -> None:
    story = told_for(8, lambda minute: orders(minute, 4))
    story.wait(8 * DAY + 6 * QUARTER)
    assert [d[0] for d in story.deviations("demand.drop")][:1] == [OPENED]
    for quarter in range(6, 24):
        story.tell(8 * DAY + quarter * QUARTER + 1, *orders(8 * DAY + quarter * QUARTER + 1, 4))
    assert [d[0] for d in story.deviations("demand.drop")][-1] == CLOSED


def test_of_a_week_that_nobody_has_seen_nothing_is_said() -> None:
    story = told_for(3, lambda minute: orders(minute, 4))
    story.wait(6 * DAY)
    assert story.deviations("demand.drop") == []


def test_what_is_told_hours_later_is_no_surge() -> None:
    story = told_for(8, lambda minute: orders(minute, 4))
    for quarter in range(3):
        now = 8 * DAY + quarter * QUARTER + 1
        story.tell(now, *orders(now, 4), *orders(now - 100.5, 50))
    assert story.deviations("demand.surge") == []


def test_a_queue_builds_when_more_come_than_usual_and_wait() -> None:
    story = told_for(8, lambda minute: visits(minute, 4))
    start = 8 * DAY + 1
    story.tell(start, *visits(start, 20, docked=18))
    story.tell(start + QUARTER, *visits(start + QUARTER, 20, docked=18))
    story.wait(start + 2 * QUARTER)
    assert story.deviations("queue.building") == [(OPENED, 1, 2.0)]
    assert story.deviations("dock.queue") == [(OPENED, 1, 4.0)]


def test_more_that_come_and_get_a_door_are_no_queue() -> None:
    story = told_for(8, lambda minute: visits(minute, 4))
    start = 8 * DAY + 1
    for quarter in range(3):
        story.tell(start + quarter * QUARTER, *visits(start + quarter * QUARTER, 20))
    story.wait(start + 3 * QUARTER)
    assert story.deviations("queue.building") == []


def flown(number: int, first: int, late_each: int) -> list[Event]:
    """Legs of one carrier, of which each so manieth is an hour late."""
    told = []
    for i in range(first, first + number):
        name = f"L{i}"
        told += [planned(name, 10, 60), leg("assigned", 0, name, carrier="X"), leg("departed", 10, name),
                 leg("arrived", 120 if i % late_each == 0 else 60, name)]  # fmt: skip
    return told


def test_a_carrier_that_is_late_oftener_than_ever_before_is_unreliable() -> None:
    story = Story()
    story.tell(130, *flown(300, 0, late_each=8))
    assert story.deviations("carrier.unreliable") == []
    story.tell(140, *flown(60, 1000, late_each=2))
    said = story.deviations("carrier.unreliable")
    assert [d[0] for d in said] == [OPENED]
    assert 10 < said[0][2] < 60


def test_a_source_that_tells_everything_again_for_half_an_hour_is_repeating() -> None:
    story = Story()
    old = [leg("position", 0, lat=1.0, lon=1.0, id=f"p{i}") for i in range(600)]
    story.tell(1, *old)
    story.wait(16)
    story.tell(17, *old[:200])
    story.tell(32, *old[:200])
    story.wait(52)
    assert story.deviations("source.repeating")[0][:2] == (OPENED, 3)


def test_one_delivery_that_comes_again_is_no_storm() -> None:
    story = Story()
    old = [leg("position", 0, lat=1.0, lon=1.0, id=f"p{i}") for i in range(3000)]
    story.tell(1, *old[:2000])
    story.wait(16)
    story.tell(17, *old[:50])
    story.tell(31, *old[2000:])
    story.wait(60)
    assert story.deviations("source.repeating") == []


def picked(start: float, number: int, quantity: int = 10) -> list[Event]:
    return [event("stock.moved", start + i, site="A", sku="S", quantity=quantity) for i in range(number)]


def test_stock_that_goes_faster_than_more_can_come_is_running_out_and_another_site_may_have_it() -> None:
    story = Story()
    story.tell(0, event("stock.counted", 0, site="A", sku="S", on_hand=400),
               event("stock.counted", 0, site="Z", sku="S", on_hand=9000))  # fmt: skip
    story.tell(1, event("stock.moved", 1, site="Z", sku="S", quantity=1))
    for hour in range(1, 10):
        story.tell(60 * hour, *picked(60 * hour, 3))
    assert story.deviations("stock.running_out")[0][0] == OPENED
    assert story.deviations("stock.misplaced")[0][0] == OPENED
    story.tell(700, event("stock.received", 700, site="A", sku="S", quantity=50_000))
    assert story.deviations("stock.running_out")[-1][0] == CLOSED
    assert story.deviations("stock.misplaced")[-1][0] == CLOSED


def test_stock_lasts_until_what_is_ordered_comes() -> None:
    story = Story()
    supply = event("supply.ordered", 0, po="P", supplier="X", site="A", sku="S", quantity=9, due=at(500))
    story.tell(0, event("stock.counted", 0, site="A", sku="S", on_hand=400), supply)
    for hour in range(1, 8):
        story.tell(60 * hour, *picked(60 * hour, 3))
    assert story.deviations("stock.running_out") == []


def test_beyond_free_time_a_visit_costs_money_until_it_leaves() -> None:
    story = Story()
    story.tell(0, event("visit.booked", 0, visit="V", site="A", window_start=at(30), window_end=at(60)))
    story.tell(10, event("visit.arrived", 10, visit="V"))
    story.wait(149)
    assert story.deviations("visit.detained") == []
    said = story.wait(150).rows("deviations")
    assert (float(said["value"][0]), float(said["loss_cents_per_min"][0])) == (0.0, 125.0)
    story.tell(220, event("visit.left", 220, visit="V"))
    assert [d[0] for d in story.deviations("visit.detained")] == [OPENED, CHANGED, CLOSED]


def test_free_time_and_its_price_are_policy_also_for_who_is_there() -> None:
    story = Story()
    booked = event("visit.booked", 0, visit="V", site="A", window_start=at(0))
    story.tell(0, booked, event("visit.arrived", 0, visit="V"))
    terms = {"detention_free_min": 30, "detention_cents_per_hour": 6000}
    story.tell(20, event("policy.set", 20, policy="p", version=1, document={"prices": terms}))
    said = story.wait(30).rows("deviations")
    assert float(said["loss_cents_per_min"][0]) == 100.0


def test_labour_is_short_as_soon_as_it_is_told_that_fewer_come() -> None:
    story = Story()
    team = {"site": "A", "team": "A-1"}
    story.tell(0, event("labour.rostered", 0, start=at(100), end=at(580), heads=10, **team))
    story.tell(10, event("labour.present", 10, heads=7, **team))
    story.tell(20, event("labour.rostered", 20, start=at(580), end=at(900), heads=10, **team))
    assert [(d[0], d[1]) for d in story.deviations("labour.short")] == [(OPENED, 2), (CLOSED, 0)]
