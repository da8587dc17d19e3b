-- The flat tables are rebuilt as a whole, so how they are written is what they cost.
-- Blocks that the processor's caches hold are sorted in half the time of the default's
-- million rows. The truth is read in the order of ids, which is that of creation,
-- so each part holds the accesses of a short time: a question about the last months
-- reads few of them. Merging would mix them, and be lost with the next refresh.

-- A refresh that still runs would put the tables back as they were before the ALTERs.
DROP VIEW IF EXISTS {database}.extracted_data_refresh{on_cluster};

DROP VIEW IF EXISTS {database}.access_stats_refresh{on_cluster};

-- Without merges there are many parts where there are many rows: four for each million.
-- A retention's TTL is merged all the same.
ALTER TABLE {local extracted_data}{on_cluster} MODIFY SETTING
    min_parts_to_merge_at_once = 100, parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000;

ALTER TABLE {local access_stats}{on_cluster} MODIFY SETTING
    min_parts_to_merge_at_once = 100, parts_to_delay_insert = 1000000, parts_to_throw_insert = 1000000;

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.extracted_data_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local extracted_data}
(
{columns extracted_data}
)
EMPTY
AS SELECT * FROM {local extracted_data_live}{sequential min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2}
COMMENT 'Rebuilds extracted_data as a whole and swaps it in at once';

-- Never due by itself: a run asks for it when something changed.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.access_stats_refresh{on_cluster}
REFRESH EVERY 1 YEAR TO {local access_stats}
(
{columns access_stats_6}
)
EMPTY
AS SELECT * FROM {local access_stats_live}{sequential min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 0, max_insert_threads = 2}
COMMENT 'Rebuilds access_stats as a whole and swaps it in at once';

-- Parts of the truth have some forty columns, one of them far larger than the others.
-- Merged column by column they take half the time that they take row by row.
ALTER TABLE {local backtraces_store}{on_cluster} MODIFY SETTING vertical_merge_algorithm_min_rows_to_activate = 1;
