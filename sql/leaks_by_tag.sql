-- Leaks by tag
--
-- Who leaked, and how far it spread: a row for each tag, the one that was opened
-- from the most addresses first, since many addresses mean that the copy went from
-- hand to hand. `hours` are those from the first access to the last. Accesses whose
-- time is not known take no part in `first_access`, `last_access` and `hours`.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 20: so many tags at most
-- bar addresses
WITH
-- No tag has more addresses than accesses. So none can be shown that has fewer accesses
-- than there are addresses to each of those with the most accesses: the rest is worked
-- out without it.
(
    SELECT min(addresses)
    FROM
    (
        SELECT uniqExactIf(address_hash, address_hash != sipHash64('')) AS addresses
        FROM access_stats
        WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND tag_hash IN
        (
            SELECT tag_hash
            FROM access_stats
            WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
            GROUP BY tag_hash
            ORDER BY count() DESC
            LIMIT {limit:UInt32}
        )
        GROUP BY tag_hash
    )
) AS least
SELECT
    autograph_tag AS tag,
    uniqExactIf(address_hash, address_hash != sipHash64('')) AS addresses,
    count() AS accesses,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    uniqExact(title_hash) AS titles,
    min(first_accessed_at) AS first_access,
    max(first_accessed_at) AS last_access,
    round(dateDiff('second', first_access, last_access) / 3600, 1) AS hours
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND tag_hash IN
(
    SELECT tag_hash
    FROM access_stats
    WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
    GROUP BY tag_hash
    HAVING count() >= least
)
GROUP BY tag
ORDER BY addresses DESC, accesses DESC, tag
LIMIT {limit:UInt32};
