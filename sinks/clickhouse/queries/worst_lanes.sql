-- Which lanes lost the most legs, and how late were those that went?
-- Asked by: lane planning, to book other ways.
-- Read: a lane of few legs that lost them all needs another way more than a large one that lost some.
SELECT network, origin, dest, count() AS legs, countIf(cancelled_at IS NOT NULL) AS cancelled,
       round(cancelled / legs, 3) AS cancelled_share, round(avgIf(late_min, arrived_at IS NOT NULL), 1) AS late_min_mean
FROM tower.legs_newest
GROUP BY network, origin, dest
ORDER BY cancelled DESC, cancelled_share DESC, origin, dest
LIMIT 20
