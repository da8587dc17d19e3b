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
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on
-- param limit UInt32 = 50: so many blocks at most
-- bar tags
WITH
    if(startsWith(ip_address, '::ffff:'), substring(ip_address, 8), ip_address) AS address,
    multiIf(
        isIPv4String(address), concat(substringIndex(address, '.', 3), '.0/24'),
        isIPv6String(address), concat(toString(IPv6CIDRToRange(toIPv6OrDefault(address), 48).1), '/48'),
        address) AS network
SELECT
    network,
    uniqExact(autograph_tag) AS tags,
    uniqExact(ip_address) AS addresses,
    count() AS accesses,
    uniqExact(file_id) AS titles,
    min(first_accessed_at) AS first_access,
    max(first_accessed_at) AS last_access,
    arrayStringConcat(arraySort(groupUniqArray(5)(autograph_tag)), ', ') AS some_tags
FROM access_stats
WHERE coalesce(first_accessed_at, backtrace_created_at) >= {since:DateTime('UTC')} AND ip_address != ''
GROUP BY network
HAVING tags >= {tags:UInt32}
ORDER BY tags DESC, accesses DESC, network
LIMIT {limit:UInt32};
