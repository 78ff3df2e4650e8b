-- Roll-ups of number points and histograms, recomputed from deduplicated raw points, hour by hour. A newer computation
-- of a bucket replaces the older (Version, ms), so that replays and late points change nothing twice. fsync_*: the raw
-- points are dropped long before these are.

-- The labels of rolled series, once per month: metric_series lives only as long as the raw points.
CREATE TABLE metric_series_monthly ${on_cluster}
(
    `Project` LowCardinality(String),
    `Month` Date,
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64,
    `MetricType` Enum8('gauge' = 1, 'sum' = 2, 'histogram' = 3, 'exponential_histogram' = 4, 'summary' = 5),
    `AggregationTemporality` Enum8('unspecified' = 0, 'delta' = 1, 'cumulative' = 2),
    `IsMonotonic` Bool,
    `MetricUnit` LowCardinality(String),
    `MetricDescription` String CODEC(ZSTD(1)),
    `ServiceName` LowCardinality(String),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeName` LowCardinality(String),
    `ScopeVersion` LowCardinality(String),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `Attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY Month
ORDER BY (Project, MetricName, ServiceName, SeriesHash)
TTL Month + INTERVAL 1 MONTH + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE metric_points_1m ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `Bucket` DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- Points with a finite value. Where there are none, Sum, Min, Max, Last and LastTime mean nothing.
    `Count` UInt64 CODEC(ZSTD(1)),
    `Sum` Float64 CODEC(ZSTD(1)),
    `Min` Float64 CODEC(ZSTD(1)),
    `Max` Float64 CODEC(ZSTD(1)),
    `Last` Float64 CODEC(ZSTD(1)),
    `LastTime` DateTime64(9, 'UTC') CODEC(ZSTD(1)),
    -- The latest point with the flag "no recorded value": the series ended there. 1970 when there is none.
    `EndedAt` DateTime64(9, 'UTC') CODEC(ZSTD(1)),
    -- What a counter rose by in this bucket, resets taken into account; 0 for gauges. IncreaseInt is its integer part
    -- exactly; it is all of it where Integers, the points counted as integers, equals Count.
    `Increase` Float64 CODEC(ZSTD(1)),
    `IncreaseInt` Int128 CODEC(ZSTD(1)),
    `Integers` UInt64 CODEC(ZSTD(1)),
    `Version` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY toMonday(Bucket)
ORDER BY (Project, MetricName, toDate(Bucket), SeriesHash, Bucket)
TTL Bucket + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE metric_points_1h ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `Bucket` DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Count` UInt64 CODEC(ZSTD(1)),
    `Sum` Float64 CODEC(ZSTD(1)),
    `Min` Float64 CODEC(ZSTD(1)),
    `Max` Float64 CODEC(ZSTD(1)),
    `Last` Float64 CODEC(ZSTD(1)),
    `LastTime` DateTime64(9, 'UTC') CODEC(ZSTD(1)),
    `EndedAt` DateTime64(9, 'UTC') CODEC(ZSTD(1)),
    `Increase` Float64 CODEC(ZSTD(1)),
    `IncreaseInt` Int128 CODEC(ZSTD(1)),
    `Integers` UInt64 CODEC(ZSTD(1)),
    `Version` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Project, MetricName, SeriesHash, Bucket)
TTL Bucket + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- Increases of histograms. Bounds are part of the key: buckets with different bounds are never added up.
CREATE TABLE metric_histograms_1m ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `Bucket` DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    `BoundsHash` UInt64 CODEC(ZSTD(1)),
    `ExplicitBounds` Array(Float64) CODEC(ZSTD(1)),
    `BucketCounts` Array(Int64) CODEC(ZSTD(1)),
    `Count` Int64 CODEC(ZSTD(1)),
    -- NULL where a point that counts lacks it; Min and Max are also unknown for cumulative histograms.
    `Sum` Nullable(Float64) CODEC(ZSTD(1)),
    `Min` Nullable(Float64) CODEC(ZSTD(1)),
    `Max` Nullable(Float64) CODEC(ZSTD(1)),
    -- Cumulative points that count nothing because the bounds changed before them without a reset.
    `Skipped` UInt64 CODEC(ZSTD(1)),
    `Version` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY toMonday(Bucket)
ORDER BY (Project, MetricName, toDate(Bucket), SeriesHash, Bucket, BoundsHash)
TTL Bucket + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE metric_histograms_1h ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `Bucket` DateTime('UTC') CODEC(DoubleDelta, ZSTD(1)),
    `BoundsHash` UInt64 CODEC(ZSTD(1)),
    `ExplicitBounds` Array(Float64) CODEC(ZSTD(1)),
    `BucketCounts` Array(Int64) CODEC(ZSTD(1)),
    `Count` Int64 CODEC(ZSTD(1)),
    `Sum` Nullable(Float64) CODEC(ZSTD(1)),
    `Min` Nullable(Float64) CODEC(ZSTD(1)),
    `Max` Nullable(Float64) CODEC(ZSTD(1)),
    `Skipped` UInt64 CODEC(ZSTD(1)),
    `Version` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Project, MetricName, SeriesHash, Bucket, BoundsHash)
TTL Bucket + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- The hours whose roll-ups are complete, and when their computation began: batches stored later make it due again.
CREATE TABLE rollup_hours ${on_cluster}
(
    `Project` LowCardinality(String),
    `Hour` DateTime('UTC'),
    `RolledAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree(RolledAt)
PARTITION BY toYYYYMM(Hour)
ORDER BY (Project, Hour)
TTL Hour + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
