-- How much later do legs leave when the weather at their hub is bad?
-- Asked by: planning, for the buffers of next winter.
-- Read: each leg with the newest observation at its hub before its planned departure; hazard 0 calm .. 3 closed.
SELECT l.network AS network, floor(w.hazard) AS hazard, count() AS legs,
       countIf(l.cancelled_at IS NOT NULL) AS cancelled,
       round(cancelled / legs, 3) AS cancelled_share,
       round(avgIf(dateDiff('minute', l.dep_planned, l.departed_at), l.departed_at IS NOT NULL), 1) AS late_min_mean
FROM (
    SELECT network, origin, assumeNotNull(dep_planned) AS planned, dep_planned, departed_at, cancelled_at
    FROM tower.legs_newest WHERE dep_planned IS NOT NULL
) AS l
ASOF INNER JOIN (
    SELECT network, key, assumeNotNull(observed_at) AS observed, any(hazard) AS hazard FROM tower.weather
    WHERE observed_at IS NOT NULL GROUP BY network, key, observed
) AS w ON w.network = l.network AND w.key = l.origin AND w.observed <= l.planned
GROUP BY network, hazard
ORDER BY network, hazard
