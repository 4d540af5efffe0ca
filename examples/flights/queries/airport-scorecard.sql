-- How two carriers compare at an airport in a period.
SELECT c.code, c.name,
       (SELECT count(*)
        FROM flights f
        WHERE f.carrier = c.code AND f.origin = $1
          AND f.departed_at >= $2 AND f.departed_at < $3) AS departures
FROM carriers c
WHERE c.code IN ($4, $5)
ORDER BY departures DESC, c.code
