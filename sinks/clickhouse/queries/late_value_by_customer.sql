-- Which customers wait for the most value past its promise?
-- Asked by: key account managers, before they are called.
-- Read: not delivered though the promise has passed by the newest record; `web` orders have no customer of their own.
SELECT network, customer, count() AS lines, sum(value_cents) AS value_cents, min(promised_by) AS oldest_promise
FROM (
    SELECT l.network AS network, o.customer AS customer, l.value_cents AS value_cents, l.promised_by AS promised_by
    FROM tower.lines_newest AS l
    INNER JOIN tower.orders_newest AS o ON o.network = l.network AND o.key = l.order
    INNER JOIN (SELECT network, max(now) AS newest FROM tower.progress GROUP BY network) AS p ON p.network = l.network
    WHERE l.state NOT IN ('delivered', 'cancelled') AND l.promised_by < p.newest
)
GROUP BY network, customer
ORDER BY value_cents DESC, customer
LIMIT 20
