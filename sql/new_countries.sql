-- New countries this week
--
-- Countries in which nothing was ever opened before: a row for each whose first access
-- of all falls into the last week (or another time), the newest first.
--
-- param since DateTime('UTC') = 7d: from then on a country is new; 1970-01-01 for all
-- bar accesses
SELECT
    ip_country AS country,
    min(accessed_at) AS first_access,
    count() AS accesses,
    uniqExact(tag_hash) AS tags,
    uniqExact(title_hash) AS titles
FROM access_stats
WHERE ip_country != ''
GROUP BY country
HAVING {since:DateTime('UTC')} = 0 OR first_access >= {since:DateTime('UTC')}
ORDER BY first_access DESC, country;
