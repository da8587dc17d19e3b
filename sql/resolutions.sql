-- Highest resolution taken
--
-- In which quality the videos went out: a row for each resolution in lines, the
-- highest first, an unknown one last. `complete` counts the accesses that took all
-- of the video: those at a high resolution are the copies that compete with the
-- original.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- bar accesses
SELECT
    highest_resolution AS lines,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share,
    countIf(percentage_obtained >= 100) AS complete,
    uniqExact(tag_hash) AS tags,
    uniqExact(title_hash) AS titles
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY lines
ORDER BY lines DESC NULLS LAST;
