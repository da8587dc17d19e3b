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
-- Who reads these views needs no grant on the tables below them: they read them as
-- the user who migrates, who must stay. backtraces and the _live views read as who
-- asks: a query that joins them would else see several states of one table.
ALTER TABLE `xvid`.sync_checkpoints MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.sync_runs MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.schema_drift MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

ALTER TABLE `xvid`.dead_letters MODIFY DEFINER = `migrator` SQL SECURITY DEFINER;

-- step 006_lookups
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

