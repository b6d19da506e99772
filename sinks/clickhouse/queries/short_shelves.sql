-- Which shelves were short of what lines there needed, how much at worst and for how long?
-- Asked by: the stock controller, to order a transfer.
-- Read: short is allocated minus what is there; hours run from the first to the last record in which it was short.
SELECT network, site, sku, max(s.short) AS short_most, argMax(balance, s.short) AS balance_then,
       argMax(allocated, s.short) AS allocated_then, min(now) AS since,
       round(dateDiff('minute', since, max(now)) / 60, 1) AS hours
FROM tower.stock AS s
WHERE s.short > 0
GROUP BY network, site, sku
ORDER BY short_most DESC, site, sku
LIMIT 50
