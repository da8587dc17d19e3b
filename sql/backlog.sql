-- Backlog of jobs
--
-- What the API still works on: a row for each status. SUCCESS, FAILURE and
-- EXPIRED (past PRIVACY_RETENTION) are final;
-- for every other one `waiting_hours` (median) and `longest_hours` say how long its
-- jobs have been waiting, and `percent_done` how far they are on the mean.
--
-- param now DateTime('UTC') = now: the moment up to which they have waited
-- bar jobs
WITH status NOT IN ('SUCCESS', 'FAILURE', 'EXPIRED') AS waits,
    dateDiff('second', created_at, {now:DateTime('UTC')}) / 3600 AS hours
SELECT
    status,
    count() AS jobs,
    round(100 * jobs / sum(jobs) OVER (), 2) AS share,
    if(any(waits), min(created_at), NULL) AS oldest,
    if(any(waits), round(quantileExactInclusive(0.5)(hours), 1), NULL) AS waiting_hours,
    if(any(waits), round(max(hours), 1), NULL) AS longest_hours,
    if(any(waits), round(avg(percentage_completed), 1), NULL) AS percent_done
FROM backtraces
GROUP BY status
ORDER BY any(waits) DESC, jobs DESC, status;
