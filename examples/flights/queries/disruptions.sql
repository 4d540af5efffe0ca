-- Flights from or to an airport that went wrong: later than the threshold, cancelled or diverted.
SELECT count(*) AS disrupted,
       count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
       count(*) FILTER (WHERE status = 'diverted') AS diverted
FROM flights
WHERE (origin = $1 OR destination = $1)
  AND (delay_minutes > $2 OR status = 'cancelled' OR status = 'diverted')
