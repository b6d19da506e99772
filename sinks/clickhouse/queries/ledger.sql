-- Was every event accounted for? `missing` must be 0 for every source.
-- Asked by: audit, and whoever is on call.
-- Read: received = accepted + duplicate + late + rejected; anything else is a fault of the tower.
SELECT network, source, received, accepted, duplicate, late, rejected, missing
FROM tower.metrics_ledger
ORDER BY network, source
