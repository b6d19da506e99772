-- What could not be taken in, and why? `inbox` and `row` say where the message lies.
SELECT network, source, reason, count() AS rows, min(inbox) AS first_message, max(inbox) AS last_message
FROM tower.rejected
GROUP BY network, source, reason
ORDER BY rows DESC
