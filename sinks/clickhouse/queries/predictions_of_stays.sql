-- How far off was what was said of how long visits stay, by site, and did the bands hold?
-- Asked by: who wonders whether to plan doors by them.
-- Read: error_min below plan_error_min is what they are worth; covered should be near 0.9; is_later: while it lasted.
SELECT network, moment, is_later, site, sum(m.visits) AS visits,
       round(sum(m.error_min * m.visits) / visits, 1) AS error_min,
       round(sum(m.plan_error_min * m.visits) / visits, 1) AS plan_error_min,
       round(sum(m.covered * m.visits) / visits, 3) AS covered
FROM tower.metrics_stays AS m
GROUP BY network, moment, is_later, site
HAVING visits >= 5
ORDER BY network, moment, is_later, site
