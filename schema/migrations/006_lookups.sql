-- What is looked up for each access: the code of its country, and what its user agent
-- says of the device. syncer fills the tables, and a change there is in access_stats
-- after the next refresh, for rows of all ages.

-- A refresh that still runs would put the table back as it was before the ALTER.
DROP VIEW IF EXISTS {database}.access_stats_refresh{on_cluster};

CREATE TABLE IF NOT EXISTS {sharded countries_store by country_code}
(
    country_code  LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code; XK for Kosovo',
    country_code3 LowCardinality(String) COMMENT 'ISO 3166-1 alpha-3 code; XKK for Kosovo',
    name          String                 COMMENT 'Common English name',
    region        LowCardinality(String) COMMENT 'Region, as the United Nations divide the world',
    subregion     LowCardinality(String) COMMENT 'Part of the region; empty if it has none',
    latitude      Float64                COMMENT 'Latitude of the centre, in degrees north',
    longitude     Float64                COMMENT 'Longitude of the centre, in degrees east',
    version       UInt32                 COMMENT 'Version of the list; the highest counts'
)
ENGINE = {engine ReplacingMergeTree(version)}
ORDER BY country_code
COMMENT 'Countries, with those of older lists. Read countries instead';

-- Each shard holds a part of every list, and so knows which one is the newest.
CREATE OR REPLACE VIEW {sharded countries}
(
    country_code  LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code; XK for Kosovo',
    country_code3 LowCardinality(String) COMMENT 'ISO 3166-1 alpha-3 code; XKK for Kosovo',
    name          String                 COMMENT 'Common English name',
    region        LowCardinality(String) COMMENT 'Region, as the United Nations divide the world',
    subregion     LowCardinality(String) COMMENT 'Part of the region; empty if it has none',
    latitude      Float64                COMMENT 'Latitude of the centre, in degrees north',
    longitude     Float64                COMMENT 'Longitude of the centre, in degrees east'
)
{definer}
AS SELECT country_code, country_code3, name, region, subregion, latitude, longitude
FROM {local countries_store} FINAL
WHERE version = (SELECT max(version) FROM {local countries_store})
COMMENT 'Countries by their code, a row each: join them to access_stats by ip_country_code = country_code';

-- folded is the name without case, accents, punctuation and `the`: what the view
-- below compares. Both places must fold alike.
CREATE TABLE IF NOT EXISTS {sharded country_names_store by folded}
(
    folded       String DEFAULT replaceRegexpAll(replaceAll(lowerUTF8(normalizeUTF8NFKD(toValidUTF8(name))), '&', 'and'), '\\bthe\\b|[^\\pL\\pN]+', '') COMMENT 'The name without case, accents, punctuation and the word the',
    name         String                 COMMENT 'A name of a country',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country',
    version      UInt32                 COMMENT 'Version of the list; the highest counts'
)
ENGINE = {engine ReplacingMergeTree(version)}
ORDER BY folded
COMMENT 'Names of countries, with those of older lists. Read country_names instead';

CREATE OR REPLACE VIEW {sharded country_names}
(
    name         String                 COMMENT 'A name of a country; case, accents, punctuation and the word the do not matter',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; XK for Kosovo',
    folded       String                 COMMENT 'The name without case, accents, punctuation and the word the'
)
{definer}
AS SELECT name, country_code, folded
FROM {local country_names_store} FINAL
WHERE version = (SELECT max(version) FROM {local country_names_store})
COMMENT 'Names by which ip_country is understood, several for each country';

CREATE TABLE IF NOT EXISTS {sharded user_agents_store by agent_hash}
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown',
    version          UInt32                 COMMENT 'Version of the parser; the highest counts'
)
ENGINE = {engine ReplacingMergeTree(version)}
ORDER BY agent_hash
COMMENT 'What user agents say of the device. Read browser, operating_system and device_kind of access_stats instead';

-- What is joined across shards is a view, since the other shards ask for the grants
-- of whoever reads.
CREATE OR REPLACE VIEW {sharded user_agents}
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown'
)
{definer}
AS SELECT agent_hash, browser, operating_system, device_kind
FROM {local user_agents_store} FINAL
COMMENT 'What user agents say of the device, by their hash. access_stats has it in each row';

ALTER TABLE {sharded access_stats}
    ADD COLUMN IF NOT EXISTS ip_country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)' AFTER ip_country,
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) COMMENT 'Browser, player or program, by the user agent; empty if unknown' AFTER user_agent,
    ADD COLUMN IF NOT EXISTS operating_system LowCardinality(String) COMMENT 'Operating system, by the user agent; empty if unknown' AFTER browser,
    ADD COLUMN IF NOT EXISTS device_kind LowCardinality(String) COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown' AFTER operating_system;

-- ifNull holds the types whatever a reader sets for join_use_nulls.
CREATE OR REPLACE VIEW {sharded access_stats_live}
(
{columns access_stats_6}
)
SQL SECURITY INVOKER
AS SELECT
    s.id AS backtrace_id,
    s.`access.extracted_index` AS extracted_index,
    s.`access.access_index` AS access_index,
    s.`access.autograph_tag` AS autograph_tag,
    s.`access.ip_address` AS ip_address,
    s.`access.ip_country` AS ip_country,
    ifNull(n.country_code, '') AS ip_country_code,
    s.`access.ip_type` AS ip_type,
    s.`access.user_agent` AS user_agent,
    ifNull(a.browser, '') AS browser,
    ifNull(a.operating_system, '') AS operating_system,
    ifNull(nullIf(a.device_kind, ''), 'unknown') AS device_kind,
    s.`access.accept_language` AS accept_language,
    s.`access.first_accessed_at` AS first_accessed_at,
    s.`access.percentage_obtained` AS percentage_obtained,
    s.`access.highest_resolution` AS highest_resolution,
    s.`access.streaming_only` AS streaming_only,
    s.status AS status,
    s.input_name AS input_name,
    s.file_id AS file_id,
    s.pipeline_id AS pipeline_id,
    s.user_id AS user_id,
    s.application_id AS application_id,
    s.job_id AS job_id,
    s.created_at AS backtrace_created_at
FROM
(
    SELECT * FROM {local backtraces_store} FINAL
    ARRAY JOIN
        `access.extracted_index`,
        `access.access_index`,
        `access.autograph_tag`,
        `access.ip_address`,
        `access.ip_country`,
        `access.ip_type`,
        `access.user_agent`,
        `access.accept_language`,
        `access.first_accessed_at`,
        `access.percentage_obtained`,
        `access.highest_resolution`,
        `access.streaming_only`
) AS s
LEFT ANY JOIN {database}.country_names AS n
    ON n.folded = replaceRegexpAll(replaceAll(lowerUTF8(normalizeUTF8NFKD(toValidUTF8(s.`access.ip_country`))), '&', 'and'), '\\bthe\\b|[^\\pL\\pN]+', '')
LEFT ANY JOIN {database}.user_agents AS a
    ON a.agent_hash = sipHash64(s.`access.user_agent`)
COMMENT 'Accesses made under the tags, true at every instant; browser, operating_system and device_kind of an agent never seen before come with the end of the run. access_stats is faster';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.access_stats_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local access_stats}
(
{columns access_stats_6}
)
EMPTY
AS SELECT * FROM {local access_stats_live}{sequential}
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';
