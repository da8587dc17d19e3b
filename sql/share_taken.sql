-- Share of the video taken
--
-- How much of a video was taken, in steps of ten per cent: a row for each step that
-- occurs, by its lower bound (`taken_from` 90 means from 90 to less than 100; 100 is
-- all of it). Many accesses near 0 are people who only looked; those at 100 hold a
-- copy. An unknown share stands last.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- bar accesses
SELECT
    toInt32(floor(if(percentage_obtained >= 100, 100, percentage_obtained) / 10) * 10) AS taken_from,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share,
    countIf(streaming_only) AS streamed,
    countIf(NOT streaming_only) AS downloaded,
    uniqExact(tag_hash) AS tags
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY taken_from
ORDER BY taken_from NULLS LAST;
