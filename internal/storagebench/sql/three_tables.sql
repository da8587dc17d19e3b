-- Three flat ReplacingMergeTree tables; a vanished child is a tombstone.
CREATE TABLE three_backtraces (id String, version UInt64, is_deleted UInt8, status LowCardinality(String),
    input_name String CODEC(ZSTD), file_id String CODEC(ZSTD), job_id String CODEC(ZSTD), created_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    raw String CODEC(ZSTD))
ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY id;

CREATE TABLE three_access (backtrace_id String CODEC(ZSTD), extracted_index UInt32, access_index UInt32, version UInt64 CODEC(ZSTD), is_deleted UInt8,
    autograph_tag String CODEC(ZSTD), ip_address String CODEC(ZSTD), ip_country LowCardinality(String), ip_type LowCardinality(String),
    user_agent LowCardinality(String), accept_language LowCardinality(String), first_accessed_at Nullable(DateTime64(3, 'UTC')) CODEC(ZSTD),
    percentage_obtained Nullable(Float64) CODEC(ZSTD), highest_resolution Nullable(UInt16) CODEC(ZSTD), streaming_only Nullable(Bool),
    file_id String CODEC(ZSTD))
ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY (backtrace_id, extracted_index, access_index);

INSERT INTO three_backtraces SELECT id, version, is_deleted, status, input_name, file_id, job_id, created_at, raw FROM backtraces_store;

INSERT INTO three_access SELECT id, `access.extracted_index`, `access.access_index`, version, 0, `access.autograph_tag`, `access.ip_address`,
    `access.ip_country`, `access.ip_type`, `access.user_agent`, `access.accept_language`, `access.first_accessed_at`,
    `access.percentage_obtained`, `access.highest_resolution`, `access.streaming_only`, file_id
FROM backtraces_store ARRAY JOIN `access.extracted_index`, `access.access_index`, `access.autograph_tag`, `access.ip_address`,
    `access.ip_country`, `access.ip_type`, `access.user_agent`, `access.accept_language`, `access.first_accessed_at`,
    `access.percentage_obtained`, `access.highest_resolution`, `access.streaming_only`;

-- What the rewriting took away.
INSERT INTO three_access (backtrace_id, extracted_index, access_index, version, is_deleted)
SELECT backtrace_id, extracted_index, access_index, now.version, 1
FROM three_access AS old INNER JOIN (SELECT id, max(version) AS version FROM backtraces_store GROUP BY id HAVING count() > 1) AS now ON old.backtrace_id = now.id
GROUP BY backtrace_id, extracted_index, access_index, now.version HAVING max(old.version) < now.version;
