-- The leaks at a glance
--
-- How much leaked, in one row: the accesses, the viewers (`tags`), videos (`titles`, by
-- file_id), addresses and countries that they belong to, the accesses that took all of
-- the video (`complete`) and those that were no mere streaming (`downloaded`). The
-- countries are those that the source knows. `first_access` and `last_access` count an
-- access whose time is not known from the time of its backtrace, as all counts do.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
SELECT
    count() AS accesses,
    uniqExact(tag_hash) AS tags,
    uniqExact(title_hash) AS titles,
    uniqExactIf(address_hash, address_hash != sipHash64('')) AS addresses,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    countIf(percentage_obtained >= 100) AS complete,
    countIf(NOT streaming_only) AS downloaded,
    minOrNull(accessed_at) AS first_access,
    maxOrNull(accessed_at) AS last_access
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')});
