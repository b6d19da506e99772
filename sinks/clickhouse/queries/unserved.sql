-- Which lines does the plan leave without a leg, what is missing for them, and how much?
-- Asked by: the dispatcher who has to find room or goods, and whoever asks a carrier for one more.
-- Read: as planned last; short is what all lines lack that want the same leg: loads, whole kg, whole m3; of goods the
--   units that the line wants. Money is the value of the lines in cents.
SELECT network, says, count() AS lines, sum(l.value_cents) AS value_cents
FROM (
    SELECT network, key, multiIf(
        why IN ('full', 'full_kg', 'full_m3') AND short IS NULL, resource || ' full',
        why = 'full', format('{} full: {} {} short', resource, toString(short), if(short = 1, 'load', 'loads')),
        why = 'full_kg', format('{} full: {} kg short', resource, toString(short)),
        why = 'full_m3', format('{} full: {} m3 short', resource, toString(short)),
        why = 'no_stock', format('no stock of {} within promise: {} {} wanted', sku, toString(short),
                                 if(short = 1, 'unit', 'units')),
        why = 'no_candidate', 'no leg can be caught',
        why = 'not_worth', 'no leg costs less than leaving it',
        why = 'too_large' AND short IS NULL, format('too large for any leg, the largest is {}', resource),
        why = 'too_large', format('too large for any leg, the largest is {}: {} {} short', resource, toString(short),
                                  if(short = 1, 'load', 'loads')),
        why = 'many_loads', 'of several loads, which were not planned',
        format('taken off {} to make room', from_leg)) AS says
    FROM tower.plans_newest AS n
    LEFT JOIN (
        SELECT network, key, max(number) AS gone_in FROM tower.gone WHERE `table` = 'plans' GROUP BY network, key
    ) AS g ON g.network = n.network AND g.key = n.key
    WHERE to_leg = '' AND gone_in < number
) AS p
LEFT JOIN (SELECT network, key, value_cents FROM tower.lines_newest) AS l ON l.network = p.network AND l.key = p.key
GROUP BY network, says
ORDER BY value_cents DESC, says
LIMIT 100
