-- Language against country
--
-- Who watches where: a row for each country and first language of the browser (the
-- first two or three letters of Accept-Language). A language that is not the
-- country's own points to a traveller, an expatriate or a hidden address.
-- `share_of_country` is the per cent of the country's accesses. An empty language is
-- unknown: players and download tools send none.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 50: so many rows at most
-- bar share_of_country
SELECT
    ip_country AS country,
    lower(extract(accept_language, '^\\s*([A-Za-z][A-Za-z][A-Za-z]?)\\b')) AS language,
    count() AS accesses,
    round(100 * accesses / sum(accesses) OVER (PARTITION BY country), 2) AS share_of_country,
    uniqExact(tag_hash) AS tags
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY country, language
ORDER BY accesses DESC, country, language
LIMIT {limit:UInt32};
