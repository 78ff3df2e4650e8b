-- Slices in order of time: a round of evaluation reads and writes the same moment of every SLO. Nothing is lost with the old
-- table: slices are counts of stored points, and counting begins anew.

DROP TABLE IF EXISTS slo_slices ${on_cluster} SYNC;

-- Good and total of each SLO, member and group in a stretch of time, at three resolutions. A recomputed slice replaces the older
-- one. A group has rows only where something happened; the row of the empty group says that the slice was counted.
CREATE TABLE slo_slices ${on_cluster}
(
    `Project` LowCardinality(String),
    -- Slice length in seconds: 10 (kept 7 hours), 60 (kept 100 days, the longest quarter) or 3600.
    `Resolution` UInt16,
    `SliceStart` DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- The name of the SLO and a fingerprint of what it counts.
    `Slo` LowCardinality(String),
    `Group` LowCardinality(String),
    -- Events, slices, or thousand-millionths of a slice, by the budgeting method.
    -- Below 0 where bad events were counted a slice before their total: in a window they come together.
    `Good` Int64 CODEC(T64, ZSTD(1)),
    `Total` UInt64 CODEC(T64, ZSTD(1)),
    -- When it was computed, in milliseconds: the latest computation wins.
    `Version` UInt64 CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY (Resolution, multiIf(Resolution = 10, toStartOfHour(SliceStart), Resolution = 60, toStartOfDay(SliceStart),
    toDateTime(toStartOfMonth(SliceStart), 'UTC')))
ORDER BY (Project, Resolution, SliceStart, Slo, Group)
TTL SliceStart + multiIf(Resolution = 10, toIntervalHour(7), Resolution = 60, toIntervalHour(2400), toIntervalHour(24 * ${aggregate_days}))
SETTINGS ttl_only_drop_parts = 1, ${deduplication_window};
