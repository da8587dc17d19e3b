-- Devices
--
-- What the videos were opened with: a row for each kind of device, operating system and
-- browser (or player, or program), as the user agents say. A `bot` is a program with no
-- viewer: a crawler or a download tool such as curl, which makes a copy rather than
-- watches one. `unknown` and an empty name are agents that do not say, or none at all.
-- `complete` counts the accesses that took all of the video.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 50: so many rows at most
-- bar accesses
SELECT
    device_kind AS device,
    operating_system,
    browser,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share,
    countIf(percentage_obtained >= 100) AS complete,
    uniqExact(tag_hash) AS tags
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY device, operating_system, browser
ORDER BY accesses DESC, device, operating_system, browser
LIMIT {limit:UInt32};
