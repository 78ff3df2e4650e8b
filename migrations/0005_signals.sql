-- The remaining metric types, exemplars, spans, logs, and the heartbeats of ingest processes.

CREATE TABLE metric_exp_histograms ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `TimeUnix` DateTime64(9, 'UTC') CODEC(GCD, DoubleDelta, ZSTD(1)),
    `StartTimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Count` UInt64 CODEC(ZSTD(1)),
    `Sum` Nullable(Float64) CODEC(ZSTD(1)),
    `Min` Nullable(Float64) CODEC(ZSTD(1)),
    `Max` Nullable(Float64) CODEC(ZSTD(1)),
    -- The buckets' base is 2^(2^-Scale); bucket i is (base^i, base^(i+1)], array position j is bucket Offset + j.
    `Scale` Int32 CODEC(ZSTD(1)),
    `ZeroCount` UInt64 CODEC(ZSTD(1)),
    `ZeroThreshold` Float64 CODEC(ZSTD(1)),
    `PositiveOffset` Int32 CODEC(ZSTD(1)),
    `PositiveBucketCounts` Array(UInt64) CODEC(ZSTD(1)),
    `NegativeOffset` Int32 CODEC(ZSTD(1)),
    `NegativeBucketCounts` Array(UInt64) CODEC(ZSTD(1)),
    `Flags` UInt32 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (Project, MetricName, toStartOfHour(TimeUnix), SeriesHash, TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

CREATE TABLE metric_summaries ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `TimeUnix` DateTime64(9, 'UTC') CODEC(GCD, DoubleDelta, ZSTD(1)),
    `StartTimeUnix` DateTime64(9, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Count` UInt64 CODEC(ZSTD(1)),
    `Sum` Float64 CODEC(ZSTD(1)),
    `Quantiles` Array(Float64) CODEC(ZSTD(1)),
    `QuantileValues` Array(Float64) CODEC(ZSTD(1)),
    `Flags` UInt32 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (Project, MetricName, toStartOfHour(TimeUnix), SeriesHash, TimeUnix)
TTL toDateTime(TimeUnix) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- Single measurements behind the points, with the trace that made them. A measurement is already counted in its point.
CREATE TABLE metric_exemplars ${on_cluster}
(
    `Project` LowCardinality(String),
    `MetricName` LowCardinality(String),
    `SeriesHash` UInt64 CODEC(ZSTD(1)),
    `TimeUnix` DateTime64(9, 'UTC') CODEC(GCD, DoubleDelta, ZSTD(1)),
    -- TimeUnix of the point that brought it.
    `PointTime` DateTime64(9, 'UTC') CODEC(GCD, DoubleDelta, ZSTD(1)),
    `Value` Float64 CODEC(ZSTD(1)),
    `ValueInt` Int64 CODEC(ZSTD(1)),
    `ValueKind` Enum8('double' = 0, 'int' = 1),
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1)),
    `FilteredAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    INDEX idx_point_time PointTime TYPE minmax GRANULARITY 1
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(TimeUnix)
ORDER BY (Project, MetricName, toStartOfHour(TimeUnix), SeriesHash, TimeUnix, TraceId, SpanId, Value)
TTL toDateTime(TimeUnix) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- Spans with the exporter's columns. Ids are lower-case hex. SampleWeight is how many spans this one stands for.
CREATE TABLE otel_traces ${on_cluster}
(
    `Project` LowCardinality(String),
    `Timestamp` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1)),
    `ParentSpanId` String CODEC(ZSTD(1)),
    `TraceState` String CODEC(ZSTD(1)),
    `TraceFlags` UInt32 CODEC(ZSTD(1)),
    `SpanName` LowCardinality(String),
    `SpanKind` LowCardinality(String),
    `ServiceName` LowCardinality(String),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ResourceSchemaUrl` LowCardinality(String),
    `ScopeName` LowCardinality(String),
    `ScopeVersion` LowCardinality(String),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeSchemaUrl` LowCardinality(String),
    `SpanAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- Nanoseconds.
    `Duration` UInt64 CODEC(T64, ZSTD(1)),
    `StatusCode` LowCardinality(String),
    `StatusMessage` String CODEC(ZSTD(1)),
    `Events.Timestamp` Array(DateTime64(9, 'UTC')) CODEC(ZSTD(1)),
    `Events.Name` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `Events.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `Links.TraceId` Array(String) CODEC(ZSTD(1)),
    `Links.SpanId` Array(String) CODEC(ZSTD(1)),
    `Links.TraceState` Array(String) CODEC(ZSTD(1)),
    `Links.Attributes` Array(Map(LowCardinality(String), String)) CODEC(ZSTD(1)),
    `SampleWeight` Float64 CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toDate(Timestamp)
PRIMARY KEY (Project, ServiceName, SpanName, toDateTime(Timestamp))
ORDER BY (Project, ServiceName, SpanName, toDateTime(Timestamp), TraceId, SpanId)
TTL toDateTime(Timestamp) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- When a trace happened, to find its spans without reading every day.
CREATE TABLE otel_traces_trace_id_ts ${on_cluster}
(
    `Project` LowCardinality(String),
    `TraceId` String CODEC(ZSTD(1)),
    `Start` SimpleAggregateFunction(min, DateTime('UTC')) CODEC(Delta, ZSTD(1)),
    `End` SimpleAggregateFunction(max, DateTime('UTC')) CODEC(Delta, ZSTD(1)),
    `Day` Date
)
ENGINE = ${replicated}AggregatingMergeTree
PARTITION BY Day
ORDER BY (Project, TraceId)
TTL Day + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- Log records with the exporter's columns. Two equal records are two records: nothing is replaced here.
CREATE TABLE otel_logs ${on_cluster}
(
    `Project` LowCardinality(String),
    `Timestamp` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    `ObservedTimestamp` DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1)),
    `TraceFlags` UInt8 CODEC(ZSTD(1)),
    `SeverityText` LowCardinality(String),
    `SeverityNumber` UInt8 CODEC(ZSTD(1)),
    `ServiceName` LowCardinality(String),
    `Body` String CODEC(ZSTD(1)),
    `ResourceSchemaUrl` LowCardinality(String),
    `ResourceAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `ScopeSchemaUrl` LowCardinality(String),
    `ScopeName` LowCardinality(String),
    `ScopeVersion` LowCardinality(String),
    `ScopeAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `LogAttributes` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `EventName` LowCardinality(String),
    `SampleWeight` Float64 CODEC(ZSTD(1)),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1
)
ENGINE = ${replicated}MergeTree
PARTITION BY toDate(Timestamp)
PRIMARY KEY (Project, toStartOfFiveMinutes(Timestamp), ServiceName)
ORDER BY (Project, toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)
TTL toDateTime(Timestamp) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- One row per ingest process and second: the oldest event time that the process has accepted and not yet stored.
CREATE TABLE ingest_heartbeats ${on_cluster}
(
    `Process` LowCardinality(String),
    `BeatAt` DateTime64(3, 'UTC'),
    `OldestHeld` Nullable(DateTime64(3, 'UTC'))
)
ENGINE = ${replicated}ReplacingMergeTree(BeatAt)
ORDER BY Process
TTL toDateTime(BeatAt) + INTERVAL 1 DAY;
