-- Metric series once per day, and narrow samples that refer to them by SeriesHash.
-- Samples are keyed metric first, then hour, so that a query for one metric and one hour reads few granules whatever
-- the number of services.  fsync_* makes an acknowledged insert survive power loss; the deduplication window lets a
-- replayed block under the same token vanish.

CREATE TABLE metric_series ${on_cluster}
(
    `Project` LowCardinality(String),
    `Day` Date,
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64,
    `MetricType` Enum8('gauge' = 1, 'sum' = 2, 'histogram' = 3, 'exponential_histogram' = 4, 'summary' = 5),
    `AggregationTemporality` Enum8('unspecified' = 0, 'delta' = 1, 'cumulative' = 2),
    `IsMonotonic` Bool,
    `MetricUnit` LowCardinality(String),
    `MetricDescription` String CODEC(ZSTD(1)),
    `ServiceName` LowCardinality(String),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ResourceSchemaUrl` LowCardinality(String),
    `ScopeName` LowCardinality(String),
    `ScopeVersion` LowCardinality(String),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeSchemaUrl` LowCardinality(String),
    `Attributes` Map(LowCardinality(String), String) CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY Day
ORDER BY (Project, MetricName, ServiceName, SeriesHash)
TTL Day + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE metric_points ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `TimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `StartTimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- The value as a double. For an integer point also exact in ValueInt; a double holds integers only up to 2^53.
    `Value` Float64 CODEC(ZSTD(1)),
    `ValueInt` Int64 CODEC(ZSTD(1)),
    `ValueKind` Enum8('double' = 0, 'int' = 1),
    `Flags` UInt32 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (Project, MetricName, toStartOfHour(TimeUnix), SeriesHash, TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE metric_histograms ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `TimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `StartTimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Count` UInt64 CODEC(ZSTD(1)),
    -- Absent is not zero: OTLP makes sum, min and max optional.
    `Sum` Nullable(Float64) CODEC(ZSTD(1)),
    `Min` Nullable(Float64) CODEC(ZSTD(1)),
    `Max` Nullable(Float64) CODEC(ZSTD(1)),
    -- BucketCounts has one element more than ExplicitBounds, or both are empty. Bucket i is (bound[i-1], bound[i]].
    `BucketCounts` Array(UInt64) CODEC(ZSTD(1)),
    `ExplicitBounds` Array(Float64) CODEC(ZSTD(1)),
    `Flags` UInt32 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (Project, MetricName, toStartOfHour(TimeUnix), SeriesHash, TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- One row per stored block: which times it touched, and when. Evaluation reads it to learn what late data changed.
-- Named `Table` for the reader's sake; `MinTime` and `MaxTime` bound the event times in the block.
CREATE TABLE ingest_batches ${on_cluster}
(
    `Project` LowCardinality(String),
    `Process` LowCardinality(String),
    `Token` String CODEC(ZSTD(1)),
    `Table` LowCardinality(String),
    `Day` Date,
    `MinTime` DateTime64(3, 'UTC'),
    `MaxTime` DateTime64(3, 'UTC'),
    `Rows` UInt64,
    `StoredAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}MergeTree
PARTITION BY toDate(StoredAt)
ORDER BY (Project, Table, StoredAt)
TTL toDateTime(StoredAt) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
