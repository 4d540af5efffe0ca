-- The dashboard's first tile: how each carrier did in a period.
SELECT carrier,
       count(*) AS flights,
       count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
       round(avg(delay_minutes), 1) AS average_delay,
       max(delay_minutes) AS worst_delay
FROM flights
WHERE departed_at >= $1 AND departed_at < $2
GROUP BY carrier
ORDER BY carrier
