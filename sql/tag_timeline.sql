-- One tag's timeline
--
-- All that is known of one viewer's leaks in the order of time: each access under the
-- tag, and each backtrace that read it out of a copy (`event` is access or backtrace;
-- what is no part of an event is empty). Accesses whose time is not known stand last.
--
-- param tag String: the tag, as autograph_tag has it
-- param limit UInt32 = 1000: so many events at most, the earliest first
SELECT
    at, event, country, address, ip_type, taken, lines, way, user_agent, title, backtrace_id
FROM
(
    SELECT
        first_accessed_at AS at,
        'access' AS event,
        toString(ip_country) AS country,
        ip_address AS address,
        toString(ip_type) AS ip_type,
        percentage_obtained AS taken,
        highest_resolution AS lines,
        multiIf(streaming_only IS NULL, 'unknown', streaming_only, 'streamed', 'downloaded') AS way,
        toString(user_agent) AS user_agent,
        file_id AS title,
        backtrace_id
    FROM access_stats
    WHERE autograph_tag = {tag:String}
    UNION ALL
    SELECT
        backtrace_created_at, 'backtrace', NULL, NULL, NULL, NULL, NULL, NULL, NULL, file_id, backtrace_id
    FROM extracted_data
    WHERE autograph_tag = {tag:String}
)
ORDER BY at NULLS LAST, event, title, backtrace_id, address
LIMIT {limit:UInt32};
