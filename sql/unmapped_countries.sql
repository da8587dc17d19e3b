-- Country names without a code
--
-- Names of countries in `ip_country` that are in no list of names (`country_names`): their
-- accesses have no `ip_country_code` and lie nowhere on a map, but count everywhere
-- else. An empty answer means that every name is understood. Report a name that should
-- be to those who keep syncer.
--
-- bar accesses
SELECT
    ip_country AS country,
    count() AS accesses,
    round(100 * accesses / (SELECT count() FROM access_stats), 2) AS share,
    uniqExact(tag_hash) AS tags,
    max(first_accessed_at) AS last_access
FROM access_stats
WHERE ip_country_code = '' AND ip_country != ''
GROUP BY country
ORDER BY accesses DESC, country;
