-- Was every event accounted for? `missing` must be 0 for every source.
SELECT network, source, received, accepted, duplicate, late, rejected, missing
FROM tower.metrics_ledger
ORDER BY network, source
