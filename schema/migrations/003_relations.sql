-- What people and BI tools read. Nobody has to remember FINAL, and nobody meets a
-- deleted or superseded row.
CREATE OR REPLACE VIEW {sharded backtraces}
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
FROM {local backtraces_store} FINAL
COMMENT 'Backtraces, always current';

CREATE OR REPLACE VIEW {sharded extracted_data_live}
(
{columns extracted_data}
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
FROM {local backtraces_store} FINAL
ARRAY JOIN
    `extracted.extracted_index`,
    `extracted.autograph_tag`,
    `extracted.access_count`
COMMENT 'Tags that backtraces read out of leaked videos, true at every instant. extracted_data is faster';

CREATE TABLE IF NOT EXISTS {sharded extracted_data}
(
{columns extracted_data}
)
ENGINE = {rebuilt MergeTree}
ORDER BY (autograph_tag, backtrace_id, extracted_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Tags that backtraces read out of leaked videos, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.extracted_data_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local extracted_data}
(
{columns extracted_data}
)
EMPTY
AS SELECT * FROM {local extracted_data_live}{sequential}
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

CREATE OR REPLACE VIEW {sharded access_stats_live}
(
{columns access_stats}
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
FROM {local backtraces_store} FINAL
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

CREATE TABLE IF NOT EXISTS {sharded access_stats}
(
{columns access_stats}
)
ENGINE = {rebuilt MergeTree}
ORDER BY (ip_country, coalesce(first_accessed_at, toDateTime64(0, 3, 'UTC')), backtrace_id, extracted_index, access_index)
SETTINGS default_compression_codec = 'ZSTD(1)'
COMMENT 'Accesses made under the tags, true as of the end of the last run';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.access_stats_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local access_stats}
(
{columns access_stats}
)
EMPTY
AS SELECT * FROM {local access_stats_live}{sequential}
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';
