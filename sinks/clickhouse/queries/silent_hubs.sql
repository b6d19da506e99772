-- When did each hub stand still the longest: no departure between which two moments?
-- Asked by: the control room, for the storm report.
-- Read: a night without departures is some five hours at these hubs; what is far longer is a closure.
SELECT network, hub, before AS last_departure, at AS next_departure,
       round(dateDiff('minute', before, at) / 60, 1) AS hours
FROM (
    SELECT network, origin AS hub, assumeNotNull(departed_at) AS at,
           lagInFrame(toNullable(assumeNotNull(departed_at))) OVER (
               PARTITION BY network, origin ORDER BY departed_at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM tower.legs_newest
    WHERE departed_at IS NOT NULL
)
WHERE before IS NOT NULL
ORDER BY dateDiff('second', before, at) DESC, hub
LIMIT 1 BY network, hub
