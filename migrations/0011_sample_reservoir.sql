-- Samples that are kept beyond the raw ones, for exact tests and examples: of every bucket of a monitor's stream those whose
-- id has the smallest hash. The same data keeps the same samples whoever counts them, and what is below the largest hash
-- that every full bucket of a window kept is a uniform sample of that window.
CREATE TABLE sample_reservoir ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Stream` LowCardinality(String),
    `Bucket` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `PredictionId` String CODEC(ZSTD(1)),
    `Hash` UInt64 CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ModelVersion` LowCardinality(String),
    `Variant` LowCardinality(String),
    -- The empty one, which is all samples, among them: has() does not find that in an array of LowCardinality.
    `Segments` Array(String) CODEC(ZSTD(1)),
    -- One entry per value; kind 0 is a number, 1 a text, 2 null.
    `Variables` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `Kinds` Array(UInt8) CODEC(ZSTD(1)),
    `Numbers` Array(Float64) CODEC(ZSTD(1)),
    `Texts` Array(String) CODEC(ZSTD(1)),
    -- Milliseconds; the latest wins.
    `ComputedAt` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ComputedAt)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Project, Model, Stream, Bucket, Hash, PredictionId)
TTL toDateTime(Bucket) + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, ${deduplication_window};
