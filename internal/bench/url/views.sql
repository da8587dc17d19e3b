CREATE TABLE pages
(
    backtraces Array(Tuple(
        id String,
        input Tuple(input_name String),
        pipeline Tuple(id String),
        file Tuple(id String),
        job Tuple(id String),
        application Tuple(id String),
        user Tuple(id String),
        status String,
        created_at Int64,
        extracted_data Array(Tuple(
            autograph_tag String,
            access_stats Array(Tuple(
                ip_address String,
                ip_country String,
                ip_type String,
                user_agent String,
                accept_language String,
                first_accessed_at Nullable(Int64),
                percentage_obtained String,
                highest_resolution String,
                streaming_only String))))))
)
ENGINE = Null;
CREATE MATERIALIZED VIEW extracted_data_view TO extracted_data
AS SELECT
    b.id AS backtrace_id,
    i - 1 AS extracted_index,
    e.autograph_tag AS autograph_tag,
    length(e.access_stats) AS access_count,
    b.status AS status,
    b.input.input_name AS input_name,
    b.file.id AS file_id,
    b.pipeline.id AS pipeline_id,
    b.user.id AS user_id,
    b.application.id AS application_id,
    b.job.id AS job_id,
    fromUnixTimestamp64Milli(b.created_at, 'UTC') AS backtrace_created_at
FROM (SELECT arrayJoin(backtraces) AS b FROM pages)
ARRAY JOIN b.extracted_data AS e, arrayEnumerate(b.extracted_data) AS i;
CREATE MATERIALIZED VIEW access_stats_view TO access_stats
AS SELECT
    b.id AS backtrace_id,
    i - 1 AS extracted_index,
    j - 1 AS access_index,
    e.autograph_tag AS autograph_tag,
    if(a.ip_address = 'N/A', '', a.ip_address) AS ip_address,
    if(a.ip_country = 'N/A', '', a.ip_country) AS ip_country,
    if(a.ip_type = 'N/A', '', a.ip_type) AS ip_type,
    if(a.user_agent = 'N/A', '', a.user_agent) AS user_agent,
    if(a.accept_language = 'N/A', '', a.accept_language) AS accept_language,
    fromUnixTimestamp64Milli(a.first_accessed_at, 'UTC') AS first_accessed_at,
    toFloat64OrNull(trimRight(a.percentage_obtained, '%')) AS percentage_obtained,
    toUInt16OrNull(trimRight(a.highest_resolution, 'p')) AS highest_resolution,
    multiIf(a.streaming_only = 'yes', true, a.streaming_only = 'no', false, NULL) AS streaming_only,
    b.status AS status,
    b.input.input_name AS input_name,
    b.file.id AS file_id,
    b.pipeline.id AS pipeline_id,
    b.user.id AS user_id,
    b.application.id AS application_id,
    b.job.id AS job_id,
    fromUnixTimestamp64Milli(b.created_at, 'UTC') AS backtrace_created_at
FROM
(
    SELECT b, i, e
    FROM (SELECT arrayJoin(backtraces) AS b FROM pages)
    ARRAY JOIN b.extracted_data AS e, arrayEnumerate(b.extracted_data) AS i
)
ARRAY JOIN e.access_stats AS a, arrayEnumerate(e.access_stats) AS j
