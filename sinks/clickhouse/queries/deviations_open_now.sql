-- What is open now, the worst first? `id` is what `towerctl explain` takes.
-- Asked by: the dispatcher who takes over.
-- Read: worst severity first, then most at risk (cents of fees and undelivered value); nothing here means nothing is
--   open.
SELECT network, id, kind, severity, subject, site, opened, value_at_risk_cents
FROM tower.metrics_deviations
WHERE ended IS NULL
ORDER BY indexOf(['critical', 'warning', 'advisory', 'none'], severity), value_at_risk_cents DESC, opened
LIMIT 50
