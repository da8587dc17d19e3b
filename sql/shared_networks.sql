-- Address blocks seen under several tags
--
-- One person behind several accounts: a row for each block of addresses (/24 of IPv4,
-- /48 of IPv6) from which videos were opened under at least so many tags. `some_tags`
-- names up to five of them. A block of a large provider, a VPN or a data centre holds
-- many people: look at ip_type and the times before you conclude anything.
--
-- What is no address (as one that PRIVACY_IP=hash has hashed) is a block by itself.
--
-- param tags UInt32 = 2: from so many tags on
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 50: so many blocks at most
-- bar tags
WITH
-- No block has more tags than accesses, so the tags are counted only where there are
-- as many accesses as the last block that is shown has tags. How many those are at
-- least, some blocks tell that have many of a part of the tags.
(
    SELECT if(count() < {limit:UInt32}, 0, min(tags))
    FROM
    (
        SELECT uniqExact(tag_hash) AS tags
        FROM access_stats
        WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND network_hash IN
        (
            SELECT network_hash
            FROM access_stats
            WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND network_hash != sipHash64('') AND tag_hash % 32 = 0
            GROUP BY network_hash
            ORDER BY uniqExact(tag_hash) DESC
            LIMIT {limit:UInt32}
        )
        GROUP BY network_hash
    )
) AS least
SELECT
    any(ip_network) AS network,
    uniqExact(tag_hash) AS tags,
    uniqExact(address_hash) AS addresses,
    count() AS accesses,
    uniqExact(title_hash) AS titles,
    min(first_accessed_at) AS first_access,
    max(first_accessed_at) AS last_access,
    arrayStringConcat(arraySlice(arraySort(groupUniqArray(autograph_tag)), 1, 5), ', ') AS some_tags
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND network_hash IN
(
    SELECT network_hash
    FROM access_stats
    WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')}) AND network_hash != sipHash64('')
    GROUP BY network_hash
    HAVING count() >= greatest(least, {tags:UInt32})
)
GROUP BY network_hash
HAVING tags >= {tags:UInt32}
ORDER BY tags DESC, accesses DESC, network
LIMIT {limit:UInt32};
