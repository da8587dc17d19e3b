-- The leaks at a glance
--
-- How much leaked, in one row: the accesses, the viewers (`tags`), videos (`titles`, by
-- file_id), addresses and countries that they belong to, the accesses that took all of
-- the video (`complete`) and those that were no mere streaming (`downloaded`). The
-- countries are those that the source knows. `first_access` and `last_access` count an
-- access whose time is not known from the time of its backtrace, as all counts do.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on
SELECT
    count() AS accesses,
    uniqExact(autograph_tag) AS tags,
    uniqExact(file_id) AS titles,
    uniqExactIf(ip_address, ip_address != '') AS addresses,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    countIf(percentage_obtained >= 100) AS complete,
    countIf(NOT streaming_only) AS downloaded,
    minOrNull(coalesce(first_accessed_at, backtrace_created_at)) AS first_access,
    maxOrNull(coalesce(first_accessed_at, backtrace_created_at)) AS last_access
FROM access_stats
WHERE coalesce(first_accessed_at, backtrace_created_at) >= {since:DateTime('UTC')};
