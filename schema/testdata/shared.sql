-- step 001_backtraces_store
-- step 002_state
-- step 003_relations
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
-- step 005_readers
-- Who reads a view needs no grant on the tables below it: the view reads them as
-- the user who migrates, who must stay.
ALTER TABLE `xvid`.backtraces MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.extracted_data_live MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.access_stats_live MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.sync_checkpoints MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.sync_runs MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.schema_drift MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.dead_letters MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

