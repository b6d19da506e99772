"""Forked: made-up answers of the API about forks and runs, to test the page that compares. Nothing of it is real."""

from datetime import UTC, datetime, timedelta
from math import exp
from typing import Any, Final

from playwright.sync_api import Route

Row = dict[str, Any]
FORK_AT: Final = datetime(2013, 2, 8, 17, 58, 20, tzinfo=UTC)
FROM, STEP_S, STEPS = datetime(2013, 2, 8, 15, 0, tzinfo=UTC), 360, 141
FORK: Final[Row] = {
    "id": "00000000000000f1", "network": "blizzard", "from": FORK_AT.isoformat(), "position": 1_284_551,
    "state_hash": "9f3c21d07aa45e10b2c3d4e5f6a7b8c9", "title": "Snow at EWR", "past": "recorded", "of": "blizzard",
}  # fmt: skip
FIGURES: Final = (
    ("legs_cancelled", "Legs cancelled", "legs", 0, -1, "replayed", 472, (0, 0, 0), (0, 0, 0)),
    ("on_time", "On time, day", "%", 1, 1, "modelled", 71.4, (4.5, 4.1, 4.9), (5.8, 5.1, 6.5)),
    ("on_time_express", "On time, express", "%", 1, 1, "modelled", 80.2, (6.0, 5.2, 6.8), (6.9, 5.8, 8.0)),
    ("on_time_standard", "On time, standard", "%", 1, 1, "modelled", 70.1, (4.0, 3.1, 4.9), (5.1, 4.0, 6.2)),
    ("on_time_economy", "On time, economy", "%", 1, 1, "modelled", 66.0, (-1.9, -2.8, -1.0), (-0.4, -1.4, 0.6)),
    ("lines_late", "Lines late", "lines", 0, -1, "modelled", 5331, (-839, -913, -765), (-1081, -1212, -950)),
    ("late_p90_min", "Lateness p90", "min", 0, -1, "modelled", 318, (-77, -91, -63), (-92, -111, -73)),
    ("undelivered", "Undelivered", "lines", 0, -1, "modelled", 611, (-6, -30, 18), (-40, -66, -14)),
    ("value_lost", "Value lost", "cents", 0, -1, "mixed", 16_620_000, (-2_730_000, -3_010_000, -2_450_000),
     (-3_480_000, -3_960_000, -3_000_000)),
    ("extra_cost", "Freight and handling", "cents", 0, -1, "mixed", 2_180_000, (940_000, 890_000, 990_000),
     (2_280_000, 2_170_000, 2_390_000)),
    ("net_cost", "Net cost", "cents", 0, -1, "mixed", 18_800_000, (-1_790_000, -2_080_000, -1_500_000),
     (-1_200_000, -1_660_000, -740_000)),
    ("churn", "Unforced moves", "moves", 0, -1, "modelled", 0, (96, 88, 104), (341, 318, 364)),
)  # fmt: skip
MOVES: Final = (
    ("LN-20418", "UA EWR-BOS Fri 16:10", "undelivered", "US PHL-BOS Fri 17:05", "16 min late"),
    ("LN-20533", "EV EWR-PWM Fri 15:20", "undelivered", "US PHL-PWM Fri 16:45", "on time"),
    ("LN-20777", "no leg", "undelivered", "B6 JFK-PWM Fri 18:10", "on time"),
)
GROUPS: Final = (("EWR -> JFK", 647, 1_310_000), ("EWR, a later leg", 214, 430_000), ("LGA -> EWR", 96, -50_000))


def text(at: datetime) -> str:
    """As the API writes it."""
    return at.isoformat().replace("+00:00", "Z")


def figures(keys: str, pairs: int) -> list[Row]:
    """Every figure, as after so many pairs: wider the fewer there are, no interval after one."""
    wider = 1.0 if pairs >= 7 else 2.2
    found = []
    for name, title, unit, decimals, good, validity, base, *differences in FIGURES:
        of = {}
        for key, (mean, low, high) in zip(keys, differences, strict=False):
            of[key] = {"value": base + mean, "diff_mean": mean, "runs": pairs}
            if pairs > 1:
                of[key] |= {"diff_lo": mean - (mean - low) * wider, "diff_hi": mean + (high - mean) * wider}
        found.append({"name": name, "title": title, "unit": unit, "decimals": decimals, "good": good, "baseline": base,
                      "validity": validity, "assumed": validity != "replayed", "of": of})  # fmt: skip
    return found


