-- Who reads these views needs no grant on the tables below them: they read them as
-- the user who migrates, who must stay. backtraces and the _live views read as who
-- asks: a query that joins them would else see several states of one table.
ALTER TABLE {local sync_checkpoints}{on_cluster} MODIFY {definer};
ALTER TABLE {local sync_runs}{on_cluster} MODIFY {definer};
ALTER TABLE {local schema_drift}{on_cluster} MODIFY {definer};
ALTER TABLE {local dead_letters}{on_cluster} MODIFY {definer};
ALTER TABLE {local backtraces}{on_cluster} MODIFY SQL SECURITY INVOKER;
ALTER TABLE {local extracted_data_live}{on_cluster} MODIFY SQL SECURITY INVOKER;
ALTER TABLE {local access_stats_live}{on_cluster} MODIFY SQL SECURITY INVOKER;
