"""The vocabulary: every kind of event, declared once. Decoding, checks, layouts, origin and docs are made from it."""

from dataclasses import dataclass
from typing import Final, Literal

from tower.fields import Field, code, count, delta, digest, id_of, index, kind, number, text, time

Origin = Literal["x", "n", "h"]
"""x exogenous (not ours to plan), n endogenous (follows from a plan), h human or our own."""


@dataclass(frozen=True, slots=True)
class Part:
    """A list inside an event, such as the lines of an order: rows of a family of their own."""

    name: str
    family: str
    fields: tuple[Field, ...]
    keys: tuple[Field, ...]
    """The fields that tell the parts of one event apart; every part has the last of them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `subject` is the field (or the two) that says what it is about."""

    name: str
    number: int
    family: str
    origin: Origin
    subject: tuple[Field, ...]
    fields: tuple[Field, ...] = ()
    required: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def moment(self) -> str:
        """The word behind the dot: what happened.

        >>> BY_NAME["leg.departed"].moment
        'departed'
        """
        return self.name.partition(".")[2].replace(".", "_")

    @property
    def is_document(self) -> bool:
        """Low-rate kinds are kept as JSON, not as columns."""
        return self.family == "documents"


MODES: Final = ("air", "truckload", "ltl", "rail", "ocean", "parcel")
PRIORITIES: Final = ("express", "standard", "economy")
CLASSIFIERS: Final = ("planned", "estimated", "actual")
REASONS_HELD: Final = ("stock", "capacity", "credit")
CLIMATES: Final = ("ambient", "reefer")
PURPOSES: Final = ("load", "unload")
SEVERITIES: Final = ("none", "advisory", "warning", "critical")

LEG, VISIT, ORDER, SITE, STATION = id_of("leg"), id_of("visit"), id_of("order"), id_of("site"), id_of("station")
SKU, DOOR, CARRIER, TRAILER, PO = id_of("sku"), id_of("door"), id_of("carrier"), id_of("trailer"), id_of("po")
LINE, TENDER, TRANSFER, AREA = id_of("line"), id_of("tender"), id_of("transfer"), id_of("area")
TEAM, DEVIATION, OPTION, ACTION = id_of("team"), id_of("deviation"), id_of("option"), id_of("action")
REASON, QUANTITY, STOP = text("reason"), count("quantity"), count("stop")
CREWS = count("crews", "dock crews among them; each works at one door at a time")
WINDOW = (time("window_start"), time("window_end"))

STOPS: Final = Part(
    "stops", "leg_stop",
    (id_of("site"), count("sequence"), code("purpose", "load", "unload"), *WINDOW), (count("sequence"),),
)
ORDER_LINES: Final = Part(
    "lines", "order_line",
    (LINE, SKU, QUANTITY, count("value_cents"), count("loads"), number("weight_kg"), number("volume_m3")), (LINE,),
)
SUPPLY_LINES: Final = Part("lines", "supply_line", (LINE, SKU, QUANTITY), (LINE,))
WAVE_LINES: Final = Part("lines", "wave_line", (ORDER, LINE), (ORDER, LINE))

_WEATHER: Final = (
    number("temp_c"), number("wind_mps"), number("gust_mps"), number("visibility_m"), number("precip_mm_h"),
    number("pressure_hpa"),
)


def _documents() -> list[tuple[str, Origin, tuple[Field, ...]]]:
    """Kinds that happen seldom and are kept as JSON: name, origin, subject."""
    declared = {"site": SITE, "door": DOOR, "carrier": CARRIER, "sku": SKU, "customer": id_of("customer"),
                "lane": id_of("lane"), "team": TEAM, "station": STATION, "network": id_of("network")}
    network = (id_of("network"),)
    return [
        *((f"{name}.declared", "x", (field,)) for name, field in declared.items()),
        *((f"decision.{word}", "h", (id_of("decision"),))
          for word in ("approved", "rejected", "adjusted", "rolled_back")),
        *((f"action.{word}", "n", (ACTION,)) for word in ("acknowledged", "executed", "failed")),
        ("plan.proposed", "n", network), ("plan.changed", "n", network),
        *((f"deviation.{word}", "h", (DEVIATION,)) for word in ("acknowledged", "shelved", "assigned", "noted")),
        ("policy.set", "h", (id_of("policy"),)), ("baseline.frozen", "h", network),
        ("clock.accepted", "h", network), ("clock.passed", "h", network), ("build.activated", "h", (id_of("build"),)),
        ("subscription.set", "h", (id_of("subscription"),)), ("deviation.released", "h", (DEVIATION,)),
        ("playbook.set", "h", (id_of("playbook"),)),
        ("model.promoted", "h", (id_of("model"),)), ("model.rolled_back", "h", (id_of("model"),)),
    ]


