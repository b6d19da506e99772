-- How long before planned departure do carriers say that a leg will not go?
-- Asked by: carrier management.
-- Read: short notice is what strands lines: pickers have begun some four hours before; negative is said after the
--   plan.
SELECT network, carrier, count() AS cancelled,
       round(quantileExact(0.5)(notice_min) / 60, 1) AS notice_h_p50, countIf(notice_min < 240) AS under_4_h
FROM (
    SELECT network, carrier, dateDiff('minute', assumeNotNull(cancelled_at), assumeNotNull(dep_planned)) AS notice_min
    FROM tower.legs_newest WHERE cancelled_at IS NOT NULL AND dep_planned IS NOT NULL
)
GROUP BY network, carrier
ORDER BY network, cancelled DESC, carrier
