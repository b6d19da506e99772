-- How much of what came in, from whom, and how long after it happened?
-- Asked by: integration, when a partner says that all was sent.
-- Read: delay_s_p50 is the middle from the moment of an event to the record that took it in.
SELECT network, source, kind, count() AS events,
       round(quantile(0.5)(dateDiff('millisecond', assumeNotNull(at), now)) / 1000, 1) AS delay_s_p50
FROM tower.events
WHERE at IS NOT NULL
GROUP BY network, source, kind
ORDER BY events DESC
