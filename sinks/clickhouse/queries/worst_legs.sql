-- Which legs are the latest, as known now, and where were they going?
-- Asked by: the dispatcher.
-- Read: late_min is against plan by what is expected now; a cancelled leg has no arrival and may stand here too.
SELECT network, key AS leg, carrier, origin, dest, arr_planned, arr_expected, late_min
FROM tower.legs_newest
WHERE late_min > 0
ORDER BY late_min DESC, leg
LIMIT 20
