-- Leaks by title
--
-- Which videos leak: a row for each title (file_id), the one with the most accesses
-- first. `found_as` is the name of the last leaked copy that was searched for a tag,
-- without its folder; `backtraces` counts those copies whose tags were opened, `tags`
-- the viewers whose copies leaked.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on
-- param limit UInt32 = 20: so many titles at most
-- bar accesses
SELECT
    file_id AS title,
    substringIndex(argMax(input_name, (backtrace_created_at, backtrace_id)), '/', -1) AS found_as,
    count() AS accesses,
    uniqExact(backtrace_id) AS backtraces,
    uniqExact(autograph_tag) AS tags,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    min(first_accessed_at) AS first_access,
    max(first_accessed_at) AS last_access
FROM access_stats
WHERE coalesce(first_accessed_at, backtrace_created_at) >= {since:DateTime('UTC')}
GROUP BY title
ORDER BY accesses DESC, title
LIMIT {limit:UInt32};
