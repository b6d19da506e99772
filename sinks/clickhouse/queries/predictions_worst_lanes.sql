-- On which lanes are predictions of arrivals furthest off, against the schedule?
-- Asked by: who looks after the models, and lane planning.
-- Read: gain is how much closer than the schedule they were; below nothing the schedule was better.
SELECT network, origin, dest, sum(m.legs) AS legs, round(sum(m.error_min * m.legs) / legs, 1) AS error_min,
       round(sum((m.schedule_error_min - m.error_min) * m.legs) / legs, 1) AS gain_min,
       round(sum(m.covered * m.legs) / legs, 3) AS covered
FROM tower.metrics_predictions AS m
WHERE moment != 'leaving'
GROUP BY network, origin, dest
HAVING legs >= 5
ORDER BY error_min DESC, origin, dest
LIMIT 20
