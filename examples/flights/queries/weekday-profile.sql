-- The heat map of an airport's month: weekday by hour.
SELECT extract(isodow FROM departed_at)::integer AS weekday,
       extract(hour FROM departed_at)::integer AS hour,
       count(*) AS flights,
       round(avg(delay_minutes), 1) AS average_delay
FROM flights
WHERE origin = $1 AND date_trunc('month', departed_at) = $2
GROUP BY 1, 2
ORDER BY 1, 2
