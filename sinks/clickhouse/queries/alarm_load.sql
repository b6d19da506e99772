-- How many alarms does an operator get in ten minutes, and for how much of the time are they a flood?
-- Asked by: whoever answers for the control room, after EEMUA 191 and ISA 18.2.
-- Read: incidents are told, deviations are listed under them; more than 10 in ten minutes is a flood, time_in_flood: of both; joined: deviations that needed no word of their own.
SELECT network, ten_minutes, deviations / ten_minutes AS deviations_mean, incidents / ten_minutes AS incidents_mean,
       deviations_most, incidents_most, deviation_floods / ten_minutes AS time_in_deviation_flood,
       incident_floods / ten_minutes AS time_in_incident_flood, floods / ten_minutes AS time_in_flood, 1 - incidents / deviations AS joined
FROM (SELECT network, dateDiff('minute', min(ten_min), max(ten_min)) / 10 + 1 AS ten_minutes,
             sum(a.deviations) AS deviations, sum(a.incidents) AS incidents, max(a.deviations) AS deviations_most,
             max(a.incidents) AS incidents_most, countIf(a.deviations > 10) AS deviation_floods,
             countIf(a.incidents > 10) AS incident_floods, countIf(a.alarms > 10) AS floods
      FROM tower.metrics_alarms AS a GROUP BY network)
ORDER BY network
