-- How many legs were planned and how many cancelled on each day, and at what share did the network stand?
-- Asked by: the head of operations, the morning after.
-- Read: days are New York's, by planned departure; standing_share near 1 means that nearly nothing went.
SELECT network, toDate(dep_planned, 'America/New_York') AS day, count() AS legs,
       countIf(cancelled_at IS NOT NULL) AS cancelled, round(cancelled / legs, 3) AS standing_share
FROM tower.legs_newest
WHERE dep_planned IS NOT NULL
GROUP BY network, day
ORDER BY network, day
