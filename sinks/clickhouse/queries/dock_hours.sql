-- How busy were the doors of each site, and how long did visits wait and stay?
-- Asked by: the dock supervisor.
-- Read: door_hours is the time between docking and leaving, over all doors of the site; days are New York's, by
--   docking.
SELECT network, site, toDate(docked_at, 'America/New_York') AS day, count() AS visits, uniqExact(door) AS doors,
       round(sum(dateDiff('second', docked_at, left_at)) / 3600, 1) AS door_hours,
       quantileExact(0.9)(assumeNotNull(wait_min)) AS wait_min_p90,
       quantileExact(0.9)(assumeNotNull(dwell_min)) AS dwell_min_p90
FROM tower.visits_newest
WHERE docked_at IS NOT NULL AND left_at IS NOT NULL
GROUP BY network, site, day
ORDER BY network, site, day
