"""Rows: what a row of each channel says. A field that is not there is not known. Times are RFC 3339."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

Severity = Annotated[int, Field(ge=0, le=3, description="0 none, 1 advisory, 2 warning, 3 critical")]
Life = Literal["unplanned", "planned", "overdue", "delayed", "early", "late", "reported"]


class Row(BaseModel):
    """A row by its id."""

    model_config = ConfigDict(extra="forbid")

    id: str


class Gone(Row):
    """The id is no more, or does not pass the filter any more."""

    op: Literal["del"]


class Deviation(Row):
    """Something is not as it should be, and is not over."""

    kind: str | None = None
    severity: Severity
    subject: str | None = None
    site: str | None = None
    since: str | None = None
    at: str | None = None
    value: float | None = None
    limit: float | None = None
    value_at_risk_cents: int | None = None
    loss_cents_per_min: Annotated[float | None, Field(description="what a minute of waiting costs")] = None
    incident: Annotated[str | None, Field(description="the id of the incident that it belongs to")] = None
    act_by: str | None = None
    status: Literal["opened", "changed", "closed", "withdrawn"]
    why: Annotated[str | None, Field(description="in words")] = None
    opening: int | None = None
    evidence: Annotated[int | None, Field(description="position: record number * 4096 + row")] = None
    taken_by: Annotated[str | None, Field(description="who works it; nobody else may")] = None
    taken_at: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: str | None = None
    assigned_to: str | None = None
    assigned_by: str | None = None
    assigned_at: str | None = None
    shelved_by: str | None = None
    shelved_at: str | None = None
    shelved_until: str | None = None
    noted_by: str | None = None
    noted_at: str | None = None
    note: Annotated[str | None, Field(description="the newest")] = None
    notes: Annotated[int | None, Field(description="how many there are")] = None
    escalated_at: Annotated[str | None, Field(description="nobody took it in time")] = None


class Incident(Row):
    """Deviations with one cause, while any of them is open."""

    cause: Literal["weather", "legs", "docks", "lines", "stock", "supply", "source", "other", "demand", "carriers",
                   "actions", "models"]  # fmt: skip
    site: str | None = None
    source: str | None = None
    severity: Annotated[Severity, Field(description="the worst member's")]
    since: str | None = None
    act_by: Annotated[str | None, Field(description="the next moment by which a member wants an act")] = None
    members: int | None = None
    critical: int | None = None
    warning: int | None = None
    advisory: int | None = None
    legs: Annotated[int | None, Field(description="that its open deviations are about, each once")] = None
    visits: int | None = None
    lines: int | None = None
    opened: Annotated[int | None, Field(description="deviations that were ever in it")] = None
    value_at_risk_cents: int | None = None
    loss_cents_per_min: Annotated[float | None, Field(description="what a minute of waiting costs")] = None


class Site(Row):
    """A place. Beyond these fields: its figures of the day by name, as in channel `kpis`."""

    model_config = ConfigDict(extra="allow")

    name: str | None = None
    lat: float | None = None
    lon: float | None = None
    x: Annotated[float | None, Field(description="on a map of 975 x 610, Albers; Puerto Rico inset")] = None
    y: float | None = None
    tz: str | None = None
    role: str | None = None
    severity: Severity
    hazard: Annotated[float | None, Field(description="0 calm .. 3 closed")] = None
    gust_mps: float | None = None
    visibility_m: float | None = None
    temp_c: float | None = None
    precip_mm_h: float | None = None
    observed_at: str | None = None
    waiting: int | None = None
    docked: int | None = None
    doors: int | None = None
    doors_in_use: int | None = None
    doors_closed: int | None = None


class Leg(Row):
    """A movement that is planned, under way, or over for less than a day."""

    origin: str | None = None
    dest: str | None = None
    carrier: str | None = None
    mode: Literal["air", "truckload", "ltl", "rail", "ocean", "parcel"] | None = None
    dep_planned: str | None = None
    arr_planned: str | None = None
    dep_expected: str | None = None
    arr_expected: str | None = None
    departed_at: str | None = None
    arrived_at: str | None = None
    cancelled_at: str | None = None
    late_min: float | None = None
    dep_life: Life | None = None
    arr_life: Life | None = None
    lines: int | None = None
    value_cents: int | None = None
    risk_cents: int | None = None


class Slot(BaseModel):
    """A visit at a door."""

    model_config = ConfigDict(extra="forbid")

    visit: str
    leg: str | None = None
    start: str | None = None
    end: str | None = None
    state: Literal["on_plan", "overrun", "blocked", "booked"]
    over: Literal[True] | None = None


class Waits(BaseModel):
    """A visit that is booked or at the gate and has no door."""

    model_config = ConfigDict(extra="forbid")

    visit: str
    leg: str | None = None
    window_start: str | None = None
    window_end: str | None = None
    arrived_at: str | None = None
    life: Life | None = None
    planned_door: Annotated[str | None, Field(description="where a plan would have it, by the newest proposal")] = None
    planned_start: str | None = None


class Dock(Row):
    """A door with who stands there and the last three that did; or `<site>/waiting`, with who has no door."""

    site: str | None = None
    door: str | None = None
    closed_at: str | None = None
    occupants: int | None = None
    slots: list[Slot] | None = None
    waiting: list[Waits] | None = None
    more: Annotated[int | None, Field(description="how many wait beyond those that are listed")] = None


class Kpi(Row):
    """A figure of a window; without `site` the whole network's."""

    name: str | None = None
    site: str | None = None
    window: str | None = None
    window_s: int | None = None
    value: float | None = None
    plan: float | None = None
    at: str | None = None
    kind: Annotated[str | None, Field(description="of a deviation; of `alarms_most` only, a row for each")] = None
    subject: str | None = None


