"""The vocabulary is part of the log's format: numbers stay, kinds stay, ids stay; and it has all that is promised."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tower import ids, layouts
from tower.events import BY_NAME, FAMILIES, HEAD, KINDS, NUMBER
from tower.fields import Type
from tower.pairing import pair

GOLDEN = Path(__file__).parent / "fixtures" / "kinds.json"
PROMISED = """
leg: planned assigned departed arrived position estimated cancelled troubled
visit: booked rescheduled arrived docked started finished left cancelled
door: closed opened declared
trailer: spotted pulled
order: placed changed cancelled returned
line: booked held picked shorted shipped delivered failed
wave: released
stock: counted received moved adjusted
supply: ordered noticed received
tender: offered accepted rejected expired withdrawn
transfer: requested shipped received
labour: rostered present
charge: claimed
weather: observed forecast alerted cleared
site: declared
carrier: declared advisory
sku: declared
customer: declared
lane: declared
team: declared
station: declared
network: declared
decision: approved rejected adjusted rolled_back
action: acknowledged executed failed
plan: proposed changed
deviation: acknowledged shelved assigned noted released
policy: set
baseline: frozen
clock: accepted passed
build: activated
subscription: set
playbook: set
model: promoted rolled_back
"""
ASKED = {
    "leg.planned": "mode origin dest stops dep_planned arr_planned capacity_loads capacity_kg capacity_m3 contact",
    "leg.assigned": "carrier vehicle equipment trailer driver",
    "leg.departed": "stop",
    "leg.arrived": "stop",
    "leg.position": "lat lon",
    "leg.estimated": "stop dep_estimated arr_estimated",
    "leg.cancelled": "reason",
    "leg.troubled": "what delay_min",
    "visit.booked": "site leg stop purpose handling dock_group window_start window_end work_min appointment trailer",
    "visit.rescheduled": "window_start window_end reason",
    "visit.docked": "door",
    "door.closed": "site door reason",
    "trailer.spotted": "site trailer place",
    "order.placed": "order customer priority ship_to deliver_from promise_by lines",
    "order.changed": "line quantity promise_by",
    "line.booked": "order line leg site inbound",
    "line.held": "reason",
    "line.shorted": "quantity reason",
    "line.shipped": "leg quantity",
    "line.delivered": "quantity refused reason",
    "line.failed": "reason quantity leg",
    "wave.released": "wave lines",
    "stock.counted": "site sku on_hand",
    "stock.moved": "quantity to_site",
    "stock.adjusted": "quantity reason",
    "supply.ordered": "po supplier sku quantity due",
    "supply.noticed": "asn leg eta lines",
    "supply.received": "quantity visit",
    "tender.offered": "tender leg lane carrier rank rate_cents expires_at",
    "tender.rejected": "reason",
    "transfer.requested": "transfer sku from_site to_site",
    "transfer.received": "leg quantity",
    "labour.rostered": "site team skill start end heads",
    "labour.present": "site team heads until",
    "charge.claimed": "leg visit charge_cents",
    "weather.observed": "station temp_c wind_mps gust_mps visibility_m precip_mm_h pressure_hpa",
    "carrier.advisory": "advisory carrier site dest window_start window_end p_cancel delay_min issued",
    "weather.forecast": "for until issued p_hazard temp_c wind_mps gust_mps visibility_m precip_mm_h pressure_hpa",
    "weather.alerted": "severity onset expires headline area",
}


def test_numbers_are_unique_and_only_ever_appended() -> None:
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert len(NUMBER) == len(set(NUMBER.values())) == len(KINDS)
    assert {name: NUMBER.get(name) for name in golden} == golden
    assert sorted(NUMBER.keys() - golden.keys()) == [], f"append the new kinds to {GOLDEN.name}"


def test_every_promised_kind_is_there() -> None:
    lines = (line.split(": ") for line in PROMISED.strip().splitlines())
    promised = {f"{what}.{moment}" for what, moments in lines for moment in moments.split()}
    assert promised == {kind.name for kind in KINDS}


@pytest.mark.parametrize("name, asked", ASKED.items())
def test_a_kind_has_every_promised_field_by_its_name(name: str, asked: str) -> None:
    kind = BY_NAME[name]
    has = {f.said for f in (*kind.subject, *kind.fields)} | {part.name for part in kind.parts}
    assert set(asked.split()) - has == set()


def test_what_a_kind_requires_it_has() -> None:
    for kind in KINDS:
        has = {f.name for f in kind.fields} | {part.name for part in kind.parts}
        assert set(kind.required) <= has, kind.name
        deltas = {f.name for f in kind.fields if f.type is Type.DELTA}
        assert deltas <= set(kind.required), f"{kind.name}: -1 is a value of a delta, so it cannot mean unknown"


def test_a_family_has_one_type_for_a_column_whichever_kind_tells_it() -> None:
    for kind in KINDS:
        columns = {f.name: f for f in FAMILIES.get(kind.family, ())}
        assert all(columns[f.name].type is f.type for f in kind.fields), kind.name


def test_every_table_has_a_registered_layout() -> None:
    assert layouts.missing() == [], "run: python -m tower.layouts"


def test_the_head_of_an_event_is_packed() -> None:
    assert layouts.of("event").dtype.names == tuple(f.name for f in HEAD)
    assert layouts.of("event").dtype.itemsize == sum(np.dtype(f.code).itemsize for f in HEAD)


def test_ids_never_change() -> None:
    assert ids.of("site", "EWR") == 7_269_928_726_971_442_906
    assert ids.of("event", "carrier\0e1") == 13_123_962_073_730_613_757
    assert int(ids.pairs(np.array([1], "u8"), np.array([2], "u8"))[0]) == 583_880_340_377_267_059


@settings(deadline=None)  # the kernel may have to be compiled
@given(st.integers(0, (1 << 64) - 1), st.integers(0, (1 << 64) - 1))
def test_pairs_and_pair_agree(a: int, b: int) -> None:
    assert int(ids.pairs(np.array([a], "u8"), np.array([b], "u8"))[0]) == int(pair(np.uint64(a), np.uint64(b)))
