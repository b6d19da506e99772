"""Foretold: made-up answers about what our models say of a leg and a visit, and about how the models stand."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route

from tests.dashboards import samples
from tests.dashboards.test_desk import Door

LEG, DEST = "UA0-EWR-BOS-0208", "BOS"
PLANNED = {"dep_planned": samples.moment(-7100), "arr_planned": samples.moment(100)}
"""11:00 and 13:00 in New York."""
SAID = {"issued_at": samples.moment(-600), "version": 4321, "basis": 18_557, "carrier": "UA", "why": "none"}
PARTS = {"base_min": 12.0, "carrier_min": -2.0, "lane_min": 1.5, "weather_min": 6.0, "inbound_min": 4.0,
         "congestion_min": 3.0, "calendar_min": -0.5, "served_min": 0.0}  # fmt: skip
BAND = {"p05": 10.0, "p50": 24.0, "p95": 60.0, "p_event": 0.72, "served_by": "tiles", "tiles_min": 24.0,
        "linear_min": 31.0, "blend_min": 26.0, "shown": "ours", "shown_min": 24.0}  # fmt: skip
LEFT = {"id": "#p1", "subject": LEG, "moment": "at_departure"} | PLANNED | SAID | PARTS | BAND
"""Asked as it left, 12 minutes late; the carrier gave no estimate."""
CARRIERS = LEFT | {"id": "#p2", "moment": "two_hours_before", "estimate_min": 90.0, "shown": "carriers",
                   "gain_min": 7.94, "shown_min": 90.0, "base_min": 0.0, "served_by": "linear",
                   "served_min": 12.0}  # fmt: skip
LEAVES = LEFT | {"id": "#p3", "moment": "leaving", "p05": -3.0, "p50": 5.0, "p95": 40.0, "label_min": 12.0,
                 "labelled_at": samples.moment(-6000), "error_min": 7.0}  # fmt: skip
CHANCE = {"id": "#p4", "subject": LEG, "moment": "hours_before", "p_cancelled": 0.031, "lead_h": 4} | PLANNED | SAID
SILENT = {"id": "#p5", "subject": LEG, "moment": "at_departure"} | PLANNED | SAID | {"why": "too_few_labels"}
STAYS = SAID | {"id": "#p6", "subject": "V1", "moment": "at_gate", "site": "EWR", "p05": 31.0, "p50": 42.0, "p95": 66.0,
                "base_min": 38.0, "served_min": 4.0, "linear_min": 42.0, "served_by": "linear"}  # fmt: skip
STANDS = {"why": "none", "serves": "tiles", "learned": 4321, "tiles_error_min": 11.7, "linear_error_min": 18.2,
          "blend_error_min": 12.2, "schedule_error_min": 12.8, "missing_share": 0.13, "unseen_share": 0.01}  # fmt: skip
MODELS = [
    STANDS | {"id": "m1", "name": "arrival_at_departure"},
    STANDS | {"id": "m2", "name": "departure_two_hours_before", "serves": "linear", "ruled": "by_hand", "by": "ann",
              "reason": "tiles drift", "ruled_at": samples.moment(-60)},
    STANDS | {"id": "m3", "name": "arrival_along_the_way", "why": "labels_delayed", "frozen": 1, "kept_back": 17,
              "frozen_at": samples.moment(-1200)},
]  # fmt: skip


class Foreseeing(Door):
    """A door that knows what is foretold. `paths`: what was asked about it; `fails`: it answers nothing any more."""

    def __init__(self, *told: dict[str, Any]) -> None:
        super().__init__()
        self.told, self.paths, self.fails = list(told), list[str](), False

    def __call__(self, route: Route) -> None:
        path, query = urlsplit(route.request.url).path.removeprefix("/v1/"), urlsplit(route.request.url).query
        if path.split("/")[0] not in {"predictions", "models", "lines", "visits"}:
            super().__call__(route)
            return
        self.paths.append(path)
        if self.fails:
            problem = {"title": "busy", "detail": "the state is being read", "hint": "try again soon"}
            route.fulfill(status=503, json=problem, content_type="application/problem+json")
        elif path == "models":
            route.fulfill(json={"items": MODELS})
        elif path == "predictions":
            name = next(value[0] for key, value in parse_qs(query).items() if key in {"leg", "visit"})
            route.fulfill(json={"items": [one for one in self.told if one["subject"] == name]})
        else:
            route.fulfill(json={"item": {"on_leg": LEG} if path.startswith("lines") else {"leg": LEG}})
