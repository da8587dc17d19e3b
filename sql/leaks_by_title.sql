-- Leaks by title
--
-- Which videos leak: a row for each title (file_id), the one with the most accesses
-- first. `found_as` is the name of the last copy that a tag was read out of, opened or
-- not and of any time, without its folder; `backtraces` counts those copies whose tags
-- were opened, `tags` the viewers whose copies leaked.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 20: so many titles at most
-- bar accesses
SELECT
    title,
    substringIndex(last.input_name, '/', -1) AS found_as,
    accesses,
    backtraces,
    tags,
    countries,
    first_access,
    last_access
FROM
(
    SELECT
        file_id AS title,
        count() AS accesses,
        uniqExact(backtrace_id) AS backtraces,
        uniqExact(tag_hash) AS tags,
        uniqExactIf(ip_country, ip_country != '') AS countries,
        min(first_accessed_at) AS first_access,
        max(first_accessed_at) AS last_access
    FROM access_stats
    -- The rest is worked out only for titles with enough accesses to be shown.
    WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND title_hash IN
    (
        SELECT title_hash
        FROM access_stats
        WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
        GROUP BY title_hash
        ORDER BY count() DESC
        LIMIT {limit:UInt32} WITH TIES
    )
    GROUP BY title
    ORDER BY accesses DESC, title
    LIMIT {limit:UInt32}
) AS titles
LEFT JOIN
(
    -- Names are long, and read only of the backtraces that came last.
    SELECT file_id, argMax(input_name, backtrace_id) AS input_name
    FROM extracted_data
    WHERE (file_id, backtrace_created_at) IN
        (SELECT file_id, max(backtrace_created_at) FROM extracted_data GROUP BY file_id)
    GROUP BY file_id
) AS last ON last.file_id = titles.title
ORDER BY accesses DESC, title;
