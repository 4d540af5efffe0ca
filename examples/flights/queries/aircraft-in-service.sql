-- How many aircraft a carrier flew in a period, and to how many airports.
SELECT count(DISTINCT tail_number) AS aircraft, count(DISTINCT destination) AS destinations
FROM flights
WHERE carrier = $1 AND departed_at >= $2 AND departed_at < $3
