"""Outcome tables: what the tower says, one typed table a kind. Feed, SQL and docs take their names from here."""

from dataclasses import replace
from typing import Final

from tower import playbooks
from tower.doorrules import DOOR_RULES
from tower.events import BY_NAME, CLIMATES, KINDS, PRIORITIES, PURPOSES, SEVERITIES
from tower.fields import Field, code, count, delta, digest, id_of, kind, number, text, time

LIVES: Final = ("unplanned", "planned", "overdue", "delayed", "early", "late", "reported")
"""The life of an expected event: SAP GTT's six states in meaning, and `unplanned` before anyone has planned it."""

CAUSES: Final = (
    "weather", "legs", "docks", "lines", "stock", "supply", "source", "other", "demand", "carriers", "actions",
    "models",
)  # fmt: skip
"""What an incident can have come from, upstream first, then what stands alone. Codes are for ever: add at the end."""

OPTIONS: Final = ("joint", "spare", "nothing", "redock")
"""What can be done about an incident: decide anew for its lines and all that must make room for them; put its lines
where nobody stands; leave it; have visits come to other doors or in another order."""

WHYS: Final = (
    "new", "stranded", "keeps_promise", "less_late", "cheaper", "makes_room", "full", "no_stock", "no_candidate",
    "not_worth", "many_loads", "full_kg", "full_m3", "too_large",
)  # fmt: skip
"""Why the plan has a line elsewhere than booked; from `full` on: why nowhere. `many_loads` nobody says any more."""

DOOR_WHYS: Final = (
    "sooner", "makes_room", "other_door", "keeps_place", "changed", "closed", "no_visit", "no_door", "wrong_kind",
    "fixed",
)  # fmt: skip
"""Why a plan has a visit come to another door or minute; from `changed` on: why such a move did not hold."""

WORK_BY: Final = ("booked", "predicted")
"""Who says how long a visit's work takes."""
MODES: Final = ("advise", "approve", "auto")
"""The most that may be done about an option: say it, do it when people approve, do it."""
ADVISE, APPROVE, AUTO = range(len(MODES))
DECISION_STATES: Final = (
    "proposed", "approved", "adjusted", "rejected", "expired", "superseded", "acting", "executed", "failed",
    "rolled_back", "undoing",
)  # fmt: skip
"""`approved` waits for a second person; `undoing` has been told to go back and is not back yet."""
ACTION_TYPES: Final = ("rebook", "redock")
ACTION_STATES: Final = ("sent", "acknowledged", "executed", "failed", "undone")
MOVE_STATES: Final = ("asked", "done", "failed", "void")
"""Of what an action moves: `void` did not hold any more when it was approved, so nobody was asked."""

ASKED: Final = ("two_hours_before", "at_departure")
"""When it is foretold of a leg when it will come."""
MOMENTS: Final = (*ASKED, "hours_before", "at_gate", "at_door", "leaving", "along_the_way")
"""And whether it is cancelled; how long visits stay and take; when a leg leaves; on its way: when it comes."""
DOUBTS: Final = ("none", "too_few_labels", "unseen", "inputs_missing", "no_inputs", "learning_frozen", "outlasts_all")
"""Why a prediction is wider than usual, or (too few labels, no inputs) not given."""
SERVERS: Final = ("tiles", "linear", "blend", "schedule")
"""Who can answer: our model, its challenger, both, or nobody."""
USERS: Final = ("nobody", "deviations")
"""Who goes by a prediction of a visit; a plan of doors says in `doorplans` by which it went."""
FREEZES: Final = ("none", "inputs_missing", "unseen", "clock_skew", "labels_delayed", "labels_missing", "label_storm")
"""Why learning is frozen."""

