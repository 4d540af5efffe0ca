-- The longest delays out of an airport.
SELECT id, flight_ref, carrier, flight_number, destination, departed_at, delay_minutes
FROM flights
WHERE origin = $1 AND delay_minutes IS NOT NULL
ORDER BY delay_minutes DESC, id
LIMIT $2
