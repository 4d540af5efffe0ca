-- Delays by carrier for flights of a length, beyond the average.
SELECT carrier,
       count(*) AS flights,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY delay_minutes) AS median_delay,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY delay_minutes) AS p90_delay,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY delay_minutes) AS p99_delay
FROM flights
WHERE distance_miles BETWEEN $1 AND $2 AND delay_minutes IS NOT NULL
GROUP BY carrier
ORDER BY carrier
