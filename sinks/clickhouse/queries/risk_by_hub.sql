-- How much is at risk at each site now, and of what kind?
-- Asked by: the head of operations, to send people.
-- Read: cents of expected late fees and undelivered value over open deviations; one line may be in two kinds.
SELECT network, site, kind, count() AS open, sum(value_at_risk_cents) AS at_risk_cents
FROM tower.metrics_deviations
WHERE ended IS NULL
GROUP BY network, site, kind
ORDER BY at_risk_cents DESC, site, kind
LIMIT 50
