-- Kinds of address
--
-- The values of ip_type as the API sends them, with how often each occurs. The API
-- documents only UNK (it does not know); a value seen here for the first time is
-- worth a question to the API's makers.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- bar accesses
SELECT
    ip_type,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (), 2) AS share,
    uniqExactIf(ip_country, ip_country != '') AS countries,
    uniqExact(tag_hash) AS tags,
    max(first_accessed_at) AS last_access
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY ip_type
ORDER BY accesses DESC, ip_type;
