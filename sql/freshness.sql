-- Freshness of the mirror
--
-- Whether the figures can be trusted now: one row. `as_of` is when the last run that
-- ended well began: what changed at the source since then may be missing, for `age_minutes`.
-- `missing` are the records that the source counted beyond those mirrored at its end
-- (below 0: the mirror holds some that are gone). The runs of the last 24 hours follow:
-- all, those that ended well, those that changed something. `last_error` is the newest.
--
-- param now DateTime('UTC') = now: the moment to judge by
SELECT
    maxIf(toNullable(started_at), outcome = 'ok') AS as_of,
    round(dateDiff('second', as_of, {now:DateTime('UTC')}) / 60, 1) AS age_minutes,
    argMaxIf(toNullable(mirror_total), started_at, outcome = 'ok') AS mirrored,
    argMaxIf(toInt64(source_total) - toInt64(mirror_total), started_at, outcome = 'ok') AS missing,
    argMax(outcome, started_at) AS last_outcome,
    countIf(started_at > {now:DateTime('UTC')} - INTERVAL 1 DAY) AS runs_24h,
    countIf(started_at > {now:DateTime('UTC')} - INTERVAL 1 DAY AND outcome = 'ok') AS good_24h,
    countIf(started_at > {now:DateTime('UTC')} - INTERVAL 1 DAY AND records_changed > 0) AS changing_24h,
    argMaxIf(toNullable(error), started_at, error != '') AS last_error
FROM sync_runs;
