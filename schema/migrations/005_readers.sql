-- Who reads a view needs no grant on the tables below it: the view reads them as
-- the user who migrates, who must stay.
ALTER TABLE {local backtraces}{on_cluster} MODIFY {definer};
ALTER TABLE {local extracted_data_live}{on_cluster} MODIFY {definer};
ALTER TABLE {local access_stats_live}{on_cluster} MODIFY {definer};
ALTER TABLE {local sync_checkpoints}{on_cluster} MODIFY {definer};
ALTER TABLE {local sync_runs}{on_cluster} MODIFY {definer};
ALTER TABLE {local schema_drift}{on_cluster} MODIFY {definer};
ALTER TABLE {local dead_letters}{on_cluster} MODIFY {definer};
