-- Airports that were without any departure longest, looking only at flights of some length and load.
WITH departures AS (
  SELECT id, origin, departed_at,
         lag(departed_at) OVER (PARTITION BY origin ORDER BY departed_at, id) AS previous
  FROM flights
  WHERE distance_miles >= $1 AND passengers >= $2 AND status <> 'cancelled'
)
SELECT origin,
       count(*) AS departures,
       round(extract(epoch FROM max(departed_at - previous)) / 60) AS longest_gap_minutes
FROM departures
GROUP BY origin
HAVING count(*) > 1
ORDER BY longest_gap_minutes DESC, origin
LIMIT 25
