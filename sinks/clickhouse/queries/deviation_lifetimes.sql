-- How long do deviations of each kind stay open, and how many were withdrawn because what showed them was corrected?
SELECT network, kind, count() AS times, countIf(ended IS NULL) AS still_open, countIf(status = 'withdrawn') AS withdrawn,
       quantileExactIf(0.5)(dateDiff('second', opened, assumeNotNull(ended)), ended IS NOT NULL) / 60 AS open_min_p50
FROM tower.metrics_deviations
GROUP BY network, kind
ORDER BY network, times DESC
