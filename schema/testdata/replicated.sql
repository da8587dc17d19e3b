-- step 001_backtraces_store
-- The truth: one row a backtrace, its children nested, so that a reading and
-- its children are stored by one insert and replaced by one insert. An older
-- reading loses by its version, whatever the order of the writes.
CREATE TABLE IF NOT EXISTS `xvid`.backtraces_store
(
    id                   String                      COMMENT 'Id of the backtrace' CODEC(ZSTD),
    version              UInt64                      COMMENT 'Microseconds since 1970 at which the request that read this was sent; the newest reading wins' CODEC(Delta, ZSTD),
    is_deleted           UInt8                       COMMENT '1 if the source confirmed that the backtrace is gone',
    status               LowCardinality(String)      COMMENT 'State of the job: SUCCESS, QUEUED, FAILURE',
    percentage_completed Nullable(Float64)           COMMENT 'How much of the job is done, 0 to 100',
    input_name           String                      COMMENT 'Name of the file that was searched for a tag' CODEC(ZSTD),
    pipeline_id          LowCardinality(String)      COMMENT 'Id of the pipeline',
    file_id              String                      COMMENT 'Id of the video that the tag was put into' CODEC(ZSTD),
    job_id               String                      COMMENT 'Id of the job that made the video' CODEC(ZSTD),
    application_id       LowCardinality(String)      COMMENT 'Id of the application',
    user_id              LowCardinality(String)      COMMENT 'Id of the user who asked for the backtrace',
    error_code           LowCardinality(String)      COMMENT 'Code of the error of a failed job, empty if none',
    error_msg            String                      COMMENT 'Text of the error of a failed job, empty if none' CODEC(ZSTD),
    source_version       Nullable(Int64)             COMMENT 'The record''s own version field',
    created_at           DateTime64(3, 'UTC')        COMMENT 'When the backtrace was asked for; 1970-01-01 if the source does not say' CODEC(Delta, ZSTD),
    updated_at           DateTime64(3, 'UTC')        COMMENT 'When the source last changed the record (a job''s end does not count); 1970-01-01 if it does not say' CODEC(Delta, ZSTD),
    finished_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'When the job ended' CODEC(Delta, ZSTD),

    `extracted.extracted_index` Array(UInt32)        COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    `extracted.autograph_tag`   Array(String)        COMMENT 'Tags read out of the video' CODEC(ZSTD),
    `extracted.access_count`    Array(UInt32)        COMMENT 'Accesses made under each tag',

    `access.extracted_index`     Array(UInt32)       COMMENT 'Place of the access''s tag in extracted_data, from 0',
    `access.access_index`        Array(UInt32)       COMMENT 'Place of the access in its tag''s access_stats, from 0',
    `access.autograph_tag`       Array(String)       COMMENT 'Tag under which the video was opened' CODEC(ZSTD),
    `access.ip_address`          Array(String)       COMMENT 'Address, as received' CODEC(ZSTD),
    `access.ip_country`          Array(LowCardinality(String)) COMMENT 'Country of the address, as received; empty if unknown',
    `access.ip_type`             Array(LowCardinality(String)) COMMENT 'Kind of address, as received; UNK if the source does not know',
    `access.user_agent`          Array(LowCardinality(String)) COMMENT 'User agent, as received; empty if unknown',
    `access.accept_language`     Array(LowCardinality(String)) COMMENT 'Accept-Language header, as received; empty if unknown',
    `access.first_accessed_at`   Array(Nullable(DateTime64(3, 'UTC'))) COMMENT 'First access' CODEC(ZSTD),
    `access.percentage_obtained` Array(Nullable(Float64)) COMMENT 'Share of the video taken, 0 to 100' CODEC(ZSTD),
    `access.highest_resolution`  Array(Nullable(UInt16)) COMMENT 'Highest resolution taken, in lines' CODEC(ZSTD),
    `access.streaming_only`      Array(Nullable(Bool)) COMMENT 'Whether the video was streamed and never downloaded' CODEC(ZSTD),

    raw                  String                      COMMENT 'The record''s JSON, as received' CODEC(ZSTD),
    content_hash         UInt64                      COMMENT 'Hash of the record''s content, by which unchanged records are known',
    run_id               LowCardinality(String)      COMMENT 'Run that stored this reading'
)
ENGINE = ReplicatedReplacingMergeTree(version, is_deleted)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every reading of every backtrace, with its tags and accesses nested. Read backtraces, extracted_data and access_stats instead';

