-- The departures table, fifty to a page.
SELECT id, flight_ref, carrier, flight_number, destination, departed_at, delay_minutes, status
FROM flights
WHERE origin = $1 AND departed_at >= $2
ORDER BY departed_at, id
LIMIT 50 OFFSET $3
