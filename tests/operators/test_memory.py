"""State is bounded: what is over goes some days after its end, what is open or a balance stays."""

from tests.suites.story import Story, event, leg, planned

DAY = 1440


def test_a_leg_goes_eight_days_after_it_arrived_and_an_overdue_one_stays() -> None:
    story = Story()
    story.tell(0, planned("done"), planned("lost"))
    story.tell(190, leg("departed", 60, "done"), leg("arrived", 180, "done"))
    story.wait(180 + 8 * DAY - 61)
    assert len(story.table("legs")) == 2
    said = story.wait(180 + 8 * DAY + 61)
    assert [row.item() for row in said.rows("gone")["key"]] == [story.outcomes[0].rows("legs")["key"][0].item()]
    assert len(story.table("legs")) == 1


def test_delivered_lines_go_and_leave_their_orders_chain_whole() -> None:
    story = Story()
    lines = [{"line": n, "sku": "S", "quantity": 1} for n in ("1", "2", "3")]
    story.tell(0, event("order.placed", 0, order="O", lines=lines))
    story.tell(10, event("line.delivered", 10, order="O", line="2", quantity=1))
    story.wait(10 + 9 * DAY)
    assert len(story.table("lines")) == 2
    story.tell(10 + 9 * DAY + 1, event("order.cancelled", 10 + 9 * DAY, order="O", reason="late"))
    assert story.table("lines")["state"].tolist() == [8, 8]


def test_what_was_seen_is_forgotten_after_the_lateness_horizon() -> None:
    story = Story()
    story.tell(0, *(leg("position", 0, f"L{i}", lat=1.0, lon=1.0) for i in range(50)))
    story.wait(9 * DAY)
    admit = story.chain.steps[0]
    assert len(admit.tables["seen"]) == 0


def test_an_event_older_than_seven_days_is_late_and_changes_nothing() -> None:
    story = Story()
    story.tell(8 * DAY, leg("departed", 0))
    assert story.ledger() == {"received": 1, "accepted": 0, "duplicate": 0, "late": 1, "rejected": 0}
    assert len(story.table("legs")) == 0


def test_a_balance_keeps_deltas_that_are_too_old_to_be_kept_one_by_one() -> None:
    story = Story()
    story.tell(0, event("stock.counted", 0, site="A", sku="S", on_hand=100))
    story.tell(10, event("stock.received", 10, site="A", sku="S", quantity=5))
    story.tell(12 * DAY, event("stock.moved", 12 * DAY, site="A", sku="S", quantity=3))
    story.tell(24 * DAY, event("stock.moved", 24 * DAY, site="A", sku="S", quantity=1))
    assert story.table("stock")["balance"].tolist() == [101]
    story.tell(24 * DAY + 1, event("stock.counted", 24 * DAY, site="A", sku="S", on_hand=90))
    assert story.table("stock")["balance"].tolist() == [90]
