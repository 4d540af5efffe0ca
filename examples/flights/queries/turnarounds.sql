-- Aircraft that stood still longest between two flights.
WITH legs AS (
  SELECT tail_number, departed_at,
         departed_at - lag(departed_at) OVER (PARTITION BY tail_number ORDER BY departed_at, id) AS pause
  FROM flights
  WHERE carrier = $1 AND departed_at >= $2 AND departed_at < $3
)
SELECT tail_number,
       count(*) AS legs,
       round(extract(epoch FROM max(pause)) / 60) AS longest_pause_minutes,
       round(extract(epoch FROM avg(pause)) / 60) AS average_pause_minutes
FROM legs
GROUP BY tail_number
ORDER BY longest_pause_minutes DESC NULLS LAST, tail_number
LIMIT 25
