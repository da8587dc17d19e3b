-- Leaks by country
--
-- Where leaked videos were opened: a row for each country, the one with the most
-- accesses first. `tags` are the viewers whose copies were opened there, `titles`
-- the videos (by file_id), `share` the per cent of all accesses, whether shown or not.
-- An empty country is one that the source does not know.
--
-- An access counts once for each backtrace that reports it. One whose time is not
-- known counts from the time of its backtrace, in all analyses.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 50: so many countries at most
-- bar accesses
SELECT
    ip_country AS country,
    count() AS accesses,
    uniqExact(tag_hash) AS tags,
    uniqExact(title_hash) AS titles,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY country
ORDER BY accesses DESC, country
LIMIT {limit:UInt32};
