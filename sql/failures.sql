-- Why backtraces fail
--
-- A row for each error of failed jobs, the most frequent first, with the last job that
-- it happened to. `share` is the per cent of all failures.
--
-- param since DateTime('UTC') = 1970-01-01: only backtraces asked for from then on; 1970-01-01 for all
-- param limit UInt32 = 20: so many errors at most
-- bar failures
SELECT
    error_code,
    error_msg,
    count() AS failures,
    round(100 * failures / sum(failures) OVER (), 2) AS share,
    uniqExact(file_id) AS titles,
    max(created_at) AS last_asked_for,
    argMax(id, (created_at, id)) AS last_backtrace
FROM backtraces
WHERE status = 'FAILURE' AND ({since:DateTime('UTC')} = 0 OR created_at >= {since:DateTime('UTC')})
GROUP BY error_code, error_msg
ORDER BY failures DESC, error_code, error_msg
LIMIT {limit:UInt32};
