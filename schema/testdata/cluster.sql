-- step 001_backtraces_store
-- The truth: one row a backtrace, its children nested, so that a reading and
-- its children are stored by one insert and replaced by one insert. An older
-- reading loses by its version, whatever the order of the writes.
CREATE TABLE IF NOT EXISTS `xvid`.backtraces_store_local ON CLUSTER `main`
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version, is_deleted)
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every reading of every backtrace, with its tags and accesses nested. Read backtraces, extracted_data and access_stats instead';

CREATE TABLE IF NOT EXISTS `xvid`.backtraces_store ON CLUSTER `main` AS `xvid`.backtraces_store_local
ENGINE = Distributed(`main`, `xvid`, `backtraces_store_local`, cityHash64(id))
COMMENT 'Every reading of every backtrace, with its tags and accesses nested. Read backtraces, extracted_data and access_stats instead';

-- step 002_state
-- What the syncer itself remembers: how far it has read, and what it did.
CREATE TABLE IF NOT EXISTS `xvid`.sync_checkpoints_store_local ON CLUSTER `main`
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY source
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Checkpoints, with superseded ones. Read sync_checkpoints instead';

CREATE TABLE IF NOT EXISTS `xvid`.sync_checkpoints_store ON CLUSTER `main` AS `xvid`.sync_checkpoints_store_local
ENGINE = Distributed(`main`, `xvid`, `sync_checkpoints_store_local`, cityHash64(source))
COMMENT 'Checkpoints, with superseded ones. Read sync_checkpoints instead';

CREATE OR REPLACE VIEW `xvid`.sync_checkpoints_local ON CLUSTER `main`
(
    source     String               COMMENT 'URL of the collection',
    updated_at DateTime64(3, 'UTC') COMMENT 'Everything with an earlier updated_at is stored; 1970-01-01 at the start',
    id         String               COMMENT 'Last record read at that time',
    start_hint UInt64               COMMENT 'Offset in the list at which the next run looks first',
    generation UInt32               COMMENT 'Goes up when the checkpoint is moved by hand',
    saved_at   DateTime64(3, 'UTC') COMMENT 'When the checkpoint was saved',
    run_id     String               COMMENT 'Run that saved it; empty if it was moved by hand'
)
AS SELECT source, updated_at, id, start_hint, generation, saved_at, run_id
FROM `xvid`.sync_checkpoints_store_local FINAL
COMMENT 'How far each source has been read';

CREATE OR REPLACE TABLE `xvid`.sync_checkpoints ON CLUSTER `main` AS `xvid`.sync_checkpoints_local
ENGINE = Distributed(`main`, `xvid`, `sync_checkpoints_local`)
COMMENT 'How far each source has been read';

CREATE TABLE IF NOT EXISTS `xvid`.sync_runs_store_local ON CLUSTER `main`
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', revision)
ORDER BY run_id
COMMENT 'Runs, a row for the start and one for the end. Read sync_runs instead';

CREATE TABLE IF NOT EXISTS `xvid`.sync_runs_store ON CLUSTER `main` AS `xvid`.sync_runs_store_local
ENGINE = Distributed(`main`, `xvid`, `sync_runs_store_local`, cityHash64(run_id))
COMMENT 'Runs, a row for the start and one for the end. Read sync_runs instead';

