-- Where each of a carrier's aircraft was last seen at a moment.
SELECT DISTINCT ON (tail_number) tail_number, id, flight_number, destination, departed_at, status
FROM flights
WHERE carrier = $1 AND departed_at <= $2 AND status <> 'cancelled'
ORDER BY tail_number, departed_at DESC, id DESC
