-- Rows written before hold integers in ValueDouble as well; the expression does not look at it for them.
ALTER TABLE metric_points ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Value` Float64 ALIAS if(ValueKind = 'int', toFloat64(ValueInt), ValueDouble)
    AFTER `StartTimeUnix`;

-- GCD first: times are whole milliseconds almost always, and their differences then a third as long.
ALTER TABLE metric_points ${on_cluster}
    MODIFY COLUMN `TimeUnix` DateTime64(9, 'UTC') CODEC(GCD, DoubleDelta, ZSTD(1)),
    MODIFY COLUMN `ValueInt` Int64 CODEC(Delta, ZSTD(1));

-- Fewer, wider merges: an insert is one part of up to a million rows, and merging costs more than inserting.
ALTER TABLE metric_points ${on_cluster} MODIFY SETTING merge_selector_base = 20;

-- The embedded engine deletes merged parts at once: what replaced them must have reached the disk by then.
ALTER TABLE metric_series ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_points ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_histograms ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE ingest_batches ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE predictions ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE labels ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE embeddings ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE prediction_inputs ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE deployments ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE incident_events ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE notification_events ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE baselines ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE baseline_profiles ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_series_monthly ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_points_1m ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_points_1h ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_histograms_1m ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE metric_histograms_1h ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
ALTER TABLE rollup_hours ${on_cluster} MODIFY SETTING min_rows_to_fsync_after_merge = 1;
