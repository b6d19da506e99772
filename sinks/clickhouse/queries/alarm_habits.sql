-- Which kinds of deviation chatter, go stale or are put off?
-- Asked by: whoever tunes the rules, after ISA 18.2.
-- Read: chattering: openings that were the third of the same kind and subject in ten minutes; stale: open for more than a day; shelved and taken: by people.
SELECT network, kind, count() AS times, uniqExact(subject) AS subjects,
       times / sum(times) OVER (PARTITION BY network) AS share,
       countIf(dateDiff('millisecond', before, opened) <= 600000) AS chattering,
       countIf(dateDiff('millisecond', opened, coalesce(ended, newest)) > 86400000) AS stale,
       countIf(shelved_at IS NOT NULL) AS shelved, countIf(taken_at IS NOT NULL) AS taken
FROM (SELECT network, id, kind, subject, opened, ended,
             lagInFrame(toNullable(opened), 2) OVER (PARTITION BY network, kind, subject ORDER BY opened
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
      FROM tower.metrics_deviations) AS lives
LEFT JOIN (SELECT network, key AS id, shelved_at, taken_at FROM tower.handling_newest) AS taken USING (network, id)
INNER JOIN (SELECT network, max(now) AS newest FROM tower.progress GROUP BY network) AS ends USING (network)
GROUP BY network, kind
ORDER BY network, times DESC
