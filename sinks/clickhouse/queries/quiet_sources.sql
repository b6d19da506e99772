-- For how long was each source silent at most, and when?
-- Asked by: integration, and whoever is on call.
-- Read: events of the same record count as one; a source that speaks hourly is quiet for an hour.
SELECT network, source, before AS quiet_from, at AS quiet_to, dateDiff('minute', before, at) AS minutes
FROM (
    SELECT network, source, now AS at, lagInFrame(toNullable(now)) OVER (
        PARTITION BY network, source ORDER BY now ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before
    FROM (SELECT DISTINCT network, source, now FROM tower.events)
)
WHERE before IS NOT NULL
ORDER BY minutes DESC, source
LIMIT 1 BY network, source
