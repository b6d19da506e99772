-- How far is the history of each network, and how many rows has it?
SELECT network, log, max(last) AS record, max(now) AS moment, sum(p.rows) AS rows
FROM tower.progress AS p
WHERE state = 'done'
GROUP BY network, log
ORDER BY network, log
