-- Aircraft by the month in which they entered service: how much each cohort flies, month by month and by carrier,
-- on flights of some length that were on time by the reader's own definition.
WITH entered AS (
  SELECT tail_number, date_trunc('month', min(departed_at)) AS cohort
  FROM flights
  GROUP BY tail_number
)
SELECT e.cohort, date_trunc('month', f.departed_at) AS month, f.carrier,
       count(DISTINCT f.tail_number) AS aircraft,
       count(*) AS flights,
       sum(f.passengers) AS passengers
FROM flights f
JOIN entered e USING (tail_number)
WHERE f.distance_miles >= $1 AND f.delay_minutes <= $2
GROUP BY e.cohort, month, f.carrier
ORDER BY e.cohort, month, f.carrier
