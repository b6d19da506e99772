-- What could not be taken in, and why? `inbox` and `row` say where the message lies.
-- Asked by: integration.
-- Read: no rows: everything could be read; `towerctl redrive` and the sender are the two ways to mend one.
SELECT network, source, reason, count() AS rows, min(inbox) AS first_message, max(inbox) AS last_message
FROM tower.rejected
GROUP BY network, source, reason
ORDER BY rows DESC