class Decision(Row):
    """What is to be decided about an incident, or was; of the moves that its option had when it was proposed."""

    incident: str
    nth: Annotated[int | None, Field(description="of its incident")] = None
    option: str
    type: Literal["rebook", "redock"] | None = None
    mode: Literal["advise", "approve", "auto"] | None = None
    state: Literal["proposed", "approved", "adjusted", "rejected", "expired", "superseded", "acting", "executed",
                   "failed", "rolled_back", "undoing"]  # fmt: skip
    by: Annotated[str | None, Field(description="who spoke last; `policy`: the tower decided alone")] = None
    approvals: int | None = None
    wanted: Annotated[int | None, Field(description="approvals that it takes")] = None
    approved_by: str | None = None
    policy: Annotated[int | None, Field(description="the version in force")] = None
    at: Annotated[str | None, Field(description="since when it is in this state")] = None
    proposed_at: str | None = None
    expires_at: str | None = None
    undo_until: str | None = None
    reason: str | None = None
    stake_cents: int | None = None
    net_cents: int | None = None
    confidence: float | None = None
    basis: Annotated[int | None, Field(description="the record that its moves are of")] = None
    moves: int | None = None
    void: Annotated[int | None, Field(description="lines whose move did not hold any more")] = None
    action: str | None = None


class MovedLine(BaseModel):
    """A line that an action moves to another leg, or a visit to another door or moment."""

    model_config = ConfigDict(extra="forbid")

    order: str | None = None
    order_line: str | None = None
    from_leg: str | None = None
    to_leg: str | None = None
    from_site: str | None = None
    to_site: str | None = None
    visit: str | None = None
    from_door: str | None = None
    to_door: str | None = None
    from_start: Annotated[str | None, Field(description="when the visit would come to a door by its turn")] = None
    to_start: str | None = None
    state: Literal["asked", "done", "failed", "void"]
    reason: str | None = None


class Action(Row):
    """What left the tower to be done."""

    decision: str
    nth: int | None = None
    type: Literal["rebook", "redock"] | None = None
    state: Literal["sent", "acknowledged", "executed", "failed", "undone"]
    at: str | None = None
    sent_at: str | None = None
    undo_until: str | None = None
    silent_at: Annotated[str | None, Field(description="an answer is missed from then on")] = None
    moves: int | None = None
    done: int | None = None
    failed: int | None = None
    reason: str | None = None
    undoes: Annotated[str | None, Field(description="the action that it takes back")] = None
    source: Annotated[str | None, Field(description="who answered")] = None
    lines: list[MovedLine] = []