TIES: Final = ("vehicle", "trailer", "driver", "goods")
"""What has to come with one leg before another one can leave."""
SHOWN_BY: Final = ("plan", "departure", "estimate", "prediction", "clock", "arrival", "cancellation")
"""What says when a leg comes: its plan, how late it left, its carrier, a model of ours, that it has not left or come by
now, that it has come, that it never will."""
CONNECTION_STATES: Final = ("missed", "made", "over")
"""`over`: the leg that waits has left, or is cancelled."""

POSITION: Final = 4096
"""A position inside a network is record number * 4096 + the event's row in that record."""


def registers(*kinds: str) -> tuple[Field, ...]:
    """The columns that keep the newest event of each kind: when, by which event, where in the log, and what it said.

    A field that two of the kinds have is told apart by the moment: `booked_window_start`, `rescheduled_window_start`.
    """
    columns: list[Field] = []
    for name in kinds:
        moment = BY_NAME[name].moment
        columns += [time(f"{moment}_at"), count(f"{moment}_sequence"), digest(f"{moment}_event"),
                    count(f"{moment}_position")]  # fmt: skip
        columns += [replace(f, name=column(name, f.name, kinds)) for f in BY_NAME[name].fields]
    return tuple(columns)


def column(kind_name: str, field: str, kinds: tuple[str, ...]) -> str:
    """What the register of that kind calls that field."""
    holders = [k for k in kinds if any(f.name == field for f in BY_NAME[k].fields)]
    return field if len(holders) == 1 else f"{BY_NAME[kind_name].moment}_{field}"


def kinds_of(*families: str) -> tuple[str, ...]:
    """The kinds of these families, in the vocabulary's order."""
    return tuple(k.name for k in KINDS if k.family in families)


def person(name: str, doc: str = "") -> Field:
    """Somebody, by name."""
    return id_of("person", name, doc)


KEY: Final = (digest("key", "the id of the thing"), time("keep_until", "when the row may go"))

LEG_KINDS: Final = kinds_of("leg_plan", "leg_move")
VISIT_KINDS: Final = kinds_of("visit")
LINE_KINDS: Final = kinds_of("line")

SEATED: Final = (
    id_of("visit", doc="none: it is about a line"), id_of("door", "from_door", "where it would come by its turn"),
    id_of("door", "to_door"), time("from_start", "when it would"), time("to_start", "from when it is to be there"),
)  # fmt: skip
"""A visit that is moved, in tables of moves: there `from_site` and `to_site` are where it is."""

