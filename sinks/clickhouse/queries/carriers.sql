-- How punctual is each carrier? Legs that arrived, as last known.
-- Asked by: carrier management, before the weekly call.
-- Read: on_time_share counts arrivals at most 15 min after plan; late_min_p90: one leg in ten was later than that.
SELECT network, if(carrier = '', 'not told', carrier) AS who, count() AS legs,
       round(avg(late_min <= 15), 3) AS on_time_share,
       quantileExact(0.9)(assumeNotNull(late_min)) AS late_min_p90
FROM tower.legs_newest
WHERE arrived_at IS NOT NULL AND late_min IS NOT NULL
GROUP BY network, who
ORDER BY network, legs DESC
