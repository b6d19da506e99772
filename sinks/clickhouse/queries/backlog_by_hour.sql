-- How many lines were ordered and not yet delivered, hour by hour?
-- Asked by: the shift lead, who has to staff it.
-- Read: a flat line is a network that keeps up; what the storm added is gone when the line is where it was before.
SELECT network, hour, sum(ordered) OVER (PARTITION BY network ORDER BY hour) AS ordered_so_far,
       sum(delivered) OVER (PARTITION BY network ORDER BY hour) AS delivered_so_far,
       ordered_so_far - delivered_so_far AS backlog
FROM (
    SELECT network, hour, sum(o) AS ordered, sum(d) AS delivered
    FROM (
        SELECT network, toStartOfHour(assumeNotNull(ordered_at)) AS hour, 1 AS o, 0 AS d
        FROM tower.lines_newest WHERE ordered_at IS NOT NULL
        UNION ALL
        SELECT network, toStartOfHour(assumeNotNull(delivered_at)), 0, 1
        FROM tower.lines_newest WHERE delivered_at IS NOT NULL AND ordered_at IS NOT NULL
    )
    GROUP BY network, hour
)
ORDER BY network, hour