-- step 002_state
-- What the syncer itself remembers: how far it has read, and what it did.
CREATE TABLE IF NOT EXISTS `xvid`.sync_checkpoints_store
(
    source     String               COMMENT 'URL of the collection',
    version    UInt64               COMMENT 'Generation and updated_at in one number: the higher one wins',
    generation UInt32               COMMENT 'Goes up when the checkpoint is moved by hand',
    updated_at DateTime64(3, 'UTC') COMMENT 'Everything with an earlier updated_at is stored; 1970-01-01 at the start',
    id         String               COMMENT 'Last record read at that time',
    start_hint UInt64               COMMENT 'Offset in the list at which the next run looks first',
    saved_at   DateTime64(3, 'UTC') COMMENT 'When the checkpoint was saved',
    run_id     String               COMMENT 'Run that saved it; empty if it was moved by hand'
)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY source
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Checkpoints, with superseded ones. Read sync_checkpoints instead';

CREATE TABLE IF NOT EXISTS `xvid`.sync_runs_store
(
    revision          UInt8                          COMMENT '0 at the start, 1 at the end, 2 if another run had to close it; the highest wins',
    run_id            String                         COMMENT 'Id of the run; ids sort by start',
    kind              LowCardinality(String)         COMMENT 'incremental, reconcile or forget',
    source            String                         COMMENT 'URL of the collection',
    started_at        DateTime64(3, 'UTC')           COMMENT 'Start',
    deadline_at       DateTime64(3, 'UTC')           COMMENT 'When the run is cut off at the latest',
    ended_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'End; NULL while it runs or if it died',
    outcome           LowCardinality(String)         COMMENT 'running, ok, interrupted, failed or died',
    requests          UInt64                         COMMENT 'Requests sent to the API, retries included',
    retries           UInt64                         COMMENT 'Requests sent again after a failure',
    pages             UInt64                         COMMENT 'Pages of the list that were read and used',
    records_read      UInt64                         COMMENT 'Distinct readings taken from the source',
    records_changed   UInt64                         COMMENT 'Of these, new or different from the mirror',
    records_unchanged UInt64                         COMMENT 'Of these, already mirrored as they are',
    rows_written      UInt64                         COMMENT 'Rows written to the mirror''s truth',
    tombstones        UInt64                         COMMENT 'Records found gone from the source',
    pending           UInt64                         COMMENT 'Mirrored records found in a state that is not final, and asked for again',
    dead_letters      UInt64                         COMMENT 'Elements of the list that were no backtrace',
    contiguity_breaks UInt64                         COMMENT 'Pages that did not fit because the list had moved, and were read again',
    doubtful          Bool                           COMMENT 'Whether the list could not be read without doubt: a reconcile is due',
    source_total      Nullable(UInt64)               COMMENT 'Records that the source counted at the end',
    mirror_total      Nullable(UInt64)               COMMENT 'Records in the mirror at the end',
    cursor_from       DateTime64(3, 'UTC')           COMMENT 'Checkpoint at the start; 1970-01-01 for the beginning of the list',
    cursor_to         DateTime64(3, 'UTC')           COMMENT 'Checkpoint at the end',
    refreshed         Bool                           COMMENT 'Whether the flat tables hold all that the run wrote',
    error             String                         COMMENT 'What went wrong; empty if nothing',
    syncer_version    LowCardinality(String)         COMMENT 'Version of syncer'
)
ENGINE = ReplicatedReplacingMergeTree(revision)
ORDER BY run_id
COMMENT 'Runs, a row for the start and one for the end. Read sync_runs instead';

