-- Everything that was recorded about one flight.
SELECT id, recorded_at, payload ->> 'type' AS type, payload ->> 'gate' AS gate, payload ->> 'note' AS note
FROM flight_events
WHERE flight_id = $1
ORDER BY recorded_at, id
