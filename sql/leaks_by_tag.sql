-- Leaks by tag
--
-- Who leaked, and how far it spread: a row for each tag, the one that was opened
-- from the most addresses first, since many addresses mean that the copy went from
-- hand to hand. `hours` are those from the first access to the last. Accesses whose
-- time is not known take no part in `first_access`, `last_access` and `hours`.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on
-- param limit UInt32 = 20: so many tags at most
-- bar addresses
SELECT
    autograph_tag AS tag,
    uniqExactIf(ip_address, ip_address != '') AS addresses,
    count() AS accesses,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    uniqExact(file_id) AS titles,
    min(first_accessed_at) AS first_access,
    max(first_accessed_at) AS last_access,
    round(dateDiff('second', first_access, last_access) / 3600, 1) AS hours
FROM access_stats
WHERE coalesce(first_accessed_at, backtrace_created_at) >= {since:DateTime('UTC')}
GROUP BY tag
ORDER BY addresses DESC, accesses DESC, tag
LIMIT {limit:UInt32};