FACTS: Final[dict[str, tuple[Field, ...]]] = {
    "legs": (
        *KEY, *registers(*LEG_KINDS), time("heard_at", "the newest moment anyone told of it"),
        code("dep_life", *LIVES), code("arr_life", *LIVES), time("dep_expected"), time("arr_expected"),
        number("late_min", "against plan, as known now"), number("late_on_estimate_min", "against the carrier's own"),
        time("silent_at", "when it will have said nothing for too long"), time("look_at"),
    ),
    "stops": (
        *KEY, id_of("leg"), count("sequence"), id_of("site"), code("purpose", "load", "unload"), time("window_start"),
        time("window_end"), *registers("leg.departed", "leg.arrived", "leg.estimated"),
    ),
    "visits": (
        *KEY, *registers(*VISIT_KINDS), time("window_start", "as last agreed"), time("window_end"),
        code("life", *LIVES, doc="of the arrival at the gate"), time("over_at", "when its work should be done"),
        number("wait_min", "gate to door"), number("dwell_min", "gate to gate"),
        digest("at_door", "the door it is counted at"), code("counted", "away", "waiting", "docked"), time("look_at"),
    ),
    "doors": (*KEY, id_of("site"), id_of("door"), *registers("door.closed", "door.opened"), delta("occupants"),
              time("changed_at"), count("position", "of the newest docking"), time("declared_at"),
              digest("declared_event"), id_of("dock_group", doc="that it is for; none: for all"),
              code("purpose", *PURPOSES, doc="that it is for; none: both"),
              code("climate", *CLIMATES, doc="reefer: also for reefers"),
              number("length_m", "of the longest vehicle that it is for")),
    "queues": (*KEY, delta("waiting", "visits at the gate without a door"), delta("docked"), time("changed_at"),
               count("position", "of the newest arrival")),
    "orders": (*KEY, *registers("order.placed", "order.cancelled", "order.changed")),
    "lines": (
        *KEY, digest("order"), id_of("line"), id_of("sku"), count("quantity"), count("value_cents"), count("loads"),
        number("weight_kg"), number("volume_m3"), time("ordered_at"), digest("ordered_event"),
        count("ordered_position"), digest("next_line", "of the same order"), *registers(*LINE_KINDS),
        time("changed_at"), digest("changed_event"), count("changed_quantity"), count("returned_quantity"),
        code("priority", *PRIORITIES), id_of("site", "ship_to"), time("promised_by", "the promise in force"),
        time("cancelled_at"),
        code("state", "unknown", "ordered", "held", "booked", "picked", "shipped", "delivered", "failed", "cancelled"),
        digest("on_leg", "the leg it is counted on"), digest("before", "the line before it there"), digest("after"),
        time("stranded_at", "since when its leg is gone"), time("expected_at", "at its ship-to"),
        number("late_min", "expected against promised"), count("risk_cents"),
        count("loss_cents_per_h", "what an hour of waiting costs"),
        delta("counted_cents", "of its value, on its leg"), delta("counted_loads", "of its loads, there"),
    ),
    "loads": (*KEY, digest("first", "of its lines"), delta("lines", "booked, not yet delivered"), delta("value_cents"),
              delta("risk_cents"), delta("loss_cents_per_h", "that an hour costs"), delta("loads", "they take")),
    "stock": (
        *KEY, id_of("site"), id_of("sku"), *registers("stock.counted"), delta("balance", "count plus deltas since"),
        delta("allocated", "to lines booked here and not yet picked"), count("short"), time("changed_at"),
        count("position"), digest("newest", "the newest of its deltas"),
        delta("settled", "sum of deltas since the count that are too old to change"),
        digest("settled_on", "the count that they came after"), time("settled_at", "the newest of them"),
    ),
    "labour": (*KEY, id_of("site"), id_of("team"), *registers("labour.rostered", "labour.present")),
    "weather": (*KEY, *registers("weather.observed", "weather.forecast"), number("hazard", "0 calm .. 3 closed")),
    "forecasts": (*KEY, id_of("station"), *registers("weather.forecast")),
    "advisories": (*KEY, *registers("carrier.advisory")),
    "weather_alerts": (*KEY, *registers("weather.alerted", "weather.cleared")),
    "hazards": (*KEY, number("hazard", "at its station"), time("since"), count("position"),
                delta("legs", "that leave or come within six hours"), time("next_leg_at"), time("look_at")),
    "sites": (*KEY, time("declared_at"), digest("declared_event"), count("declared_position"), text("name"),
              number("lat"), number("lon"), id_of("tz"), id_of("role"), id_of("station")),
    "stations": (*KEY, id_of("site", doc="the site it stands for")),
    "networks": (*KEY, time("declared_at"), digest("declared_event"), count("declared_position"), text("name"),
                 id_of("tz", doc="whose midnight ends its day"), id_of("currency")),
    "supply": (*KEY, *registers(*kinds_of("supply_move")), code("life", *LIVES), time("expected_at"),
               number("late_min"), time("look_at")),
    "tenders": (*KEY, *registers(*kinds_of("tender"))),
    "transfers": (*KEY, *registers(*kinds_of("transfer"))),
    "trailers": (*KEY, id_of("site"), id_of("trailer"), *registers("trailer.spotted", "trailer.pulled")),
    "charges": (*KEY, id_of("leg"), id_of("visit"), *registers("charge.claimed")),
    "sources": (*KEY, time("last_at"), count("events"), number("interval_s", "usual time between messages"),
                count("position")),
}
"""State that is published: a row is the whole thing, as it is after the record, in whatever order events came."""

