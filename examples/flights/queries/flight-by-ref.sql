-- The search box: the reference printed on a boarding pass.
SELECT id, flight_ref, carrier, flight_number, tail_number, departed_at, origin, destination, delay_minutes, status
FROM flights
WHERE flight_ref = $1
