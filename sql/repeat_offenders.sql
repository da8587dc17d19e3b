-- Repeat offenders across titles
--
-- Viewers whose copies of several titles leaked: one leak may be an accident, two are
-- a habit. A row for each tag that was read out of copies of at least so many titles
-- (file_id), whether or not the copies were opened. `backtraces` counts the copies;
-- `first_traced` and `last_traced` are the times at which they were traced.
--
-- param titles UInt32 = 2: from so many titles on
-- param since DateTime('UTC') = 1970-01-01: only backtraces asked for from then on; 1970-01-01 for all
-- param limit UInt32 = 50: so many tags at most
-- bar titles
SELECT
    autograph_tag AS tag,
    uniqExact(file_id) AS titles,
    uniqExact(backtrace_id) AS backtraces,
    sum(access_count) AS accesses,
    min(backtrace_created_at) AS first_traced,
    max(backtrace_created_at) AS last_traced
FROM extracted_data
WHERE ({since:DateTime('UTC')} = 0 OR backtrace_created_at >= {since:DateTime('UTC')}) AND autograph_tag IN
(
    -- The rest is worked out only for tags with enough titles to be shown.
    SELECT autograph_tag
    FROM extracted_data
    WHERE ({since:DateTime('UTC')} = 0 OR backtrace_created_at >= {since:DateTime('UTC')}) AND autograph_tag != ''
    GROUP BY autograph_tag
    HAVING uniqExact(file_id) >= {titles:UInt32}
    ORDER BY uniqExact(file_id) DESC
    LIMIT {limit:UInt32} WITH TIES
)
GROUP BY tag
HAVING titles >= {titles:UInt32}
ORDER BY titles DESC, backtraces DESC, tag
LIMIT {limit:UInt32};
