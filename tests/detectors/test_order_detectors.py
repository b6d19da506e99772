"""Lines at risk or stranded, stock that is short, supply that is late, weather and silence."""

from tests.suites.story import Event, Story, at, event, leg, planned

OPENED, CHANGED, CLOSED = range(3)


def placed(promise: float = 600, **more: object) -> Event:
    return event("order.placed", 0, order="O1", customer="C", priority="express", ship_to="B", promise_by=at(promise),
                 lines=[{"line": "1", "sku": "S", "quantity": 5, "value_cents": 5000}], **more)  # fmt: skip


def line(moment: str, when: float, **more: object) -> Event:
    return event(f"line.{moment}", when, order="O1", line="1", **more)


def test_a_line_is_at_risk_while_its_leg_is_expected_too_late_for_its_promise() -> None:
    story = Story()
    story.tell(0, planned(), placed(promise=380), line("booked", 0, leg="L1", site="A"))
    assert story.deviations("line.at_risk") == []
    story.tell(10, leg("estimated", 10, arr_estimated=at(230)))
    story.tell(20, leg("estimated", 20, arr_estimated=at(190)))
    assert story.deviations("line.at_risk") == [(OPENED, 1, 30.0), (CLOSED, 0, -10.0)]


def test_what_is_at_stake_on_a_late_leg_is_what_its_lines_would_cost() -> None:
    story = Story()
    story.tell(0, planned(), placed(promise=380), line("booked", 0, leg="L1", site="A"))
    story.tell(10, leg("estimated", 10, arr_estimated=at(260)))
    late = [r for o in story.outcomes for r in o.rows("deviations") if r["value_at_risk_cents"] > 0]
    assert {int(r["value_at_risk_cents"]) for r in late} == {2500 + 400}


def test_a_cancelled_leg_strands_its_lines_until_they_are_booked_again() -> None:
    story = Story()
    story.tell(0, planned(), planned("L2", 120, 240), placed(), line("booked", 0, leg="L1", site="A"))
    story.tell(10, leg("cancelled", 10, reason="snow"))
    story.tell(20, line("booked", 20, leg="L2", site="A"))
    assert story.deviations("line.stranded") == [(OPENED, 1, 0.0), (CLOSED, 0, 0.0)]


def test_a_leg_cancelled_twice_strands_its_lines_once() -> None:
    story = Story()
    story.tell(0, planned(), placed(), line("booked", 0, leg="L1", site="A"))
    story.tell(10, leg("cancelled", 10, reason="snow"))
    story.tell(11, leg("cancelled", 11, reason="snow"))
    assert story.deviations("line.stranded") == [(OPENED, 1, 0.0)]


def test_a_cancelled_order_takes_its_lines_off_their_leg() -> None:
    story = Story()
    story.tell(0, planned(), placed(), line("booked", 0, leg="L1", site="A"))
    story.tell(5, event("order.cancelled", 5, order="O1", reason="mind changed"))
    assert int(story.row("loads", "leg", "L1")["lines"]) == 0


def test_stock_is_short_when_more_is_booked_than_there_is() -> None:
    story = Story()
    story.tell(0, event("stock.counted", 0, site="A", sku="S", on_hand=7), planned(), placed(),
               line("booked", 0, leg="L1", site="A"))  # fmt: skip
    story.tell(10, event("stock.adjusted", 10, site="A", sku="S", quantity=-4, reason="damaged"))
    story.wait(12)
    story.tell(20, event("stock.received", 20, site="A", sku="S", quantity=10))
    assert story.deviations("stock.short") == [(OPENED, 1, 2.0), (CLOSED, 0, 0.0)]


def test_a_count_that_comes_late_counts_only_the_deltas_after_it() -> None:
    story = Story()
    story.tell(30, event("stock.received", 10, site="A", sku="S", quantity=5),
               event("stock.received", 30, site="A", sku="S", quantity=2))  # fmt: skip
    story.tell(31, event("stock.counted", 20, site="A", sku="S", on_hand=100))
    assert story.table("stock")["balance"].tolist() == [102]


def test_supply_that_is_noticed_late_or_runs_late_is_said_until_it_comes() -> None:
    story = Story()
    story.tell(0, event("supply.ordered", 0, po="P", supplier="X", site="A", sku="S", quantity=9, due=at(100)))
    story.tell(50, event("supply.noticed", 50, po="P", eta=at(170)))
    story.wait(341)
    story.tell(350, event("supply.received", 350, po="P", quantity=9))
    assert story.deviations("supply.late") == [(OPENED, 1, 70.0), (CHANGED, 2, 240.0), (CLOSED, 0, 0.0)]


def test_weather_is_a_deviation_only_where_legs_come_or_go() -> None:
    story = Story()
    site = {"kind": "site.declared", "at": at(0), "name": "here", "lat": 40.0, "lon": -74.0, "tz": "UTC"}
    bad = {"visibility_m": 700.0, "gust_mps": 10.0, "temp_c": 3.0, "precip_mm_h": 0.0}
    story.tell(0, {**site, "site": "A", "station": "KA"}, {**site, "site": "Z", "station": "KZ"}, planned())
    story.tell(10, *(event("weather.observed", 10, station=name, **bad) for name in ("KA", "KZ")))
    assert story.deviations("weather.hazard") == [(OPENED, 3, 3.0)]


def test_a_source_is_stale_when_its_silence_is_longer_than_its_rate_explains() -> None:
    story = Story()
    for minute in range(30):
        story.tell(minute, leg("position", minute, lat=1.0, lon=1.0))
    story.wait(29 + 13)
    assert story.deviations("source.stale") == []
    story.wait(29 + 14)
    story.tell(50, leg("position", 50, lat=1.0, lon=1.0))
    assert [d[0] for d in story.deviations("source.stale")] == [OPENED, CLOSED]
