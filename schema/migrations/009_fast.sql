-- What is dear to work out for each access, kept beside it. The columns are
-- MATERIALIZED: SELECT * leaves them out, so that access_stats shows what
-- access_stats_live does. Rows of before the next refresh work them out when asked.

-- A refresh that still runs would put the table back as it was before the ALTER.
DROP VIEW IF EXISTS {database}.access_stats_refresh{on_cluster};

ALTER TABLE {sharded access_stats}
    ADD COLUMN IF NOT EXISTS accessed_at DateTime64(3, 'UTC') MATERIALIZED coalesce(first_accessed_at, backtrace_created_at) COMMENT 'When the access counts: first_accessed_at or, if that is unknown, backtrace_created_at. SELECT * leaves it out',
    ADD COLUMN IF NOT EXISTS ip_network String MATERIALIZED multiIf(
        isIPv4String(if(startsWith(ip_address, '::ffff:'), substring(ip_address, 8), ip_address)),
        concat(substringIndex(if(startsWith(ip_address, '::ffff:'), substring(ip_address, 8), ip_address), '.', 3), '.0/24'),
        isIPv6String(ip_address),
        concat(toString(IPv6CIDRToRange(toIPv6OrDefault(ip_address), 48).1), '/48'),
        ip_address) COMMENT 'Block of the address: /24 of an IPv4 address, /48 of an IPv6 one; else the address as it is. SELECT * leaves it out',
    ADD COLUMN IF NOT EXISTS tag_hash UInt64 MATERIALIZED sipHash64(autograph_tag) COMMENT 'Hash of autograph_tag, fast to count and to group by. SELECT * leaves it out',
    ADD COLUMN IF NOT EXISTS title_hash UInt64 MATERIALIZED sipHash64(file_id) COMMENT 'Hash of file_id, fast to count and to group by. SELECT * leaves it out',
    ADD COLUMN IF NOT EXISTS address_hash UInt64 MATERIALIZED sipHash64(ip_address) COMMENT 'Hash of ip_address, fast to count and to group by. SELECT * leaves it out',
    ADD COLUMN IF NOT EXISTS network_hash UInt64 MATERIALIZED sipHash64(ip_network) COMMENT 'Hash of ip_network, fast to count and to group by. SELECT * leaves it out';

-- Each granule holds one country's accesses of a short time.
ALTER TABLE {local access_stats}{on_cluster}
    ADD INDEX IF NOT EXISTS by_time accessed_at TYPE minmax GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_tag autograph_tag TYPE bloom_filter GRANULARITY 1;

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.access_stats_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local access_stats}
(
{columns access_stats_6}
)
EMPTY
AS SELECT * FROM {local access_stats_live}{sequential}
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';
