-- VPN and data centre share by country
--
-- How far a country can be believed: behind a VPN, Tor or a data centre sits somebody
-- who may be elsewhere. A row for each country, the one with the most such accesses
-- first; `hidden_share` is their per cent of the accesses whose kind of address is
-- known.
--
-- The API documents one value of ip_type, UNK. VPN, TOR and DCH (data centre) are
-- taken as the usual codes of address databases; every other value counts as `other`,
-- so that no access is left out. The analysis ip_types lists the values as they are.
--
-- param since DateTime('UTC') = 1970-01-01: only accesses from then on; 1970-01-01 for all
-- param limit UInt32 = 20: so many countries at most
-- bar hidden_share
SELECT
    ip_country AS country,
    count() AS accesses,
    countIf(upper(ip_type) = 'VPN') AS vpn,
    countIf(upper(ip_type) = 'TOR') AS tor,
    countIf(upper(ip_type) = 'DCH') AS data_centre,
    countIf(upper(ip_type) NOT IN ('VPN', 'TOR', 'DCH', 'UNK', '')) AS other,
    countIf(upper(ip_type) IN ('UNK', '')) AS unknown,
    if(unknown = accesses, NULL, round(100 * (vpn + tor + data_centre) / (accesses - unknown), 2)) AS hidden_share
FROM access_stats
WHERE ({since:DateTime('UTC')} = 0 OR accessed_at >= {since:DateTime('UTC')})
GROUP BY country
ORDER BY vpn + tor + data_centre DESC, accesses DESC, country
LIMIT {limit:UInt32};
