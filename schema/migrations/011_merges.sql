-- ClickHouse merges about five parts of one size into one, and those again: a first copy
-- of a million rows is written more than three times, and merging took more than
-- inserting. With a larger base more parts are merged at once, so each row is written
-- less often. Parts do not pile up for it: the more there are, and the older they get,
-- the more ClickHouse lowers the base, from 50 parts on to 2.
ALTER TABLE {local backtraces_store}{on_cluster} MODIFY SETTING merge_selector_base = 40;
