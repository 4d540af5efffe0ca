-- Where people go from one state: passengers and revenue by route.
SELECT o.city AS from_city, d.city AS to_city, d.state AS to_state, f.origin, f.destination,
       count(*) AS flights, sum(f.passengers) AS passengers, sum(f.revenue) AS revenue
FROM flights f
JOIN airports o ON o.iata = f.origin
JOIN airports d ON d.iata = f.destination
WHERE o.state = $1 AND f.departed_at >= $2 AND f.departed_at < $3
GROUP BY o.city, d.city, d.state, f.origin, f.destination
ORDER BY passengers DESC, f.origin, f.destination
LIMIT 20
