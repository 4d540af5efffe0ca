SELECT f.id, f.flight_ref, f.carrier, c.name AS carrier_name, f.flight_number, f.tail_number, f.departed_at,
       f.origin, f.destination, f.distance_miles, f.delay_minutes, f.status, f.passengers, f.revenue
FROM flights f
JOIN carriers c ON c.code = f.carrier
WHERE f.id = $1
