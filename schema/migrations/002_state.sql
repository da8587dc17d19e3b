-- What the syncer itself remembers: how far it has read, and what it did.
CREATE TABLE IF NOT EXISTS {sharded sync_checkpoints_store by source}
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
ENGINE = {engine ReplacingMergeTree(version)}
ORDER BY source
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Checkpoints, with superseded ones. Read sync_checkpoints instead';

CREATE OR REPLACE VIEW {sharded sync_checkpoints}
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
FROM {local sync_checkpoints_store} FINAL
COMMENT 'How far each source has been read';

CREATE TABLE IF NOT EXISTS {sharded sync_runs_store by run_id}
(
    revision          UInt8                          COMMENT '0 at the start, 1 at the end, 2 if another run had to close it; the highest wins',
{columns sync_runs}
)
ENGINE = {engine ReplacingMergeTree(revision)}
ORDER BY run_id
COMMENT 'Runs, a row for the start and one for the end. Read sync_runs instead';

CREATE OR REPLACE VIEW {sharded sync_runs}
(
{columns sync_runs}
)
AS SELECT run_id, kind, source, started_at, deadline_at, ended_at,
    if(outcome = 'running' AND deadline_at < now64(3), 'died', outcome) AS outcome,
    requests, retries, pages, records_read, records_changed, records_unchanged, rows_written, tombstones,
    pending, dead_letters, contiguity_breaks, doubtful, source_total, mirror_total, cursor_from, cursor_to, refreshed, error, syncer_version
FROM {local sync_runs_store} FINAL
COMMENT 'A row a run of syncer';
