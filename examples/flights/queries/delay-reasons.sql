-- Why flights waited at an airport, from the events that the gates send.
SELECT e.payload -> 'reason' ->> 'code' AS reason,
       count(*) AS delays,
       sum((e.payload -> 'reason' ->> 'minutes')::integer) AS minutes
FROM flight_events e
JOIN flights f ON f.id = e.flight_id
WHERE e.payload ->> 'type' = 'delay'
  AND (e.payload -> 'reason' ->> 'minutes')::integer >= $2
  AND f.origin = $1
GROUP BY 1
ORDER BY delays DESC, reason