_ROWS: Final[list[tuple[str, str, Origin, tuple[Field, ...], tuple[Field, ...], str, tuple[Part, ...]]]] = [
    # name, family, origin, subject, fields, required, parts
    ("leg.planned", "leg_plan", "x", (LEG,), (
        code("mode", *MODES), id_of("site", "origin"), id_of("site", "dest"), time("dep_planned"), time("arr_planned"),
        count("capacity_loads"), number("capacity_kg"), number("capacity_m3"), text("contact"),
    ), "origin dest dep_planned arr_planned", (STOPS,)),
    ("leg.assigned", "leg_plan", "x", (LEG,), (
        CARRIER, id_of("vehicle"), id_of("equipment"), TRAILER, id_of("driver"),
    ), "carrier", ()),
    ("leg.departed", "leg_move", "x", (LEG,), (STOP,), "", ()),
    ("leg.arrived", "leg_move", "x", (LEG,), (STOP,), "", ()),
    ("leg.position", "leg_move", "x", (LEG,), (number("lat"), number("lon")), "lat lon", ()),
    ("leg.estimated", "leg_move", "x", (LEG,), (STOP, time("dep_estimated"), time("arr_estimated")), "", ()),
    ("leg.cancelled", "leg_move", "x", (LEG,), (REASON,), "", ()),
    ("leg.troubled", "leg_move", "x", (LEG,), (text("what"), number("delay_min")), "what", ()),
    ("visit.booked", "visit", "n", (VISIT,), (
        SITE, LEG, STOP, code("purpose", *PURPOSES), code("handling", "live", "drop"), id_of("dock_group"),
        *WINDOW, number("work_min"), id_of("appointment"), TRAILER,
        code("timing", "movable", "fixed", doc="whether a plan of doors may give it another door or minute"),
        code("climate", *CLIMATES, doc="a reefer comes to no door that is said to be ambient"),
        number("length_m", "of the vehicle: it comes to no door that is for shorter ones"),
    ), "site window_start", ()),
    ("visit.rescheduled", "visit", "n", (VISIT,), (*WINDOW, REASON), "window_start", ()),
    ("visit.arrived", "visit", "n", (VISIT,), (), "", ()),
    ("visit.docked", "visit", "n", (VISIT,), (DOOR,), "door", ()),
    ("visit.started", "visit", "n", (VISIT,), (), "", ()),
    ("visit.finished", "visit", "n", (VISIT,), (), "", ()),
    ("visit.left", "visit", "n", (VISIT,), (), "", ()),
    ("visit.cancelled", "visit", "n", (VISIT,), (REASON,), "", ()),
    ("door.closed", "door_note", "x", (SITE, DOOR), (REASON,), "", ()),
    ("door.opened", "door_note", "x", (SITE, DOOR), (), "", ()),
    ("trailer.spotted", "trailer_note", "x", (SITE, TRAILER), (text("place"),), "", ()),
    ("trailer.pulled", "trailer_note", "x", (SITE, TRAILER), (text("place"),), "", ()),
    ("order.placed", "order", "x", (ORDER,), (
        id_of("customer"), code("priority", *PRIORITIES), id_of("site", "ship_to"), time("deliver_from"),
        time("promise_by"),
    ), "lines", (ORDER_LINES,)),
    ("order.changed", "order", "x", (ORDER,), (LINE, QUANTITY, time("promise_by")), "", ()),
    ("order.cancelled", "order", "x", (ORDER,), (REASON,), "", ()),
    ("order.returned", "order", "x", (ORDER,), (LINE, QUANTITY, REASON), "", ()),
    ("line.booked", "line", "n", (ORDER, LINE), (
        LEG, SITE, id_of("leg", "inbound", "that brings its goods to the site, where they are not there yet"),
    ), "leg", ()),
    ("line.held", "line", "n", (ORDER, LINE), (code("held_for", *REASONS_HELD, wire="reason"),), "", ()),
    ("line.picked", "line", "n", (ORDER, LINE), (QUANTITY,), "quantity", ()),
    ("line.shorted", "line", "n", (ORDER, LINE), (QUANTITY, REASON), "quantity", ()),
    ("line.shipped", "line", "n", (ORDER, LINE), (LEG, QUANTITY), "leg", ()),
    ("line.delivered", "line", "n", (ORDER, LINE), (QUANTITY, count("refused"), REASON), "quantity", ()),
    ("line.failed", "line", "n", (ORDER, LINE), (REASON, QUANTITY, LEG), "reason", ()),
    ("wave.released", "wave", "n", (id_of("wave"),), (SITE,), "", (WAVE_LINES,)),
    ("stock.counted", "stock_move", "x", (SITE, SKU), (count("on_hand"),), "on_hand", ()),
    ("stock.received", "stock_move", "n", (SITE, SKU), (delta("quantity"),), "quantity", ()),
    ("stock.moved", "stock_move", "n", (SITE, SKU), (delta("quantity"), id_of("site", "to_site")), "quantity", ()),
    ("stock.adjusted", "stock_move", "x", (SITE, SKU), (delta("quantity"), REASON), "quantity", ()),
    ("supply.ordered", "supply_move", "x", (PO,), (id_of("supplier"), SITE, SKU, QUANTITY, time("due")), "due", ()),
    ("supply.noticed", "supply_move", "x", (PO,), (id_of("asn"), LEG, time("eta")), "", (SUPPLY_LINES,)),
    ("supply.received", "supply_move", "n", (PO,), (QUANTITY, VISIT), "", ()),
    ("tender.offered", "tender", "n", (TENDER,), (
        LEG, id_of("lane"), CARRIER, count("rank"), count("rate_cents"), time("expires_at"),
    ), "carrier", ()),
    ("tender.accepted", "tender", "n", (TENDER,), (), "", ()),
    ("tender.rejected", "tender", "n", (TENDER,), (REASON,), "", ()),
    ("tender.expired", "tender", "n", (TENDER,), (), "", ()),
    ("tender.withdrawn", "tender", "n", (TENDER,), (), "", ()),
    ("transfer.requested", "transfer", "n", (TRANSFER,), (
        SKU, id_of("site", "from_site"), id_of("site", "to_site"), QUANTITY,
    ), "sku", ()),
    ("transfer.shipped", "transfer", "n", (TRANSFER,), (LEG, QUANTITY), "", ()),
    ("transfer.received", "transfer", "n", (TRANSFER,), (LEG, QUANTITY), "", ()),
    ("labour.rostered", "labour_report", "x", (SITE, TEAM), (
        id_of("skill"), time("start"), time("end"), count("heads"), CREWS,
    ), "start end heads", ()),
    ("labour.present", "labour_report", "x", (SITE, TEAM), (count("heads"), time("until"), CREWS), "heads", ()),
    ("charge.claimed", "charge", "x", (LEG, VISIT), (
        code("charge", "detention", "layover", "lumper"), count("charge_cents"),
    ), "charge_cents", ()),
    ("weather.observed", "weather_report", "x", (STATION,), _WEATHER, "", ()),
    ("weather.forecast", "weather_report", "x", (STATION,), (
        time("for"), time("issued"), number("p_hazard", "the chance, 0 to 1, of weather in which legs do not fly"),
        *_WEATHER, time("until", "an hour after `for` unless told"),
    ), "for", ()),
    ("weather.alerted", "weather_alert", "x", (AREA,), (
        code("severity", *SEVERITIES), time("onset"), time("expires"), text("headline"),
    ), "severity", ()),
    ("weather.cleared", "weather_alert", "x", (AREA,), (), "", ()),
    ("carrier.advisory", "carrier_note", "x", (id_of("advisory"),), (
        CARRIER, id_of("site", doc="that legs leave from"), id_of("site", "dest"), *WINDOW,
        number("p_cancel", "the chance, 0 to 1, that a leg does not fly"),
        number("delay_min", "how late those are that fly"), time("issued"),
    ), "window_start window_end", ()),
]