JUDGED: Final[dict[str, tuple[Field, ...]]] = {
    "incidents": (
        *KEY, code("cause", *CAUSES), id_of("site"), id_of("source"),
        code("severity", *SEVERITIES, doc="the worst member's"), time("since"), time("closed_at"),
        digest("merged_into", "the incident that took its deviations over"),
        digest("first", "the first of its deviations"), delta("members", "open deviations"),
        delta("critical", "of them"), delta("warning"), delta("advisory"),
        delta("legs", "that its open deviations are about"), delta("visits"), delta("lines"),
        count("opened", "deviations that were ever in it"),
        delta("value_at_risk_cents", "of its lines, stock and supply"), delta("loss_cents_per_h"),
        number("loss_cents_per_min", "what a minute of waiting costs"),
        time("act_by", "the next moment by which a member wants an act, as of a minute ago"), time("look_at"),
    ),
    "members": (*KEY, digest("incident"), time("joined_at")),
    "handling": (
        *KEY, time("acknowledged_at"), person("acknowledged_by"), time("assigned_at"), person("assigned_to"),
        person("assigned_by"), time("shelved_at"), time("shelved_until", "when it comes back"), person("shelved_by"),
        time("noted_at"), person("noted_by"), text("note", "the newest"), count("notes"), time("taken_at"),
        person("taken_by", "who has it: the first who acknowledged it, was assigned it, or was handed it"),
        time("refused_at", "of the newest act on it by another than who has it"), person("refused_by"),
        digest("refused_event"), count("refused"), time("escalated_at", "nobody had taken it when it wanted an act"),
        time("closed_at", "when the deviation was over"), count("position", "of the newest act"),
    ),
    "kpis": (
        *KEY, id_of("kpi", "name"), id_of("site", doc="none: the whole network"), time("window", "its start"),
        count("window_s", "86400: the network's day, 360: a tenth of an hour"), number("value"),
        number("plan", "what was expected at the start of the day"), time("at", "the minute that said it"),
        id_of("deviation", "kind", "of `alarms_most`: a row for each"), digest("subject", "likewise"),
    ),
    "invariants": (
        *KEY, id_of("invariant", "name"), count("checked", "things that it was held against"),
        count("broken", "of them, where it does not hold"), digest("worst", "the one that is furthest off"),
        count("excess", "how far that is off"), time("since", "when it was first seen broken, if it is now"),
        time("at", "the minute that said it"),
    ),
    "options": (
        *KEY, digest("incident"), count("rank", "1: the best; doing nothing comes last"), code("kind", *OPTIONS),
        delta("net_cents", "what it saves against doing nothing, less what it costs"),
        delta("net_p10_cents", "in one future of ten it is less"), delta("net_p90_cents", "in one of ten it is more"),
        delta("cost_cents", "freight, haste, moving and broken promises, against doing nothing"),
        delta("value_kept_cents", "late fees and undelivered goods that it spares, against doing nothing"),
        delta("lines_kept", "lines that get a leg and would have none"),
        delta("on_time_delta", "promises kept more than by doing nothing"),
        *(delta(f"{name}_cents", f"spared to {name} lines; below nothing: they pay") for name in PRIORITIES),
        *(delta(f"{name}_on_time", f"promises kept more, of {name} lines") for name in PRIORITIES),
        count("lines", "of the incident, that it is about"), count("churn_lines", "booked lines that it moves"),
        id_of("leg", "binding", "the leg without which it would lose most"),
        count("price_cents", "what one more load on that leg would save"),
        number("confidence", "share of sampled futures in which it beats the next best"),
        time("expires_at", "the last moment at which all of its moves can be made"),
        count("basis", "the record whose state it was worked out from"), count("moves"),
        count("unserved", "lines of the incident that it leaves without a leg"),
        digest("digest", "of its moves: the same moves, the same option"),
    ),
    "moves": (
        *KEY, digest("option"), digest("line"), id_of("leg", "from_leg", "none: it is on no leg"),
        id_of("leg", "to_leg", "none: it is taken off to make room"), id_of("site", "from_site"),
        id_of("site", "to_site"), delta("cost_cents", "against what is booked"), *SEATED,
    ),
    "plans": (
        *KEY, digest("line"), id_of("leg", "from_leg", "none: on no leg"), id_of("leg", "to_leg", "none: left out"),
        id_of("site", "from_site"), id_of("site", "to_site"), delta("cost_cents", "against what is booked"),
        code("why", *WHYS), id_of("leg", "resource", "that is full"), count("basis", "the record it was planned from"),
        count("short", "so much more is needed, by why: loads, kg, m3, units"), id_of("sku", doc="that is missing"),
        id_of("order"), id_of("line", "order_line", "what the order calls it"),
    ),
    "prices": (
        *KEY, id_of("leg", "resource", "or the site, of doors; the sku, of goods"),
        time("window_start", "when the leg is expected to leave; of doors: as of when"),
        count("last_unit_cents", "what its last load, door or unit saves"),
        count("next_unit_cents", "one more"), code("what", "leg", "doors", "goods"), id_of("site", doc="of goods"),
    ),
    "doorplans": (
        *KEY, id_of("visit"), id_of("site"), id_of("door", doc="the one it is to come to"),
        time("start", "from when it is to be there"), id_of("door", "before_door", "where it would come by its turn"),
        time("before_start", "when it would"), delta("saved_min", "so much sooner; below nothing: it makes room"),
        delta("saved_cents", "what its lateness costs less"), code("why", *DOOR_WHYS),
        count("basis", "the record whose state it was planned from"),
        count("work_min", "at the door, as it was planned with"), code("work_by", *WORK_BY, doc="who says so"),
    ),
    "yards": (
        *KEY, id_of("site"), count("basis", "the record whose state was planned from"), time("at", "of that record"),
        count("visits", "that come within some hours"), count("doors", "that are open"),
        count("before_cents", "what lateness costs if first come is first served"), count("cost_cents", "as planned"),
        count("bound_cents", "no plan costs less"), count("before_wait_min", "at the gate, first come, first served"),
        count("wait_min", "as planned"), count("tried", "moves that the search looked at"),
        delta("net_p10_cents", "saved; in one of ten futures, in which work takes more or less, it is less"),
        delta("net_p90_cents", "in one of ten it is more"), number("confidence", "share of futures in which it saves"),
        count("next_door_cents", "what one more door would save"), count("last_door_cents", "what the last one saves"),
        count("moves", "visits that come to another door or minute"), count("dropped", "moves that did not hold"),
        time("look_at", "from then on it is not known any more what a door is worth"),
    ),
    "doorrules": (*KEY, *DOOR_RULES),
    "predictions": (
        *KEY, id_of("leg", "subject", "or the visit"), code("moment", *MOMENTS, doc="what was asked, and when"),
        time("issued_at"), time("arr_planned", "what lateness is against; of `leaving` dep_planned"), id_of("carrier"),
        id_of("site", "origin"), id_of("site", "dest"), number("p05", "minutes after the plan: in 1 of 20 sooner"),
        number("p50", "as likely sooner as later"), number("p95", "in one of twenty it comes later"),
        number("p_event", "chance that it comes (of `leaving`: leaves) more than 15 minutes late"),
        code("why", *DOUBTS), number("base_min", "how late it left; 0 before; on the way the newest estimate, or now"),
        number("carrier_min", "what the carrier adds to that"), number("lane_min"), number("weather_min"),
        number("inbound_min", "what its vehicle did last"), number("congestion_min"), number("calendar_min"),
        count("version", "labels that were learned from by then"), count("basis", "the record in which it was said"),
        number("label_min", "how late it came"), time("labelled_at", "when that was known"),
        number("error_min", "how late it came beyond p50"), code("served_by", *SERVERS, doc="whose estimate p50 is"),
        number("served_min", "what that one adds to base and groups"), number("tiles_min", "our model's estimate"),
        number("linear_min", "the challenger's"), number("blend_min", "both, weighted by their errors"),
        number("estimate_min", "the carrier's own, minutes after the plan, as known then"),
        code("shown", "ours", "carriers", doc="whose estimate is shown: the one that was less off on such legs"),
        number("shown_min", "minutes after the plan"), number("p_cancelled", "chance of that, of moment hours_before"),
        count("lead_h", "asked so many hours before: 9, 6, 4, 2"), count("was_cancelled", "1: it was, 0: it left"),
        id_of("site", doc="of a visit; its p05 to p95 and label are minutes from the gate or door on"),
        number("elapsed_min", "how long the visit had lasted when it was asked about: it lasts longer than that"),
        time("expected_at", "when it is over by p50"), code("used_by", *USERS),
        count("nth", "of `along_the_way`: so often it was asked by now"), time("dep_planned"),
        number("gain_min", "so much less off the carrier's own was on such legs of late; below nothing: ours was"),
    ),
    "demands": (
        *KEY, id_of("site", doc="where lines go; none: to all"), id_of("family", doc="of their articles; none: of all"),
        time("step_at", "the beginning of the half hour"), time("issued_at"),
        code("ahead", "half_hour", "six_hours", "day", doc="said so long before its end"),
        number("p05", "lines that are ordered in it: fewer in one of twenty"), number("p50"), number("p95"),
        code("why", *DOUBTS), number("usual", "at that half hour of the week"),
        number("last_week", "what it was a week before"), count("version", "labels that were learned from by then"),
        count("basis", "the record in which it was said"),
        number("label", "what came; none: nothing at all came, of anything, though something was sure to"),
        time("labelled_at"), number("error", "by how much that was more than p50"),
    ),
    "connections": (
        *KEY, id_of("leg", "inbound", "that brings what the leg of the row waits for; of several the worst"),
        code("what", *TIES), id_of("site", doc="where"), code("state", *CONNECTION_STATES),
        number("short_min", "so much too late; below nothing: in time"),
        time("expected_at", "when the inbound leg comes; never: it is cancelled"), code("shown_by", *SHOWN_BY),
        time("needed_at", "the last moment at which it can come"),
        time("leaves_at", "when the leg leaves: as planned, or where goods are waited for as expected"),
        count("lines", "on the leg, that come too late for it"),
        count("risk_cents", "of all lines on it: those that stay behind, and the others as late as it leaves"),
        count("position", "of what was last said of the inbound leg"),
    ),
    "models": (
        *KEY, id_of("model", "name"), code("moment", *MOMENTS), code("serves", *SERVERS), time("serves_since"),
        code("why", *FREEZES, doc="learning is frozen; none: it goes on"), time("frozen_at"),
        count("frozen", "how often it was"), count("learned", "labels"),
        count("kept_back", "labels that were scored and not learned"), count("measured", "labels of all who can serve"),
        count("promotions", "changes of who serves"), count("rollbacks", "of those, that were taken back on trial"),
        count("hours_worse", "in a row, in which the schedule was less off than the model"),
        number("tiles_error_min", "mean absolute error over the last two thousand labels or so"),
        number("linear_error_min"), number("blend_error_min"), number("schedule_error_min"),
        number("drift_pct", "by how much errors have grown of late, beyond the schedule's"),
        number("missing_share", "of inputs, of late"),
        number("unseen_share", "of answers about a carrier or place never seen"),
        number("skewed_share", "of labels that cannot be"), number("label_delay_min", "from its moment to the tower"),
        number("lost_share", "of labels that are six hours overdue"), time("at", "the minute that said it"),
        code("ruled", "by_rule", "by_hand", doc="what says who serves"), person("by", "who said so last"),
        text("reason"), time("ruled_at"), digest("ruled_event"), count("ruled_position"),
    ),
    "decisions": (
        *KEY, digest("incident"), count("nth", "of its incident"), digest("option", "what is decided on"),
        code("type", *ACTION_TYPES), code("mode", *MODES), code("state", *DECISION_STATES),
        person("by", "who spoke last; `policy` where the tower decided alone"), count("approvals"),
        count("wanted", "approvals that it takes"), person("approved_by", "the first who did"),
        count("policy", "the version in force"), time("at", "since when it is in this state"), time("proposed_at"),
        time("expires_at"), text("reason"), count("stake_cents", "the money that is at stake"), delta("net_cents"),
        number("confidence"), digest("digest", "of the option's moves"), count("basis", "the record that they are of"),
        count("moves", "lines that it moves"), count("void", "of them, that do not hold any more"),
        digest("action", "the newest"), time("undo_until", "until then it can be rolled back"),
        count("position", "of the newest word on it"), time("look_at"),
    ),
    "actions": (
        *KEY, digest("decision"), count("nth", "of its decision"), code("type", *ACTION_TYPES),
        code("state", *ACTION_STATES), time("at", "since when"), time("sent_at"),
        time("undo_until", "pick release of its first line"), count("moves", "lines to move"), count("done"),
        count("failed"), text("reason"), digest("undoes", "the action that it takes back"),
        id_of("source", doc="who answered"), count("position", "of the newest answer"),
        time("silent_at", "an answer is missed from then on"), time("look_at"),
    ),
    "action_moves": (
        *KEY, digest("action"), digest("line"), id_of("order"), id_of("line", "order_line"), id_of("leg", "from_leg"),
        id_of("leg", "to_leg"), id_of("site", "from_site"), id_of("site", "to_site"), code("state", *MOVE_STATES),
        text("reason"), *SEATED,
    ),
    "playbooks": (*KEY, *playbooks.columns(CAUSES, OPTIONS)),
}
"""State that is published and follows from deviations or plans: these depend on what was known when."""

