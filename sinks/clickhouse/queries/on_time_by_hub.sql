-- How punctual was each hub, counting what was cancelled as not on time?
-- Asked by: the hub managers, who are measured by it.
-- Read: share_of_flown is about the legs that went, share_of_planned is what a customer felt; legs still under way
--   are left out.
SELECT network, origin AS hub, count() AS legs, countIf(cancelled_at IS NOT NULL) AS cancelled,
       countIf(arrived_at IS NOT NULL AND late_min <= 15) AS on_time,
       round(on_time / countIf(arrived_at IS NOT NULL), 3) AS share_of_flown,
       round(on_time / legs, 3) AS share_of_planned
FROM tower.legs_newest
WHERE arrived_at IS NOT NULL OR cancelled_at IS NOT NULL
GROUP BY network, hub
ORDER BY network, hub
