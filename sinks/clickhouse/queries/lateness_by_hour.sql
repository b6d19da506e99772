-- How late were arrivals, hour by hour: the middle, the worst tenth and the worst twentieth?
-- Asked by: planning.
-- Read: negative is early; an hour without arrivals has no row.
SELECT network, hour, legs, late_min_p50, late_min_p90, late_min_p95
FROM tower.metrics_lateness
ORDER BY network, hour
