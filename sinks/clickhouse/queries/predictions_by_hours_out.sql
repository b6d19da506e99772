-- How far off were predictions of arrivals, by how long before, and did their bands hold?
-- Asked by: who wonders whether to plan by them.
-- Read: error_min below schedule_error_min is what they are worth; covered should be near 0.9, at each distance.
SELECT network, moment, hours_out, sum(m.legs) AS legs,
       round(sum(m.error_min * m.legs) / legs, 1) AS error_min,
       round(sum(m.schedule_error_min * m.legs) / legs, 1) AS schedule_error_min,
       round(sum(m.covered * m.legs) / legs, 3) AS covered, round(sum(m.width_min * m.legs) / legs) AS width_min
FROM tower.metrics_predictions AS m
GROUP BY network, moment, hours_out
ORDER BY network, moment, hours_out
