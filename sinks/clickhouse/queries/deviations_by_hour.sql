-- How many deviations were open in each hour, by how bad they got?
-- Asked by: the shift lead, for the shift report.
-- Read: one deviation counts in every hour in which it was open, under the worst severity that it reached.
SELECT network, hour, sumIf(open, severity = 'critical') AS critical, sumIf(open, severity = 'warning') AS warning,
       sumIf(open, severity = 'advisory') AS advisory
FROM tower.metrics_deviations_open
GROUP BY network, hour
ORDER BY network, hour
