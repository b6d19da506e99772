-- How bad was the weather at each station, day by day?
-- Asked by: the duty manager, for the storm report and the insurer.
-- Read: hazard runs from 0 (calm) to 3 (closed); hours counts hourly observations at warning (2) or worse; days are
--   New York's.
SELECT network, key AS station, toDate(observed_at, 'America/New_York') AS day, uniqExact(observed_at) AS observations,
       round(max(observed_gust_mps), 1) AS gust_mps_max, min(observed_visibility_m) AS visibility_m_min,
       min(observed_temp_c) AS temp_c_min, uniqExactIf(observed_at, hazard >= 2) AS hours
FROM tower.weather
WHERE observed_at IS NOT NULL
GROUP BY network, station, day
ORDER BY network, station, day
