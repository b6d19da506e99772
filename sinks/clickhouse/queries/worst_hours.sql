-- Which hours lost the most departures, and to what?
-- Asked by: the head of operations, to see when it tipped.
-- Read: hours are New York's, by planned departure; late means that it left more than an hour after plan.
SELECT network, toStartOfHour(toTimeZone(dep_planned, 'America/New_York')) AS hour, count() AS legs,
       countIf(cancelled_at IS NOT NULL) AS cancelled,
       countIf(cancelled_at IS NULL AND dateDiff('minute', dep_planned, departed_at) > 60) AS late,
       cancelled + late AS lost
FROM tower.legs_newest
WHERE dep_planned IS NOT NULL
GROUP BY network, hour
ORDER BY lost DESC, hour
LIMIT 20
