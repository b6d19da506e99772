-- How loaded is the operator now, counted from all that was told?
-- Asked by: whoever answers for the control room, and whoever doubts the figures on the wall.
-- Read: as of the newest minute that said figures; the same ones are in `kpis` by name (docs/deviations.md says what each is).
WITH ends AS (
    SELECT network, assumeNotNull(max(at)) AS moment, toStartOfInterval(moment, INTERVAL 10 MINUTE) AS ten
    FROM tower.kpis GROUP BY network
), lives AS (
    SELECT network, kind, subject, opened, ended, moment, opened >= moment - INTERVAL 1 DAY AND opened < moment AS is_of_day,
           lagInFrame(toNullable(opened), 2) OVER (PARTITION BY network, kind, subject ORDER BY opened
               ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
    FROM tower.metrics_deviations AS deviations INNER JOIN ends USING (network)
), counted AS (
    SELECT network, any(moment) AS as_of, countIf(opened >= moment - INTERVAL 10 MINUTE AND opened < moment) AS deviations_10min,
           uniqExactIf((kind, subject), is_of_day AND before >= opened - INTERVAL 10 MINUTE) AS alarms_chattering,
           countIf(opened < moment - INTERVAL 1 DAY AND (ended IS NULL OR ended >= moment)) AS alarms_stale,
           countIf(is_of_day) AS of_day
    FROM lives GROUP BY network
), began AS (
    SELECT network, countIf(since >= moment - INTERVAL 10 MINUTE AND since < moment) AS incidents_10min
    FROM tower.incidents_newest AS incidents INNER JOIN ends USING (network) GROUP BY network
), floods AS (
    SELECT network, min(ten_min) AS first, any(ten) AS end, greatest(first, end - INTERVAL 1 DAY) AS begin,
           countIf(alarms > 10 AND ten_min >= ten - INTERVAL 1 DAY AND ten_min < ten)
           / nullIf(dateDiff('minute', begin, end) / 10, 0) AS alarms_flood_share
    FROM tower.metrics_alarms AS tens INNER JOIN ends USING (network) GROUP BY network
), most AS (
    SELECT network, sum(times) AS of_ten FROM (
        SELECT network, count() AS times FROM lives WHERE is_of_day GROUP BY network, kind, subject
        ORDER BY times DESC LIMIT 10 BY network) GROUP BY network
), off AS (
    SELECT network, countIf(shelved_until IS NOT NULL AND closed_at IS NULL) AS alarms_shelved
    FROM tower.handling_newest GROUP BY network
)
SELECT network, as_of, deviations_10min + incidents_10min AS alarms_10min, incidents_10min, alarms_flood_share,
       alarms_chattering, alarms_stale, alarms_shelved, of_ten / nullIf(of_day, 0) AS alarms_top10_share
FROM counted LEFT JOIN began USING (network) LEFT JOIN floods USING (network) LEFT JOIN most USING (network)
LEFT JOIN off USING (network)
ORDER BY network
