-- How long do deviations of each kind stay open, and how many were withdrawn after a correction?
-- Asked by: whoever tunes the rules.
-- Read: many withdrawn: a source corrects itself often; still_open with a short middle: somebody is not closing work.
SELECT network, kind, count() AS times, countIf(ended IS NULL) AS still_open,
       countIf(status = 'withdrawn') AS withdrawn,
       quantileExactIf(0.5)(dateDiff('second', opened, assumeNotNull(ended)), ended IS NOT NULL) / 60 AS open_min_p50
FROM tower.metrics_deviations
GROUP BY network, kind
ORDER BY network, times DESC
