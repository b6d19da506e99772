-- How many promises were kept, by priority and by the day on which the order came?
-- Asked by: customer service, and whoever signs the contracts.
-- Read: kept: delivered by the promise in force; what is not delivered yet counts as not kept.
SELECT network, toDate(ordered_at, 'America/New_York') AS day, priority, count() AS lines,
       countIf(delivered_at IS NOT NULL AND delivered_at <= promised_by) AS kept, round(kept / lines, 3) AS share
FROM tower.lines_newest
WHERE ordered_at IS NOT NULL AND state != 'cancelled'
GROUP BY network, day, priority
ORDER BY network, day, priority