STANDING: Final = {**FACTS, **JUDGED}
"""All tables whose newest row, by key, is how the thing stands."""

REJECTED: Final = (id_of("source"), count("inbox"), count("row"), id_of("reason"), digest("id"),
                   count("size", "bytes of raw kept"))  # fmt: skip
DEVIATION_STATUS: Final = ("opened", "changed", "closed", "withdrawn")

TABLES: Final[dict[str, tuple[Field, ...]]] = {
    **FACTS,
    **JUDGED,
    "rejected": REJECTED,
    "ledger": (id_of("source"), *(count(n) for n in ("received", "accepted", "duplicate", "late", "rejected"))),
    "deviations": (
        digest("id", "hash(kind, subject, n-th opening)"), id_of("deviation", "kind"), code("severity", *SEVERITIES),
        digest("subject"), id_of("site"), time("since"), time("at"), number("value"), number("limit"),
        count("value_at_risk_cents"), time("act_by"), count("evidence", "position of the event that shows it"),
        code("status", *DEVIATION_STATUS), count("opening"),
        number("loss_cents_per_min", "what a minute of waiting costs: rates of its lines that are late or stranded"),
    ),
    "gone": (id_of("table"), digest("key")),
    "notes": (id_of("note", "what"), digest("subject"), count("position"), text("text")),
}  # fmt: skip
"""Every table of an outcome record. Each row's place (network, number, ordinal, now) is its record's."""

__all__ = ["CAUSES", "FACTS", "JUDGED", "LIVES", "OPTIONS", "POSITION", "STANDING", "TABLES", "WHYS", "column", "kind",
           "kinds_of", "registers"]  # fmt: skip
