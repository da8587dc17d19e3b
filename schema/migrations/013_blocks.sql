-- Writing keeps a block of each column in memory, of a megabyte by default: with some sixty
-- files a part and several parts at a time that is more than the rows themselves take, and
-- more than the processor's caches hold. Blocks of 64 KiB are what eight bytes a row take anyway.

-- A refresh that still runs would put the tables back as they were before the ALTERs.
DROP VIEW IF EXISTS {database}.extracted_data_refresh{on_cluster};

DROP VIEW IF EXISTS {database}.access_stats_refresh{on_cluster};

ALTER TABLE {local extracted_data}{on_cluster} MODIFY SETTING max_compress_block_size = 65536;

ALTER TABLE {local access_stats}{on_cluster} MODIFY SETTING max_compress_block_size = 65536;

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