CREATE OR REPLACE VIEW `xvid`.sync_runs_local ON CLUSTER `main`
(
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
AS SELECT run_id, kind, source, started_at, deadline_at, ended_at,
    if(outcome = 'running' AND deadline_at < now64(3), 'died', outcome) AS outcome,
    requests, retries, pages, records_read, records_changed, records_unchanged, rows_written, tombstones,
    pending, dead_letters, contiguity_breaks, doubtful, source_total, mirror_total, cursor_from, cursor_to, refreshed, error, syncer_version
FROM `xvid`.sync_runs_store_local FINAL
COMMENT 'A row a run of syncer';

CREATE OR REPLACE TABLE `xvid`.sync_runs ON CLUSTER `main` AS `xvid`.sync_runs_local
ENGINE = Distributed(`main`, `xvid`, `sync_runs_local`)
COMMENT 'A row a run of syncer';

-- step 003_relations
-- What people and BI tools read. Nobody has to remember FINAL, and nobody meets a
-- deleted or superseded row.
CREATE OR REPLACE VIEW `xvid`.backtraces_local ON CLUSTER `main`
(
    id                   String                         COMMENT 'Id of the backtrace',
    status               LowCardinality(String)         COMMENT 'State of the job: SUCCESS, QUEUED, FAILURE',
    percentage_completed Nullable(Float64)              COMMENT 'How much of the job is done, 0 to 100',
    input_name           String                         COMMENT 'Name of the file that was searched for a tag',
    pipeline_id          LowCardinality(String)         COMMENT 'Id of the pipeline',
    file_id              String                         COMMENT 'Id of the video that the tag was put into',
    job_id               String                         COMMENT 'Id of the job that made the video',
    application_id       LowCardinality(String)         COMMENT 'Id of the application',
    user_id              LowCardinality(String)         COMMENT 'Id of the user who asked for the backtrace',
    error_code           LowCardinality(String)         COMMENT 'Code of the error of a failed job, empty if none',
    error_msg            String                         COMMENT 'Text of the error of a failed job, empty if none',
    source_version       Nullable(Int64)                COMMENT 'The record''s own version field',
    created_at           DateTime64(3, 'UTC')           COMMENT 'When the backtrace was asked for; 1970-01-01 if the source does not say',
    updated_at           DateTime64(3, 'UTC')           COMMENT 'When the source last changed the record (a job''s end does not count); 1970-01-01 if it does not say',
    finished_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'When the job ended',
    raw                  String                         COMMENT 'The record''s JSON, as received',
    content_hash         UInt64                         COMMENT 'Hash of the record''s content',
    fetched_at           DateTime64(3, 'UTC')           COMMENT 'When the request that read this was sent',
    run_id               LowCardinality(String)         COMMENT 'Run that stored this reading'
)
AS SELECT id, status, percentage_completed, input_name, pipeline_id, file_id, job_id, application_id, user_id,
    error_code, error_msg, source_version, created_at, updated_at, finished_at, raw, content_hash,
    toDateTime64(fromUnixTimestamp64Micro(toInt64(version), 'UTC'), 3, 'UTC') AS fetched_at, run_id
FROM `xvid`.backtraces_store_local FINAL
COMMENT 'Backtraces, always current';

CREATE OR REPLACE TABLE `xvid`.backtraces ON CLUSTER `main` AS `xvid`.backtraces_local
ENGINE = Distributed(`main`, `xvid`, `backtraces_local`)
COMMENT 'Backtraces, always current';

CREATE OR REPLACE VIEW `xvid`.extracted_data_live_local ON CLUSTER `main`
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
AS SELECT
    id AS backtrace_id,
    `extracted.extracted_index` AS extracted_index,
    `extracted.autograph_tag` AS autograph_tag,
    `extracted.access_count` AS access_count,
    status,
    input_name,
    file_id,
    pipeline_id,
    user_id,
    application_id,
    job_id,
    created_at AS backtrace_created_at
FROM `xvid`.backtraces_store_local FINAL
ARRAY JOIN
    `extracted.extracted_index`,
    `extracted.autograph_tag`,
    `extracted.access_count`
COMMENT 'Tags that backtraces read out of leaked videos, true at every instant. extracted_data is faster';

CREATE OR REPLACE TABLE `xvid`.extracted_data_live ON CLUSTER `main` AS `xvid`.extracted_data_live_local
ENGINE = Distributed(`main`, `xvid`, `extracted_data_live_local`)
COMMENT 'Tags that backtraces read out of leaked videos, true at every instant. extracted_data is faster';

CREATE TABLE IF NOT EXISTS `xvid`.extracted_data_local ON CLUSTER `main`
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
ENGINE = MergeTree
ORDER BY (autograph_tag, backtrace_id, extracted_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Tags that backtraces read out of leaked videos, true as of the end of the last run';

CREATE TABLE IF NOT EXISTS `xvid`.extracted_data ON CLUSTER `main` AS `xvid`.extracted_data_local
ENGINE = Distributed(`main`, `xvid`, `extracted_data_local`)
COMMENT 'Tags that backtraces read out of leaked videos, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data_local
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
AS SELECT * FROM `xvid`.extracted_data_live_local
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

CREATE OR REPLACE VIEW `xvid`.access_stats_live_local ON CLUSTER `main`
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
AS SELECT
    id AS backtrace_id,
    `access.extracted_index` AS extracted_index,
    `access.access_index` AS access_index,
    `access.autograph_tag` AS autograph_tag,
    `access.ip_address` AS ip_address,
    `access.ip_country` AS ip_country,
    `access.ip_type` AS ip_type,
    `access.user_agent` AS user_agent,
    `access.accept_language` AS accept_language,
    `access.first_accessed_at` AS first_accessed_at,
    `access.percentage_obtained` AS percentage_obtained,
    `access.highest_resolution` AS highest_resolution,
    `access.streaming_only` AS streaming_only,
    status,
    input_name,
    file_id,
    pipeline_id,
    user_id,
    application_id,
    job_id,
    created_at AS backtrace_created_at
FROM `xvid`.backtraces_store_local FINAL
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
COMMENT 'Accesses made under the tags, true at every instant. access_stats is faster';

CREATE OR REPLACE TABLE `xvid`.access_stats_live ON CLUSTER `main` AS `xvid`.access_stats_live_local
ENGINE = Distributed(`main`, `xvid`, `access_stats_live_local`)
COMMENT 'Accesses made under the tags, true at every instant. access_stats is faster';

CREATE TABLE IF NOT EXISTS `xvid`.access_stats_local ON CLUSTER `main`
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
ENGINE = MergeTree
ORDER BY (ip_country, coalesce(first_accessed_at, toDateTime64(0, 3, 'UTC')), backtrace_id, extracted_index, access_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Accesses made under the tags, true as of the end of the last run';

CREATE TABLE IF NOT EXISTS `xvid`.access_stats ON CLUSTER `main` AS `xvid`.access_stats_local
ENGINE = Distributed(`main`, `xvid`, `access_stats_local`)
COMMENT 'Accesses made under the tags, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 004_oddities
-- What did not fit: shapes that the decoder does not know, and elements that are
-- no backtrace at all.
CREATE TABLE IF NOT EXISTS `xvid`.schema_drift_store_local ON CLUSTER `main`
(
    path       String                                                COMMENT 'Where in the record, e.g. extracted_data[].access_stats[].asn',
    kind       LowCardinality(String)                                COMMENT 'What is odd there, e.g. unknown key; never a value',
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC'))    COMMENT 'First reading with it',
    last_seen  SimpleAggregateFunction(max, DateTime64(3, 'UTC'))    COMMENT 'Last reading with it',
    count      SimpleAggregateFunction(sum, UInt64)                  COMMENT 'Stored readings with it',
    sample_id  SimpleAggregateFunction(anyLast, String)              COMMENT 'A backtrace with it'
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (path, kind)
COMMENT 'Shapes that the decoder does not know, run by run. Read schema_drift instead';

CREATE TABLE IF NOT EXISTS `xvid`.schema_drift_store ON CLUSTER `main` AS `xvid`.schema_drift_store_local
ENGINE = Distributed(`main`, `xvid`, `schema_drift_store_local`, cityHash64(path))
COMMENT 'Shapes that the decoder does not know, run by run. Read schema_drift instead';

CREATE OR REPLACE VIEW `xvid`.schema_drift_local ON CLUSTER `main`
(
    path       String                 COMMENT 'Where in the record, e.g. extracted_data[].access_stats[].asn',
    kind       LowCardinality(String) COMMENT 'What is odd there, e.g. unknown key; never a value',
    first_seen DateTime64(3, 'UTC')   COMMENT 'First reading with it',
    last_seen  DateTime64(3, 'UTC')   COMMENT 'Last reading with it',
    count      UInt64                 COMMENT 'Stored readings with it',
    sample_id  String                 COMMENT 'A backtrace with it'
)
AS SELECT path, kind, min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen,
    sum(s.count) AS count, anyLast(s.sample_id) AS sample_id
FROM `xvid`.schema_drift_store_local AS s
GROUP BY path, kind
COMMENT 'Keys and forms of values that the decoder does not know. The records are mirrored all the same, and raw has everything';

CREATE OR REPLACE TABLE `xvid`.schema_drift ON CLUSTER `main` AS `xvid`.schema_drift_local
ENGINE = Distributed(`main`, `xvid`, `schema_drift_local`)
COMMENT 'Keys and forms of values that the decoder does not know. The records are mirrored all the same, and raw has everything';

CREATE TABLE IF NOT EXISTS `xvid`.dead_letters_store_local ON CLUSTER `main`
(
    content_hash UInt64               COMMENT 'Hash of raw',
    reason       String               COMMENT 'Why it is no backtrace',
    raw          String               COMMENT 'The element''s JSON, as received' CODEC(ZSTD),
    seen_at      DateTime64(3, 'UTC') COMMENT 'When it was last read',
    run_id       String               COMMENT 'Run that read it'
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', seen_at)
ORDER BY content_hash
COMMENT 'Elements of the list that are no backtrace. Read dead_letters instead';

CREATE TABLE IF NOT EXISTS `xvid`.dead_letters_store ON CLUSTER `main` AS `xvid`.dead_letters_store_local
ENGINE = Distributed(`main`, `xvid`, `dead_letters_store_local`, cityHash64(content_hash))
COMMENT 'Elements of the list that are no backtrace. Read dead_letters instead';

CREATE OR REPLACE VIEW `xvid`.dead_letters_local ON CLUSTER `main`
(
    content_hash UInt64               COMMENT 'Hash of raw',
    reason       String               COMMENT 'Why it is no backtrace',
    raw          String               COMMENT 'The element''s JSON, as received',
    seen_at      DateTime64(3, 'UTC') COMMENT 'When it was last read',
    run_id       String               COMMENT 'Run that read it'
)
AS SELECT content_hash, reason, raw, seen_at, run_id
FROM `xvid`.dead_letters_store_local FINAL
COMMENT 'Elements of the list that are no backtrace, as received, with the reason';

CREATE OR REPLACE TABLE `xvid`.dead_letters ON CLUSTER `main` AS `xvid`.dead_letters_local
ENGINE = Distributed(`main`, `xvid`, `dead_letters_local`)
COMMENT 'Elements of the list that are no backtrace, as received, with the reason';

-- step 005_readers
-- Who reads these views needs no grant on the tables below them: they read them as
-- the user who migrates, who must stay. backtraces and the _live views read as who
-- asks: a query that joins them would else see several states of one table.
ALTER TABLE `xvid`.sync_checkpoints_local ON CLUSTER `main` MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.sync_runs_local ON CLUSTER `main` MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.schema_drift_local ON CLUSTER `main` MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.dead_letters_local ON CLUSTER `main` MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.backtraces_local ON CLUSTER `main` MODIFY SQL SECURITY INVOKER;

ALTER TABLE `xvid`.extracted_data_live_local ON CLUSTER `main` MODIFY SQL SECURITY INVOKER;

ALTER TABLE `xvid`.access_stats_live_local ON CLUSTER `main` MODIFY SQL SECURITY INVOKER;

-- step 006_lookups
-- What is looked up for each access: the code of its country, and what its user agent
-- says of the device. syncer fills the tables, and a change there is in access_stats
-- after the next refresh, for rows of all ages.

-- A refresh that still runs would put the table back as it was before the ALTER.
DROP VIEW IF EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`;

CREATE TABLE IF NOT EXISTS `xvid`.countries_store_local ON CLUSTER `main`
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY country_code
COMMENT 'Countries, with those of older lists. Read countries instead';

CREATE TABLE IF NOT EXISTS `xvid`.countries_store ON CLUSTER `main` AS `xvid`.countries_store_local
ENGINE = Distributed(`main`, `xvid`, `countries_store_local`, cityHash64(country_code))
COMMENT 'Countries, with those of older lists. Read countries instead';

-- Each shard holds a part of every list, and so knows which one is the newest.
CREATE OR REPLACE VIEW `xvid`.countries_local ON CLUSTER `main`
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
FROM `xvid`.countries_store_local FINAL
WHERE version = (SELECT max(version) FROM `xvid`.countries_store_local)
COMMENT 'Countries by their code, a row each: join them to access_stats by ip_country_code = country_code';

CREATE OR REPLACE TABLE `xvid`.countries ON CLUSTER `main` AS `xvid`.countries_local
ENGINE = Distributed(`main`, `xvid`, `countries_local`)
COMMENT 'Countries by their code, a row each: join them to access_stats by ip_country_code = country_code';

-- folded is the name without case, accents, punctuation and `the`: what the view
-- below compares. Both places must fold alike.
CREATE TABLE IF NOT EXISTS `xvid`.country_names_store_local ON CLUSTER `main`
(
    folded       String DEFAULT replaceRegexpAll(replaceAll(lowerUTF8(normalizeUTF8NFKD(toValidUTF8(name))), '&', 'and'), '\\bthe\\b|[^\\pL\\pN]+', '') COMMENT 'The name without case, accents, punctuation and the word the',
    name         String                 COMMENT 'A name of a country',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country',
    version      UInt32                 COMMENT 'Version of the list; the highest counts'
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY folded
COMMENT 'Names of countries, with those of older lists. Read country_names instead';

CREATE TABLE IF NOT EXISTS `xvid`.country_names_store ON CLUSTER `main` AS `xvid`.country_names_store_local
ENGINE = Distributed(`main`, `xvid`, `country_names_store_local`, cityHash64(folded))
COMMENT 'Names of countries, with those of older lists. Read country_names instead';

CREATE OR REPLACE VIEW `xvid`.country_names_local ON CLUSTER `main`
(
    name         String                 COMMENT 'A name of a country; case, accents, punctuation and the word the do not matter',
    country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; XK for Kosovo',
    folded       String                 COMMENT 'The name without case, accents, punctuation and the word the'
)
DEFINER = `migrator` SQL SECURITY DEFINER
AS SELECT name, country_code, folded
FROM `xvid`.country_names_store_local FINAL
WHERE version = (SELECT max(version) FROM `xvid`.country_names_store_local)
COMMENT 'Names by which ip_country is understood, several for each country';

CREATE OR REPLACE TABLE `xvid`.country_names ON CLUSTER `main` AS `xvid`.country_names_local
ENGINE = Distributed(`main`, `xvid`, `country_names_local`)
COMMENT 'Names by which ip_country is understood, several for each country';

CREATE TABLE IF NOT EXISTS `xvid`.user_agents_store_local ON CLUSTER `main`
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown',
    version          UInt32                 COMMENT 'Version of the parser; the highest counts'
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY agent_hash
COMMENT 'What user agents say of the device. Read browser, operating_system and device_kind of access_stats instead';

CREATE TABLE IF NOT EXISTS `xvid`.user_agents_store ON CLUSTER `main` AS `xvid`.user_agents_store_local
ENGINE = Distributed(`main`, `xvid`, `user_agents_store_local`, cityHash64(agent_hash))
COMMENT 'What user agents say of the device. Read browser, operating_system and device_kind of access_stats instead';

-- What is joined across shards is a view, since the other shards ask for the grants
-- of whoever reads.
CREATE OR REPLACE VIEW `xvid`.user_agents_local ON CLUSTER `main`
(
    agent_hash       UInt64                 COMMENT 'sipHash64 of the user agent as received',
    browser          LowCardinality(String) COMMENT 'Browser, player or program; empty if the agent does not say',
    operating_system LowCardinality(String) COMMENT 'Operating system; empty if the agent does not say',
    device_kind      LowCardinality(String) COMMENT 'desktop, phone, tablet, tv, bot or unknown'
)
DEFINER = `migrator` SQL SECURITY DEFINER
AS SELECT agent_hash, browser, operating_system, device_kind
FROM `xvid`.user_agents_store_local FINAL
COMMENT 'What user agents say of the device, by their hash. access_stats has it in each row';

CREATE OR REPLACE TABLE `xvid`.user_agents ON CLUSTER `main` AS `xvid`.user_agents_local
ENGINE = Distributed(`main`, `xvid`, `user_agents_local`)
COMMENT 'What user agents say of the device, by their hash. access_stats has it in each row';

ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main`
    ADD COLUMN IF NOT EXISTS ip_country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)' AFTER ip_country,
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) COMMENT 'Browser, player or program, by the user agent; empty if unknown' AFTER user_agent,
    ADD COLUMN IF NOT EXISTS operating_system LowCardinality(String) COMMENT 'Operating system, by the user agent; empty if unknown' AFTER browser,
    ADD COLUMN IF NOT EXISTS device_kind LowCardinality(String) COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown' AFTER operating_system;

ALTER TABLE `xvid`.access_stats ON CLUSTER `main`
    ADD COLUMN IF NOT EXISTS ip_country_code LowCardinality(String) COMMENT 'ISO 3166-1 alpha-2 code of the country; empty if it is unknown, or its name is in no list (see country_names)' AFTER ip_country,
    ADD COLUMN IF NOT EXISTS browser LowCardinality(String) COMMENT 'Browser, player or program, by the user agent; empty if unknown' AFTER user_agent,
    ADD COLUMN IF NOT EXISTS operating_system LowCardinality(String) COMMENT 'Operating system, by the user agent; empty if unknown' AFTER browser,
    ADD COLUMN IF NOT EXISTS device_kind LowCardinality(String) COMMENT 'Kind of device, by the user agent: desktop, phone, tablet, tv, bot (a program with no viewer) or unknown' AFTER operating_system;

-- ifNull holds the types whatever a reader sets for join_use_nulls.
CREATE OR REPLACE VIEW `xvid`.access_stats_live_local ON CLUSTER `main`
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
    SELECT * FROM `xvid`.backtraces_store_local FINAL
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
LEFT ANY JOIN `xvid`.country_names AS n
    ON n.folded = replaceRegexpAll(replaceAll(lowerUTF8(normalizeUTF8NFKD(toValidUTF8(s.`access.ip_country`))), '&', 'and'), '\\bthe\\b|[^\\pL\\pN]+', '')
LEFT ANY JOIN `xvid`.user_agents AS a
    ON a.agent_hash = sipHash64(s.`access.user_agent`)
COMMENT 'Accesses made under the tags, true at every instant; browser, operating_system and device_kind of an agent never seen before come with the end of the run. access_stats is faster';

CREATE OR REPLACE TABLE `xvid`.access_stats_live ON CLUSTER `main` AS `xvid`.access_stats_live_local
ENGINE = Distributed(`main`, `xvid`, `access_stats_live_local`)
COMMENT 'Accesses made under the tags, true at every instant; browser, operating_system and device_kind of an agent never seen before come with the end of the run. access_stats is faster';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 007_privacy
-- Tags whose data was erased and is not mirrored again. The list names none of
-- them, but whoever knows a tag can see whether it is there: so there is no view of
-- it for people.
CREATE TABLE IF NOT EXISTS `xvid`.forgotten_tags_store_local ON CLUSTER `main`
(
    tag_hash   String               COMMENT 'SHA-256 of the tag, in hexadecimal',
    version    UInt64               COMMENT 'Microseconds since 1970 of the change; the newest wins',
    listed     UInt8                COMMENT '0 if the tag was taken off the list',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was put on the list, or taken off'
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', version)
ORDER BY tag_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Tags whose data was erased and is not mirrored again, as hashes, with superseded rows';

CREATE TABLE IF NOT EXISTS `xvid`.forgotten_tags_store ON CLUSTER `main` AS `xvid`.forgotten_tags_store_local
ENGINE = Distributed(`main`, `xvid`, `forgotten_tags_store_local`, cityHash64(tag_hash))
COMMENT 'Tags whose data was erased and is not mirrored again, as hashes, with superseded rows';

-- step 008_parts
-- A page that is stored is synced to disk file by file. In the compact format that is
-- a handful of files a part and not one for each stream of each column (some 65): a
-- seventh of the syncs. Larger parts, which only merges make, keep the wide format, from
-- which a few columns are read fast.
ALTER TABLE `xvid`.backtraces_store_local ON CLUSTER `main` MODIFY SETTING min_bytes_for_wide_part = 67108864;

-- step 009_fast
-- What is dear to work out for each access, kept beside it. The columns are
-- MATERIALIZED: SELECT * leaves them out, so that access_stats shows what
-- access_stats_live does. Rows of before the next refresh work them out when asked.

-- A refresh that still runs would put the table back as it was before the ALTER.
DROP VIEW IF EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`;

ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main`
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

ALTER TABLE `xvid`.access_stats ON CLUSTER `main`
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
ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main`
    ADD INDEX IF NOT EXISTS by_time accessed_at TYPE minmax GRANULARITY 1,
    ADD INDEX IF NOT EXISTS by_tag autograph_tag TYPE bloom_filter GRANULARITY 1;

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 010_rebuild
-- The flat tables are rebuilt as a whole, so how they are written is what they cost.
-- Blocks that the processor's caches hold are sorted in half the time of the default's
-- million rows. The truth is read in the order of ids, which is that of creation,
-- so each part holds the accesses of a short time: a question about the last months
-- reads few of them. Merging would mix them, and be lost with the next refresh.

-- A refresh that still runs would put the tables back as they were before the ALTERs.
DROP VIEW IF EXISTS `xvid`.extracted_data_refresh ON CLUSTER `main`;

DROP VIEW IF EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`;

-- Without merges there are many parts where there are many rows: four for each million.
-- A retention's TTL is merged all the same.
ALTER TABLE `xvid`.extracted_data_local ON CLUSTER `main` MODIFY SETTING
    min_parts_to_merge_at_once = 100, parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000;

ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main` MODIFY SETTING
    min_parts_to_merge_at_once = 100, parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000;

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data_local
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
AS SELECT * FROM `xvid`.extracted_data_live_local
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- Parts of the truth have some forty columns, one of them far larger than the others.
-- Merged column by column they take half the time that they take row by row.
ALTER TABLE `xvid`.backtraces_store_local ON CLUSTER `main` MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1;

-- step 011_merges
-- ClickHouse merges about five parts of one size into one, and those again: a first copy
-- of a million rows is written more than three times, and merging took more than
-- inserting. With a larger base more parts are merged at once, so each row is written
-- less often. Parts do not pile up for it: the more there are, and the older they get,
-- the more ClickHouse lowers the base, from 50 parts on to 2.
ALTER TABLE `xvid`.backtraces_store_local ON CLUSTER `main` MODIFY SETTING merge_selector_base = 40;

-- step 012_codecs
-- What dashboards read of each access is unpacked faster with LZ4: a tenth to a third of
-- their time, for a quarter more space. Hashes do not get smaller in any case.

-- A refresh that still runs would put the table back as it was before the ALTER.
DROP VIEW IF EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`;

ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main`
    MODIFY COLUMN autograph_tag CODEC(LZ4),
    MODIFY COLUMN file_id CODEC(LZ4),
    MODIFY COLUMN input_name CODEC(LZ4),
    MODIFY COLUMN first_accessed_at CODEC(LZ4),
    MODIFY COLUMN backtrace_created_at CODEC(LZ4),
    MODIFY COLUMN accessed_at CODEC(LZ4),
    MODIFY COLUMN tag_hash CODEC(LZ4),
    MODIFY COLUMN title_hash CODEC(LZ4),
    MODIFY COLUMN address_hash CODEC(LZ4),
    MODIFY COLUMN network_hash CODEC(LZ4);

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- step 013_blocks
-- Writing keeps a block of each column in memory, of a megabyte by default: with some sixty
-- files a part and several parts at a time that is more than the rows themselves take, and
-- more than the processor's caches hold. Blocks of 64 KiB are what eight bytes a row take anyway.

-- A refresh that still runs would put the tables back as they were before the ALTERs.
DROP VIEW IF EXISTS `xvid`.extracted_data_refresh ON CLUSTER `main`;

DROP VIEW IF EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`;

ALTER TABLE `xvid`.extracted_data_local ON CLUSTER `main` MODIFY SETTING max_compress_block_size = 65536;

ALTER TABLE `xvid`.access_stats_local ON CLUSTER `main` MODIFY SETTING max_compress_block_size = 65536;

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.extracted_data_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.extracted_data_local
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
AS SELECT * FROM `xvid`.extracted_data_live_local
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS `xvid`.access_stats_refresh ON CLUSTER `main`
REFRESH EVERY 1 YEAR TO `xvid`.access_stats_local
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
AS SELECT * FROM `xvid`.access_stats_live_local
SETTINGS min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2, select_sequential_consistency = 1
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

