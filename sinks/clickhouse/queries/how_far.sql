-- How far is the history of each network, and how many rows has it?
-- Asked by: operations, before trusting any other answer.
-- Read: moment is what the history knows up to; OUTCOMES and LOG are filled apart.
SELECT network, log, max(last) AS record, max(now) AS moment, sum(p.rows) AS rows
FROM tower.progress AS p
WHERE state = 'done'
GROUP BY network, log
ORDER BY network, log