-- step 003_relations
CREATE TABLE IF NOT EXISTS `xvid`.extracted_data
(
    backtrace_id         String                 COMMENT 'Id of the backtrace',
    extracted_index      UInt32                 COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    autograph_tag        String                 COMMENT 'Tag read out of the video: names the viewer whose copy leaked',
    access_count         UInt32                 COMMENT 'Accesses made under the tag',
    status               LowCardinality(String) COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                 COMMENT 'Name of the file that was searched for a tag',
    file_id              String                 COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String) COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String) COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String) COMMENT 'Id of the application',
    job_id               String                 COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')   COMMENT 'When the backtrace was asked for'
)
ENGINE = ReplicatedMergeTree
ORDER BY (autograph_tag, backtrace_id, extracted_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Tags that backtraces read out of leaked videos, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data
(
    backtrace_id         String                 COMMENT 'Id of the backtrace',
    extracted_index      UInt32                 COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    autograph_tag        String                 COMMENT 'Tag read out of the video: names the viewer whose copy leaked',
    access_count         UInt32                 COMMENT 'Accesses made under the tag',
    status               LowCardinality(String) COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                 COMMENT 'Name of the file that was searched for a tag',
    file_id              String                 COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String) COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String) COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String) COMMENT 'Id of the application',
    job_id               String                 COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')   COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.extracted_data_live
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

