-- Time from first access to backtrace
--
-- How long a leak was out before it was traced: a row for each month in which
-- backtraces were asked for. The hours are those from the first access under any of
-- a backtrace's tags to the moment when it was asked for. `traced` counts the
-- backtraces that this is known for; `later` those whose first known access came
-- after them, and `unknown` those with no known time of access: neither takes part
-- in the hours. What was asked for before 1970 counts as of then.
--
-- param since DateTime('UTC') = 1970-01-01: only backtraces asked for from then on; 1970-01-01 for all
-- bar median_hours
SELECT
    toStartOfMonth(greatest(created_at, toDateTime64(0, 3, 'UTC'))) AS month,
    countIf(first_access <= created_at) AS traced,
    round(quantileExactInclusiveIf(0.5)(hours, first_access <= created_at), 1) AS median_hours,
    round(quantileExactInclusiveIf(0.9)(hours, first_access <= created_at), 1) AS p90_hours,
    round(maxIf(hours, first_access <= created_at), 1) AS longest_hours,
    countIf(first_access > created_at) AS later,
    countIf(first_access IS NULL) AS unknown
FROM
(
    SELECT
        any(backtrace_created_at) AS created_at,
        min(first_accessed_at) AS first_access,
        dateDiff('second', first_access, created_at) / 3600 AS hours
    FROM access_stats
    WHERE ({since:DateTime('UTC')} = 0 OR backtrace_created_at >= {since:DateTime('UTC')})
    GROUP BY backtrace_id
)
GROUP BY month
ORDER BY month;
