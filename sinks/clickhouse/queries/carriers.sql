-- How punctual is each carrier? Legs that arrived, as last known.
SELECT network, if(carrier = '', 'not told', carrier) AS who, count() AS legs, round(avg(late_min <= 15), 3) AS on_time_share,
       quantileExact(0.9)(assumeNotNull(late_min)) AS late_min_p90
FROM tower.legs_newest
WHERE arrived_at IS NOT NULL AND late_min IS NOT NULL
GROUP BY network, who
ORDER BY network, legs DESC
