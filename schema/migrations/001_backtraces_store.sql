-- The truth: one row a backtrace, its children nested, so that a reading and
-- its children are stored by one insert and replaced by one insert. An older
-- reading loses by its version, whatever the order of the writes.
CREATE TABLE IF NOT EXISTS {sharded backtraces_store by id}
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
ENGINE = {engine ReplacingMergeTree(version, is_deleted)}
ORDER BY id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every reading of every backtrace, with its tags and accesses nested. Read backtraces, extracted_data and access_stats instead';
