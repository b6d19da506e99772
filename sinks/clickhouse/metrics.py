"""Metrics: views of database `tower` over its tables, each with its definition as its comment."""

from typing import Final

_LIVES: Final = """
    SELECT network, id, any(d.kind) AS kind,
        argMax(d.severity, indexOf(['none', 'advisory', 'warning', 'critical'], d.severity)) AS severity,
        any(d.site) AS site, any(d.subject) AS subject,
        assumeNotNull(min(d.at)) AS opened,
        nullIf(maxIf(assumeNotNull(d.at), d.status IN ('closed', 'withdrawn')), toDateTime64(0, 3, 'UTC')) AS ended,
        argMax(d.status, (d.number, d.ordinal)) AS status, max(d.value_at_risk_cents) AS value_at_risk_cents
    FROM tower.deviations AS d GROUP BY network, id"""

METRICS: Final[dict[str, tuple[str, str]]] = {
    "metrics_on_time": (
        "Share of legs that arrived at most 15 minutes after plan, per hour of arrival, as last known; 0..1",
        """SELECT network, toStartOfHour(arrived_at) AS hour, count() AS legs, countIf(late_min <= 15) AS on_time,
        on_time / legs AS share FROM tower.legs_newest WHERE arrived_at IS NOT NULL AND late_min IS NOT NULL
        GROUP BY network, hour""",
    ),
    "metrics_lateness": (
        "Minutes after plan of legs that arrived, per hour of arrival: the middle, the worst tenth and twentieth",
        """SELECT network, toStartOfHour(arrived_at) AS hour, count() AS legs,
        quantileExact(0.5)(assumeNotNull(late_min)) AS late_min_p50,
        quantileExact(0.9)(assumeNotNull(late_min)) AS late_min_p90,
        quantileExact(0.95)(assumeNotNull(late_min)) AS late_min_p95
        FROM tower.legs_newest WHERE arrived_at IS NOT NULL AND late_min IS NOT NULL GROUP BY network, hour""",
    ),
    "metrics_deviations": (
        "Every deviation once: when it opened and ended (NULL: has not), its worst severity and value at risk in cents",
        _LIVES,
    ),
    "metrics_deviations_open": (
        "Deviations open at any moment of an hour, by kind and worst severity; until the newest record",
        """SELECT network, hour, kind, severity, count() AS open FROM (
        SELECT network, kind, severity, arrayJoin(arrayMap(h -> toDateTime(h * 3600, 'UTC'),
            range(toUInt64(intDiv(toUnixTimestamp(opened), 3600)),
                  toUInt64(intDiv(toUnixTimestamp(ifNull(ended, newest)), 3600) + 1)))) AS hour
        FROM tower.metrics_deviations AS lives
        INNER JOIN (SELECT network, max(now) AS newest FROM tower.progress GROUP BY network) AS ends USING (network)
        ) GROUP BY network, hour, kind, severity""",
    ),
    "metrics_alarms": (
        "Alarms of each ten minutes that had any: deviations that opened, incidents that began, both; over 10: flood",
        """SELECT network, ten_min, sum(opened) AS deviations, sum(began) AS incidents, deviations + incidents AS alarms
        FROM (
        SELECT network, toStartOfInterval(assumeNotNull(at), INTERVAL 10 MINUTE) AS ten_min, count() AS opened,
        0 AS began FROM tower.deviations WHERE status = 'opened' GROUP BY network, ten_min
        UNION ALL
        SELECT network, toStartOfInterval(assumeNotNull(since), INTERVAL 10 MINUTE) AS ten_min, 0 AS opened,
        count() AS began FROM tower.incidents_newest WHERE since IS NOT NULL GROUP BY network, ten_min
        ) GROUP BY network, ten_min""",
    ),
    "metrics_ledger": (
        "Events so far per source; missing = received - accepted - duplicate - late - rejected, and must be 0",
        """SELECT *, received - accepted - duplicate - late - rejected AS missing FROM (
        SELECT network, source, argMax(l.received, l.number) AS received, argMax(l.accepted, l.number) AS accepted,
        argMax(l.duplicate, l.number) AS duplicate, argMax(l.late, l.number) AS late,
        argMax(l.rejected, l.number) AS rejected FROM tower.ledger AS l GROUP BY network, source)""",
    ),
    "metrics_rejected": (
        "Rejected rows per hour, source and reason",
        """SELECT network, toStartOfHour(now) AS hour, source, reason, count() AS rows
        FROM tower.rejected GROUP BY network, hour, source, reason""",
    ),
    "metrics_dwell": (
        "Minutes from gate to gate of visits that left, per site and day, as last known: the middle and worst tenth",
        """SELECT network, site, toStartOfDay(left_at) AS day, count() AS visits,
        quantileExact(0.5)(assumeNotNull(dwell_min)) AS dwell_min_p50,
        quantileExact(0.9)(assumeNotNull(dwell_min)) AS dwell_min_p90
        FROM tower.visits_newest WHERE left_at IS NOT NULL AND dwell_min IS NOT NULL GROUP BY network, site, day""",
    ),
    "metrics_promises": (
        "Share of order lines delivered by the promise in force, per day of the promise, as last known; 0..1",
        """SELECT network, toStartOfDay(promised_by) AS day, count() AS lines,
        countIf(delivered_at <= promised_by) AS kept, kept / lines AS share
        FROM tower.lines_newest WHERE promised_by IS NOT NULL AND state NOT IN ('cancelled', 'unknown')
        GROUP BY network, day""",
    ),
    "metrics_predictions": (
        "Predictions of arrivals against what came, by hours before, carrier, lane; `leaving`: of departures",
        """SELECT network, moment, intDiv(dateDiff('minute', issued_at, arr_planned), 60) AS hours_out, carrier, origin,
        dest, count() AS legs, avg(abs(assumeNotNull(error_min))) AS error_min, avg(abs(assumeNotNull(label_min)))
        AS schedule_error_min, avg(assumeNotNull(label_min >= p05 AND label_min <= p95)) AS covered,
        avg(assumeNotNull(p95 - p05)) AS width_min, avg(pow(assumeNotNull(p_event) - (label_min > 15), 2)) AS brier
        FROM tower.predictions_newest WHERE label_min IS NOT NULL AND p50 IS NOT NULL AND arr_planned IS NOT NULL
        GROUP BY network, moment, hours_out, carrier, origin, dest""",
    ),
    "metrics_stays": (
        "Predictions of how long visits stay and work against what came, by moment and site: error, share in band",
        """SELECT network, moment, site, elapsed_min >= linear_min AS is_later, count() AS visits,
        avg(abs(assumeNotNull(error_min))) AS error_min,
        avg(abs(assumeNotNull(label_min - base_min))) AS plan_error_min,
        avg(assumeNotNull(label_min >= p05 AND label_min <= p95)) AS covered, avg(assumeNotNull(p95 - p05)) AS width_min
        FROM tower.predictions_newest WHERE label_min IS NOT NULL AND p50 IS NOT NULL AND elapsed_min IS NOT NULL
        GROUP BY network, moment, site, is_later""",
    ),
    "metrics_delay": (
        "Milliseconds from an event's moment to its record's, per source and hour: the middle and worst tenth",
        """SELECT network, source, toStartOfHour(now) AS hour, count() AS events,
        quantile(0.5)(dateDiff('millisecond', assumeNotNull(at), now)) AS delay_ms_p50,
        quantile(0.9)(dateDiff('millisecond', assumeNotNull(at), now)) AS delay_ms_p90
        FROM tower.events WHERE at IS NOT NULL GROUP BY network, source, hour""",
    ),
}
"""Name -> definition, query."""