class Option(Row):
    """What can be done about an incident. Cents and lines are against doing nothing; below nothing: somebody pays."""

    incident: str
    kind: Literal["joint", "spare", "nothing", "redock"] | None = None
    rank: Annotated[int | None, Field(description="1: the best; doing nothing comes last")] = None
    net_cents: int | None = None
    net_p10_cents: Annotated[int | None, Field(description="in one future of ten it is less")] = None
    net_p90_cents: Annotated[int | None, Field(description="in one of ten it is more")] = None
    cost_cents: int | None = None
    value_kept_cents: int | None = None
    lines_kept: int | None = None
    on_time_delta: Annotated[int | None, Field(description="promises kept more")] = None
    express_cents: int | None = None
    standard_cents: int | None = None
    economy_cents: int | None = None
    express_on_time: int | None = None
    standard_on_time: int | None = None
    economy_on_time: int | None = None
    lines: Annotated[int | None, Field(description="of the incident, that it is about")] = None
    churn_lines: Annotated[int | None, Field(description="booked lines that it moves")] = None
    binding: Annotated[str | None, Field(description="the leg without which it would lose most")] = None
    price_cents: Annotated[int | None, Field(description="what one more load there would save")] = None
    confidence: Annotated[float | None, Field(description="share of futures in which it beats the next best")] = None
    expires_at: str | None = None
    basis: Annotated[int | None, Field(description="the record that it was worked out from")] = None
    moves: Annotated[int | None, Field(description="lines that it moves: GET /v1/moves?option=")] = None
    unserved: Annotated[int | None, Field(description="lines that it leaves without a leg")] = None


class Price(Row):
    """What loads of a leg that is full are worth, doors of a site, or goods that are short there."""

    what: Annotated[Literal["leg", "doors", "goods"] | None, Field(description="what it is the price of")] = None
    resource: Annotated[str | None, Field(description="the leg, the site, or the sku")] = None
    site: Annotated[str | None, Field(description="of goods: where they are short")] = None
    window_start: Annotated[str | None, Field(description="when it is expected to leave; of doors: as of when")] = None
    last_unit_cents: Annotated[int | None, Field(description="what its last load, door or unit saves")] = None
    next_unit_cents: Annotated[int | None, Field(description="what one more would save")] = None


class Plan(Row):
    """A line that the plan has elsewhere than it is booked, or on no leg."""

    line: Annotated[str | None, Field(description="as in `GET /v1/lines`")] = None
    order: str | None = None
    order_line: Annotated[str | None, Field(description="what the order calls the line")] = None
    from_leg: Annotated[str | None, Field(description="none: it is on no leg")] = None
    to_leg: Annotated[str | None, Field(description="none: it is left without one")] = None
    from_site: str | None = None
    to_site: str | None = None
    cost_cents: Annotated[int | None, Field(description="against what is booked; below nothing: it saves")] = None
    why: Annotated[str | None, Field(description="a code of table `plans`")] = None
    says: Annotated[str | None, Field(description="why it is left without a leg, in words")] = None
    resource: Annotated[str | None, Field(description="the leg that is full")] = None
    sku: Annotated[str | None, Field(description="what is missing")] = None
    short: Annotated[int | None, Field(description="so much more is needed: loads, kg, m3 or units, by why")] = None
    basis: Annotated[int | None, Field(description="the record that it was planned from")] = None


class Playbook(Row):
    """What was better in a what-if, kept by name for incidents of its cause and site."""

    name: str
    version: int | None = None
    title: str | None = None
    cause: Literal["weather", "legs", "docks", "lines", "stock", "supply", "source", "other", "demand", "carriers",
                   "actions", "models"]  # fmt: skip
    site: Annotated[str | None, Field(description="none: any")] = None
    option: Literal["joint", "spare", "nothing", "redock"]
    net_cents: Annotated[int | None, Field(description="what it adds to the net cost; below nothing: it saves")] = None
    net_low_cents: Annotated[int | None, Field(description="its interval at 95 %")] = None
    net_high_cents: int | None = None
    runs: Annotated[int | None, Field(description="pairs of runs that were played")] = None
    run: Annotated[str | None, Field(description="the what-if that it is from")] = None
    at: str | None = None
    by: str | None = None


ROWS: Final[dict[str, type[Row]]] = {
    "deviations": Deviation, "incidents": Incident, "options": Option, "decisions": Decision, "actions": Action,
    "sites": Site, "legs": Leg, "docks": Dock, "prices": Price, "kpis": Kpi,
    "plans": Plan, "playbooks": Playbook,
}  # fmt: skip
