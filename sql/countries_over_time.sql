-- Leaks by country over time
--
-- How the leaks move: a row for each step of time and country, `start` being the
-- step's first day (UTC; weeks begin on Monday). The countries with the most
-- accesses are named; `(other)` holds the rest, so that the sum is that of all
-- accesses. Steps without any access have no row; what is dated before 1970 counts as of
-- then.
--
-- param step day|week|month|quarter|year = month: length of a step
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param countries UInt32 = 5: so many countries are named
-- bar accesses
WITH named AS
(
    SELECT ip_country
    FROM access_stats
    WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
    GROUP BY ip_country
    ORDER BY count() DESC, ip_country
    LIMIT {countries:UInt32}
)
SELECT
    toDate(dateTrunc({step:String}, greatest(accessed_at, toDateTime64(0, 3, 'UTC')), 'UTC')) AS start,
    if(ip_country IN (named), toString(ip_country), '(other)') AS country,
    count() AS accesses,
    uniqExact(tag_hash) AS tags
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY start, country
ORDER BY start, accesses DESC, country;
