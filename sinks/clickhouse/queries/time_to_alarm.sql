-- How long after the event that shows it does the tower raise a deviation, by kind?
-- Asked by: operations, and every customer before they buy.
-- Read: from when the evidence happened to the record that opened it; kinds that are due by the clock, such as
--   overdue,
--   take their evidence from the plan and so look slow by design.
SELECT d.network AS network, d.kind AS kind, count() AS opened,
       quantileExact(0.5)(dateDiff('second', assumeNotNull(e.at), d.now)) AS lag_s_p50,
       quantileExact(0.99)(dateDiff('second', assumeNotNull(e.at), d.now)) AS lag_s_p99
FROM tower.deviations AS d
INNER JOIN (SELECT network, number, ordinal, at FROM tower.events WHERE at IS NOT NULL) AS e
    ON e.network = d.network AND e.number = intDiv(assumeNotNull(d.evidence), 4096)
       AND e.ordinal = assumeNotNull(d.evidence) % 4096
WHERE d.status = 'opened' AND d.evidence IS NOT NULL
GROUP BY network, kind
ORDER BY network, kind
