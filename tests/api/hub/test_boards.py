"""Rows join what is known of a thing: who has a deviation, a site's figures of the day, a network's zone."""

from pathlib import Path
from typing import Any

from api.hub.picture import Picture
from api.hub.pulse import Pulse
from api.hub.rows import ROWS
from tests.suites.story import START
from tower import ids, layouts
from tower.clock import HOUR, MINUTE
from tower.record import Record

SITE, ANN, NOTE = ids.of("site", "EWR"), ids.of("person", "ann"), ids.of("text", "called the carrier")
LATE, ZONE = ids.of("deviation", "leg.late"), ids.of("tz", "America/New_York")
NAMES = {SITE: "EWR", ANN: "ann", NOTE: "called the carrier", ZONE: "America/New_York"}
D = 0xB2


def rows(table: str, **columns: Any) -> Any:
    """One row of a table."""
    row = layouts.empty(table, 1)
    for name, value in columns.items():
        row[name] = value
    return row


def deviation(status: int = 0) -> Any:
    return rows("deviations", id=D, kind=LATE, severity=2, site=SITE, since=START, at=START, value=47.0, limit=15.0,
                value_at_risk_cents=90_000, loss_cents_per_min=120.0, act_by=START + HOUR, status=status,
                opening=1)  # fmt: skip


def pictured(*records: dict[str, Any]) -> Picture:
    picture = Picture("n")
    picture.draw()
    for number, tables in enumerate(records, 1):
        picture.take(Record(number, START + number * MINUTE, tables, names=NAMES))
    for channel in ROWS:
        for row in picture.rows(channel).values():
            ROWS[channel].model_validate(row)
    return picture


def test_a_deviation_says_why_in_words_what_waiting_costs_and_who_has_it() -> None:
    handled = rows("handling", key=D, acknowledged_at=START, acknowledged_by=ANN, taken_by=ANN, taken_at=START,
                   note=NOTE, noted_by=ANN, notes=1)  # fmt: skip
    row = pictured({"deviations": deviation()}, {"handling": handled}).rows("deviations")[f"#{D:016x}"]
    assert row["why"] == "expected 47 min after its plan"
    assert (row["loss_cents_per_min"], row["value_at_risk_cents"]) == (120.0, 90_000)
    assert {name: row[name] for name in ("taken_by", "acknowledged_by", "note", "noted_by", "notes")} == {
        "taken_by": "ann", "acknowledged_by": "ann", "note": "called the carrier", "noted_by": "ann", "notes": 1,
    }  # fmt: skip
    assert "shelved_until" not in row
    assert "escalated_at" not in row


def test_a_deviation_that_is_over_is_no_row_though_somebody_handled_it() -> None:
    closed = {"deviations": deviation(status=2), "handling": rows("handling", key=D, closed_at=START)}
    assert pictured({"deviations": deviation()}, closed).rows("deviations") == {}


def test_a_site_is_as_bad_as_its_worst_deviation_and_bears_its_figures_of_the_day() -> None:
    site = rows("sites", key=SITE, lat=40.6925, lon=-74.168667, name=SITE)
    departed = ids.of("kpi", "legs_departed")
    day = rows("kpis", key=1, name=departed, site=SITE, window=START, window_s=86_400, value=118.0)
    trend = rows("kpis", key=2, name=departed, site=SITE, window=START, window_s=360, value=3.0)
    picture = pictured({"sites": site, "deviations": deviation()}, {"kpis": day}, {"kpis": trend})
    row = picture.rows("sites")["EWR"]
    assert (row["severity"], row["legs_departed"], row["x"], row["y"]) == (2, 118.0, 867.1, 216.8)
    assert [row["value"] for row in picture.rows("kpis").values()] == [118.0, 3.0]
    assert pictured({"sites": site, "deviations": deviation()}, {"deviations": deviation(3)}).rows("sites")["EWR"][
        "severity"] == 0  # fmt: skip


def test_the_heartbeat_is_in_the_zone_that_the_network_declares(tmp_path: Path) -> None:
    network = rows("networks", key=ids.of("network", "n"), tz=ZONE)
    ledger = rows("ledger", source=SITE, received=9, accepted=7, duplicate=1, late=0, rejected=0)
    beat = Pulse(pictured({"networks": network, "ledger": ledger}), tmp_path).beat({"feed": [1.0, 3.0]})
    assert (beat.tz, beat.mode, beat.seq) == ("America/New_York", "live", 1)
    assert (beat.ledger.received, beat.ledger.imbalance) == (9, 1)
    assert beat.hops_ms["feed"].p50 == 2.0


def test_the_heartbeat_says_what_must_hold_and_how_much_of_it_does_not(tmp_path: Path) -> None:
    name = ids.of("invariant", "leg_load")
    told = rows("invariants", key=name, name=name, checked=60, broken=2, since=START)
    (held,) = Pulse(pictured({"invariants": told}), tmp_path).beat({}).invariants
    assert (held.name, held.checked, held.broken, held.since) == ("leg_load", 60, 2, "2013-02-08T09:00:00.000Z")


def test_the_heartbeat_says_where_the_driver_stands(tmp_path: Path) -> None:
    (tmp_path / "now.json").write_text(f'{{"now_ms": {START + 5 * HOUR}, "speed": 0.0}}')
    beat = Pulse(pictured({"sources": rows("sources", key=SITE, last_at=START, events=30, interval_s=60.0)}), tmp_path)
    said = beat.beat({})
    assert (said.mode, said.paused, said.speed) == ("recorded", True, 0.0)
    assert (said.scenario_time, said.now) == ("2013-02-08T14:00:00.000Z", "2013-02-08T09:01:00.000Z")
    assert [(source.source, source.age_s, source.age_limit_s) for source in said.sources] == [("EWR", 18_000.0, 828.0)]