CREATE TABLE IF NOT EXISTS `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
ENGINE = ReplicatedMergeTree
ORDER BY (ip_country, coalesce(first_accessed_at, toDateTime64(0, 3, 'UTC')), backtrace_id, extracted_index, access_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Accesses made under the tags, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 004_oddities
-- What did not fit: shapes that the decoder does not know, and elements that are
-- no backtrace at all.
CREATE TABLE IF NOT EXISTS `xvid`.schema_drift_store
(
    path       String                                                COMMENT 'Where in the record, e.g. extracted_data[].access_stats[].asn',
    kind       LowCardinality(String)                                COMMENT 'What is odd there, e.g. unknown key; never a value',
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC'))    COMMENT 'First reading with it',
    last_seen  SimpleAggregateFunction(max, DateTime64(3, 'UTC'))    COMMENT 'Last reading with it',
    count      SimpleAggregateFunction(sum, UInt64)                  COMMENT 'Stored readings with it',
    sample_id  SimpleAggregateFunction(anyLast, String)              COMMENT 'A backtrace with it'
)
ENGINE = ReplicatedAggregatingMergeTree
ORDER BY (path, kind)
COMMENT 'Shapes that the decoder does not know, run by run. Read schema_drift instead';

CREATE TABLE IF NOT EXISTS `xvid`.dead_letters_store
(
    content_hash UInt64               COMMENT 'Hash of raw',
    reason       String               COMMENT 'Why it is no backtrace',
    raw          String               COMMENT 'The element''s JSON, as received' CODEC(ZSTD),
    seen_at      DateTime64(3, 'UTC') COMMENT 'When it was last read',
    run_id       String               COMMENT 'Run that read it'
)
ENGINE = ReplicatedReplacingMergeTree(seen_at)
ORDER BY content_hash
COMMENT 'Elements of the list that are no backtrace. Read dead_letters instead';

-- step 005_readers
-- Who reads these views needs no grant on the tables below them: they read them as
-- the user who migrates, who must stay. backtraces and the _live views read as who
-- asks: a query that joins them would else see several states of one table.
ALTER TABLE `xvid`.sync_checkpoints MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.sync_runs MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.schema_drift MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.dead_letters MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

-- step 006_lookups
CREATE TABLE IF NOT EXISTS `xvid`.countries_store
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
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY country_code
COMMENT 'Countries, with those of older lists. Read countries instead';

-- Each shard holds a part of every list, and so knows which one is the newest.
CREATE OR REPLACE VIEW `xvid`.countries
(
    country_code  LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code; XK for Kosovo',
    country_code3 LowCardinality(String) COMMENT 'ISO 3166-1 alpha-3 code; XKK for Kosovo',
    name          String                 COMMENT 'Common English name',
    region        LowCardinality(String) COMMENT 'Region, as the United Nations divide the world',
    subregion     LowCardinality(String) COMMENT 'Part of the region; empty if it has none',
    latitude      Float64                COMMENT 'Latitude of the centre, in degrees north',
    longitude     Float64                COMMENT 'Longitude of the centre, in degrees east'
)
DEFINER = `migrator` SQL SECURITY DEFINER
AS SELECT country_code, country_code3, name, region, subregion, latitude, longitude
FROM `xvid`.countries_store FINAL
WHERE version = (SELECT max(version) FROM `xvid`.countries_store)
COMMENT 'Countries by their code, a row each: join them to access_stats by ip_country_code = country_code';

-- folded is the name without case, accents, punctuation and `the`: what the view
-- below compares. Both places must fold alike.
CREATE TABLE IF NOT EXISTS `xvid`.country_names_store
(
    folded       String DEFAULT replaceRegexpAll(replaceAll(lowerUTF8(normalizeUTF8NFKD(toValidUTF8(name))), '&', 'and'), '\\bthe\\b|[^\\pL\\pN]+', '') COMMENT 'The name without case, accents, punctuation and the word the',
    name         String                 COMMENT 'A name of a country',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country',
    version      UInt32                 COMMENT 'Version of the list; the highest counts'
)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY folded
COMMENT 'Names of countries, with those of older lists. Read country_names instead';

CREATE OR REPLACE VIEW `xvid`.country_names
(
    name         String                 COMMENT 'A name of a country; case, accents, punctuation and the word the do not matter',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; XK for Kosovo',
    folded       String                 COMMENT 'The name without case, accents, punctuation and the word the'
)
DEFINER = `migrator` SQL SECURITY DEFINER
AS SELECT name, country_code, folded
FROM `xvid`.country_names_store FINAL
WHERE version = (SELECT max(version) FROM `xvid`.country_names_store)
COMMENT 'Names by which ip_country is understood, several for each country';

CREATE TABLE IF NOT EXISTS `xvid`.user_agents_store
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown',
    version          UInt32                 COMMENT 'Version of the parser; the highest counts'
)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY agent_hash
COMMENT 'What user agents say of the device. Read browser, operating_system and device_kind of access_stats instead';

-- What is joined across shards is a view, since the other shards ask for the grants
-- of whoever reads.
CREATE OR REPLACE VIEW `xvid`.user_agents
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown'
)
DEFINER = `migrator` SQL SECURITY DEFINER
AS SELECT agent_hash, browser, operating_system, device_kind
FROM `xvid`.user_agents_store FINAL
COMMENT 'What user agents say of the device, by their hash. access_stats has it in each row';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_country_code      LowCardinality(String)         COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    browser              LowCardinality(String)         COMMENT 'Browser, player or program, by the user agent; empty if unknown',
    operating_system     LowCardinality(String)         COMMENT 'Operating system, by the user agent; empty if unknown',
    device_kind          LowCardinality(String)         COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 007_privacy
-- Tags whose data was erased and is not mirrored again. The list names none of
-- them, but whoever knows a tag can see whether it is there: so there is no view of
-- it for people.
CREATE TABLE IF NOT EXISTS `xvid`.forgotten_tags_store
(
    tag_hash   String               COMMENT 'SHA-256 of the tag, in hexadecimal',
    version    UInt64               COMMENT 'Microseconds since 1970 of the change; the newest wins',
    listed     UInt8                COMMENT '0 if the tag was taken off the list',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was put on the list, or taken off'
)
ENGINE = ReplicatedReplacingMergeTree(version)
ORDER BY tag_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Tags whose data was erased and is not mirrored again, as hashes, with superseded rows';

-- step 008_parts
-- step 009_fast
-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_country_code      LowCardinality(String)         COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    browser              LowCardinality(String)         COMMENT 'Browser, player or program, by the user agent; empty if unknown',
    operating_system     LowCardinality(String)         COMMENT 'Operating system, by the user agent; empty if unknown',
    device_kind          LowCardinality(String)         COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 010_rebuild
-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data
(
    backtrace_id         String                 COMMENT 'Id of the backtrace',
    extracted_index      UInt32                 COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    autograph_tag        String                 COMMENT 'Tag read out of the video: names the viewer whose copy leaked',
    access_count         UInt32                 COMMENT 'Accesses made under the tag',
    status               LowCardinality(String) COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                 COMMENT 'Name of the file that was searched for a tag',
    file_id              String                 COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String) COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String) COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String) COMMENT 'Id of the application',
    job_id               String                 COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')   COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.extracted_data_live
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_country_code      LowCardinality(String)         COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    browser              LowCardinality(String)         COMMENT 'Browser, player or program, by the user agent; empty if unknown',
    operating_system     LowCardinality(String)         COMMENT 'Operating system, by the user agent; empty if unknown',
    device_kind          LowCardinality(String)         COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 011_merges
-- step 012_codecs
-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_country_code      LowCardinality(String)         COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    browser              LowCardinality(String)         COMMENT 'Browser, player or program, by the user agent; empty if unknown',
    operating_system     LowCardinality(String)         COMMENT 'Operating system, by the user agent; empty if unknown',
    device_kind          LowCardinality(String)         COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 013_blocks
-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data
(
    backtrace_id         String                 COMMENT 'Id of the backtrace',
    extracted_index      UInt32                 COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    autograph_tag        String                 COMMENT 'Tag read out of the video: names the viewer whose copy leaked',
    access_count         UInt32                 COMMENT 'Accesses made under the tag',
    status               LowCardinality(String) COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                 COMMENT 'Name of the file that was searched for a tag',
    file_id              String                 COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String) COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String) COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String) COMMENT 'Id of the application',
    job_id               String                 COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')   COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.extracted_data_live
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh
REFRESH EVERY 1 YEAR TO `xvid`.access_stats
(
    backtrace_id         String                         COMMENT 'Id of the backtrace',
    extracted_index      UInt32                         COMMENT 'Place of the tag in the record''s extracted_data, from 0',
    access_index         UInt32                         COMMENT 'Place of the access in its tag''s access_stats, from 0',
    autograph_tag        String                         COMMENT 'Tag under which the video was opened: names the viewer whose copy leaked',
    ip_address           String                         COMMENT 'Address, as received',
    ip_country           LowCardinality(String)         COMMENT 'Country of the address, as received; empty if unknown',
    ip_country_code      LowCardinality(String)         COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)',
    ip_type              LowCardinality(String)         COMMENT 'Kind of address, as received; UNK if the source does not know',
    user_agent           LowCardinality(String)         COMMENT 'User agent, as received; empty if unknown',
    browser              LowCardinality(String)         COMMENT 'Browser, player or program, by the user agent; empty if unknown',
    operating_system     LowCardinality(String)         COMMENT 'Operating system, by the user agent; empty if unknown',
    device_kind          LowCardinality(String)         COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown',
    accept_language      LowCardinality(String)         COMMENT 'Accept-Language header, as received; empty if unknown',
    first_accessed_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'First access',
    percentage_obtained  Nullable(Float64)              COMMENT 'Share of the video taken, 0 to 100',
    highest_resolution   Nullable(UInt16)               COMMENT 'Highest resolution taken, in lines',
    streaming_only       Nullable(Bool)                 COMMENT 'Whether the video was streamed and never downloaded',
    status               LowCardinality(String)         COMMENT 'State of the backtrace''s job: SUCCESS, QUEUED, FAILURE',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    job_id               String                         COMMENT 'Id of the job that made the video',
    backtrace_created_at DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for'
)
EMPTY
AS SELECT * FROM `xvid`.access_stats_live
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