def lanes(keys: str) -> Row:
    """How the day went, and how it would have gone."""
    hours = [(FROM + timedelta(seconds=STEP_S * i) - FORK_AT).total_seconds() / 3600 for i in range(STEPS)]
    base = [94 - 27 * (1 - exp(-max(0.0, h + 1.6) / 1.55)) for h in hours]
    gain = {key: [(4.5 + 1.3 * n) * (1 - exp(-max(0.0, h) / 1.7)) for h in hours] for n, key in enumerate(keys)}
    marks = {"base": [(0.5, "first line late"), (2.8, "318 lines late"), (7.1, "EWR doors clear")],
             "A": [(0.6, "first line late"), (2.9, "first leg from JFK"), (6.5, "EWR doors clear")]}  # fmt: skip
    told = {key: [{"at": text(FORK_AT + timedelta(hours=h)), "text": words} for h, words in some]
            for key, some in marks.items()}  # fmt: skip
    return {
        "unit": "%", "title": "on time", "step_s": STEP_S,
        "from": text(FROM), "to": text(FROM + timedelta(seconds=STEP_S * (STEPS - 1))), "fork_at": text(FORK_AT),
        "series": {"base": base} | {key: [b + g for b, g in zip(base, some, strict=True)]
                                    for key, some in gain.items()},
        "diff": {key: {"mean": some, "lo": [0.9 * g for g in some], "hi": [1.1 * g for g in some]}
                 for key, some in gain.items()},
        "marks": told, "clock": [{"at": text(FORK_AT + timedelta(hours=2.03)), "text": "next day wave"},
                                 {"at": text(FORK_AT + timedelta(hours=4.03)), "text": "two day wave"}],
    }  # fmt: skip


def differs() -> Row:
    """What is planned otherwise."""
    moves = [dict(zip(("line", "before", "before_outcome", "after", "outcome"), one, strict=True)) for one in MOVES]
    return {
        "lines": 18_640, "changed": 957, "unchanged": 17_683,
        "groups": [{"title": title, "lines": lines, "value_cents": cents, "moves": moves, "more": lines - len(moves)}
                   for title, lines, cents in GROUPS],
        "gain_by": {"class": {"express": 980_000, "standard": 700_000, "economy": -110_000},
                    "hub": {"EWR": 1_650_000, "LGA": 230_000, "JFK": -90_000}},
    }  # fmt: skip


def run(status: str = "done", pairs: int = 7, keys: str = "AB", ended: str = "interval excludes 0") -> Row:
    """A comparison, as far as it is."""
    titles = {"A": "Joint plan", "B": "Joint plan, orders 15 % more", "C": "Greedy plan, UA 2 h late"}
    said = {"A": "blizzard,plan=joint", "B": "blizzard,plan=joint,orders=1.15", "C": "blizzard,plan=greedy,late=UA/2h"}
    found: Row = {
        "id": "00000000000000c1", "kind": "compare", "status": status, "title": "Joint plan against as run",
        "fork": FORK, "runs_done": pairs, "runs_most": 20, "cpu_s": 12.3,
        "variants": [{"key": "base", "title": "As run", "said": "blizzard,plan=fifo"},
                     *({"key": key, "title": titles[key], "said": said[key]} for key in keys)],
        "proof": {"from_position": 1_284_551, "state_hash": FORK["state_hash"], "build": "0.1.0+cb3c4f9",
                  "policy": dict.fromkeys(("base", *keys), "usual"), "seeds": list(range(7, 7 + pairs)),
                  "equal_until_fork": True},
    }  # fmt: skip
    if pairs:
        found |= {"kpis": figures(keys, pairs), "lanes": lanes(keys)}
    if status == "done":
        found |= {"stopped_because": ended, "diff": {key: differs() for key in keys}}
    return found


class Door:
    """The HTTP door as the page knows it: forks, plays what `answers` has, one answer after the other, and stops."""

    def __init__(self, *answers: Row) -> None:
        self.answers = [*answers]
        self.said: list[tuple[str, str, Any]] = []
        self.forks: list[Row] = [FORK]
        self.runs: list[Row] = []
        self.refused = ""

    def __call__(self, route: Route) -> None:
        path, method = route.request.url.split("?")[0].split("/v1/")[1], route.request.method
        if path == "where":
            route.fallback()
        elif path == "me":
            route.fulfill(json={"name": "ann", "role": "approver", "networks": ["blizzard"]})
        elif method == "GET":
            route.fulfill(json=self.found(path))
        elif self.refused:
            route.fulfill(status=409, json={"title": self.refused, "hint": "fork a recorded network"},
                          content_type="application/problem+json")  # fmt: skip
        else:
            self.said.append((method, path, route.request.post_data_json))
            route.fulfill(status=202, json=FORK if path.endswith("fork") else self.answers[0] if self.answers else {})

    def found(self, path: str) -> Row:
        """What is asked for."""
        if path.endswith("forks"):
            return {"items": self.forks, "count": len(self.forks)}
        if path.endswith("runs"):
            return {"items": self.runs, "count": len(self.runs)}
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
