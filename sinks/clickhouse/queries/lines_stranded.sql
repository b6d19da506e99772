-- How many lines did cancelled legs strand on each day, and what are they worth?
-- Asked by: the planner who has to rebook them.
-- Read: a line counts on the day (New York) on which its leg was cancelled under it, once a day; moved: it has been
--   delivered since.
SELECT network, toDate(s.failed_at, 'America/New_York') AS day, uniqExact(s.key) AS lines,
       uniqExactIf(s.key, l.state = 'delivered') AS moved, sum(l.value_cents) AS value_cents
FROM (
    SELECT DISTINCT network, key, failed_at FROM tower.lines
    WHERE failed_at IS NOT NULL AND failed_reason = 'leg_cancelled'
) AS s
INNER JOIN (
    SELECT network, key, state, value_cents FROM tower.lines_newest
) AS l ON l.network = s.network AND l.key = s.key
GROUP BY network, day
ORDER BY network, day
