-- What was said about one leg? Here the one with the most events; put its name in place of the inner query.
-- Asked by: customer service, with a complaint at hand.
-- Read: in the order in which it happened; number and ordinal say where in the log each stands.
SELECT number, ordinal, at, kind, source, arr_estimated, reason
FROM tower.events
WHERE subject = (
    SELECT subject FROM tower.events WHERE startsWith(kind, 'leg.')
    GROUP BY subject ORDER BY count() DESC, subject LIMIT 1
)
ORDER BY at, number, ordinal
