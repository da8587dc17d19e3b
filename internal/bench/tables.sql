-- The flat tables as a contender fills them: columns, types and order of the
-- product's own, without what the product derives from them.
CREATE DATABASE bench;
CREATE TABLE bench.extracted_data
(
    backtrace_id         String,
    extracted_index      UInt32,
    autograph_tag        String,
    access_count         UInt32,
    status               LowCardinality(String),
    input_name           String,
    file_id              String,
    pipeline_id          LowCardinality(String),
    user_id              LowCardinality(String),
    application_id       LowCardinality(String),
    job_id               String,
    backtrace_created_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (autograph_tag, backtrace_id, extracted_index)
SETTINGS default_compression_codec = 'ZSTD(1)';
CREATE TABLE bench.access_stats
(
    backtrace_id         String,
    extracted_index      UInt32,
    access_index         UInt32,
    autograph_tag        String,
    ip_address           String,
    ip_country           LowCardinality(String),
    ip_type              LowCardinality(String),
    user_agent           LowCardinality(String),
    accept_language      LowCardinality(String),
    first_accessed_at    Nullable(DateTime64(3, 'UTC')),
    percentage_obtained  Nullable(Float64),
    highest_resolution   Nullable(UInt16),
    streaming_only       Nullable(Bool),
    status               LowCardinality(String),
    input_name           String,
    file_id              String,
    pipeline_id          LowCardinality(String),
    user_id              LowCardinality(String),
    application_id       LowCardinality(String),
    job_id               String,
    backtrace_created_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (ip_country, coalesce(first_accessed_at, toDateTime64(0, 3, 'UTC')), backtrace_id, extracted_index, access_index)
SETTINGS default_compression_codec = 'ZSTD(1)';
