-- Streaming against download
--
-- Whether the videos were only streamed or also downloaded: a downloaded copy can go
-- on. A row for each way, with `mean_taken`, the mean per cent of the video that was
-- taken where that is known, and `complete`, the accesses that took all of it.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- bar share
SELECT
    multiIf(streaming_only IS NULL, 'unknown', streaming_only, 'streamed', 'downloaded') AS way,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share,
    uniqExact(tag_hash) AS tags,
    uniqExact(title_hash) AS titles,
    round(avg(percentage_obtained), 2) AS mean_taken,
    countIf(percentage_obtained >= 100) AS complete
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY way
ORDER BY accesses DESC, way;
