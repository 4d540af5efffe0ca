-- Type-ahead for the route planner.
SELECT id, name, region, country, latitude, longitude
FROM cities
WHERE name ILIKE '%' || $1 || '%'
ORDER BY name, id
LIMIT 20
