-- A page that is stored is synced to disk file by file. In the compact format that is
-- a handful of files a part and not one for each stream of each column (some 65): a
-- seventh of the syncs. Larger parts, which only merges make, keep the wide format, from
-- which a few columns are read fast.
ALTER TABLE {local backtraces_store}{on_cluster} MODIFY SETTING min_bytes_for_wide_part = 67108864;
