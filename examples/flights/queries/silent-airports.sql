-- A state's airports without a departure in a week.
SELECT iata, name, city
FROM airports
WHERE state = $1
  AND iata NOT IN (
    SELECT origin FROM flights WHERE departed_at >= $2::date AND departed_at < $2::date + 7
  )
ORDER BY iata
