-- What did not fit: shapes that the decoder does not know, and elements that are
-- no backtrace at all.
CREATE TABLE IF NOT EXISTS {sharded schema_drift_store by path}
(
    path       String                                                COMMENT 'Where in the record, e.g. extracted_data[].access_stats[].asn',
    kind       LowCardinality(String)                                COMMENT 'What is odd there, e.g. unknown key; never a value',
    first_seen SimpleAggregateFunction(min, DateTime64(3, 'UTC'))    COMMENT 'First reading with it',
    last_seen  SimpleAggregateFunction(max, DateTime64(3, 'UTC'))    COMMENT 'Last reading with it',
    count      SimpleAggregateFunction(sum, UInt64)                  COMMENT 'Stored readings with it',
    sample_id  SimpleAggregateFunction(anyLast, String)              COMMENT 'A backtrace with it'
)
ENGINE = {engine AggregatingMergeTree}
ORDER BY (path, kind)
COMMENT 'Shapes that the decoder does not know, run by run. Read schema_drift instead';

CREATE OR REPLACE VIEW {sharded schema_drift}
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
FROM {local schema_drift_store} AS s
GROUP BY path, kind
COMMENT 'Keys and forms of values that the decoder does not know. The records are mirrored all the same, and raw has everything';

CREATE TABLE IF NOT EXISTS {sharded dead_letters_store by content_hash}
(
    content_hash UInt64               COMMENT 'Hash of raw',
    reason       String               COMMENT 'Why it is no backtrace',
    raw          String               COMMENT 'The element''s JSON, as received' CODEC(ZSTD),
    seen_at      DateTime64(3, 'UTC') COMMENT 'When it was last read',
    run_id       String               COMMENT 'Run that read it'
)
ENGINE = {engine ReplacingMergeTree(seen_at)}
ORDER BY content_hash
COMMENT 'Elements of the list that are no backtrace. Read dead_letters instead';

CREATE OR REPLACE VIEW {sharded dead_letters}
(
    content_hash UInt64               COMMENT 'Hash of raw',
    reason       String               COMMENT 'Why it is no backtrace',
    raw          String               COMMENT 'The element''s JSON, as received',
    seen_at      DateTime64(3, 'UTC') COMMENT 'When it was last read',
    run_id       String               COMMENT 'Run that read it'
)
AS SELECT content_hash, reason, raw, seen_at, run_id
FROM {local dead_letters_store} FINAL
COMMENT 'Elements of the list that are no backtrace, as received, with the reason';
