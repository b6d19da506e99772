-- Did the people come who were rostered, and how many loads fell to each hour of theirs?
-- Asked by: the labour planner.
-- Read: present_share under 1: people could not come; loads_a_head_hour far over the usual: overtime or a backlog
--   ahead.
SELECT network, site, day, rostered_h, present_h, round(present_h / rostered_h, 3) AS present_share,
       picked, round(picked / present_h, 1) AS loads_a_head_hour
FROM (
    SELECT network, site, toDate(start, 'America/New_York') AS day,
           sum(rostered_heads * dateDiff('minute', start, end)) / 60 AS rostered_h,
           sum(present_heads * dateDiff('minute', present_at, until)) / 60 AS present_h
    FROM tower.labour_newest WHERE start IS NOT NULL AND present_at IS NOT NULL GROUP BY network, site, day
) AS people
LEFT JOIN (
    SELECT network, site, toDate(picked_at, 'America/New_York') AS day, count() AS picked
    FROM tower.lines_newest WHERE picked_at IS NOT NULL GROUP BY network, site, day
) AS work USING (network, site, day)
ORDER BY network, site, day
