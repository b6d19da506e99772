-- How punctual were arrivals, hour by hour? A leg is on time up to 15 minutes after plan.
-- Asked by: the control room.
-- Read: share of the legs that arrived in that hour (UTC); legs that never arrived are in no hour.
SELECT network, hour, legs, round(share, 3) AS on_time_share
FROM tower.metrics_on_time
ORDER BY network, hour