KINDS: Final[tuple[Kind, ...]] = (
    *(Kind(name, i, family, origin, subject, fields, tuple(required.split()), parts)
      for i, (name, family, origin, subject, fields, required, parts) in enumerate(_ROWS, 1)),
    *(Kind(name, i, "documents", origin, subject) for i, (name, origin, subject) in enumerate(_documents(), 101)),
)  # fmt: skip
"""Numbers are part of the log's format: append, never renumber."""

BY_NAME: Final = {k.name: k for k in KINDS}
BY_NUMBER: Final = {k.number: k for k in KINDS}
NUMBER: Final = {k.name: k.number for k in KINDS}

HEAD: Final = (
    digest("id", "hash(source, the source's own id)"),
    digest("content", "hash of what it says"),
    kind("kind"),
    id_of("source"),
    count("inbox", "position of its message in its source's inbox"),
    index("row", "which event of that message"),
    time("at", "when it happened, says the source"),
    time("said_at", "the source's own clock when it said so"),
    count("sequence"),
    digest("subject", "the id of what it is about, or the pair of two"),
    code("classifier", *CLASSIFIERS),
)
"""The head of every event; its body is a row of its family's table that points back by `event`."""

EVENT: Final = index("event", "the row of its head")
CORRECTION: Final = (
    EVENT, digest("corrects", "id of the event that was wrong"), kind("corrects_kind"), digest("corrects_subject"),
    time("corrects_at"), text("corrects_reason"),
)  # fmt: skip
"""A correction names the wrong event by id, or by kind, subject and moment (EDI quotes no id)."""

REFERENCE: Final = (EVENT, code("scheme", "bol", "pro", "po", "booking", "trailer", "other"), id_of("reference"))
"""Another name of what the event is about, for search."""


def _family_fields() -> dict[str, tuple[Field, ...]]:
    families: dict[str, dict[str, Field]] = {}
    for k in KINDS:
        if not k.is_document:
            columns = families.setdefault(k.family, {"event": EVENT})
            columns.update({f.name: f for f in (k.subject if len(k.subject) > 1 else ())})
            columns.update({f.name: f for f in k.fields})
        for part in k.parts:
            families[part.family] = {f.name: f for f in (EVENT, *part.fields)}
    families["correction"] = {f.name: f for f in CORRECTION}
    families["reference"] = {f.name: f for f in REFERENCE}
    return {family: tuple(columns.values()) for family, columns in families.items()}


FAMILIES: Final = _family_fields()
"""The columns of each family's body rows."""
