-- Baselines become profiles: counts over fixed cells. Samples become counts over the same cells, bucket by bucket.

-- Status: candidate until somebody approves it, rejected when somebody does not. Format 1 is of versions without cells,
-- which cannot be compared with; such a dataset has to be uploaded again.
ALTER TABLE baselines ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Format` UInt8 DEFAULT 1,
    ADD COLUMN IF NOT EXISTS `Status` LowCardinality(String) DEFAULT 'active',
    -- What changed against the version before, JSON, for whoever approves it.
    ADD COLUMN IF NOT EXISTS `Diff` String DEFAULT '';

-- Feature holds the id of a variable: a feature's name, or output:score. Cells: null, NaN, infinity, wrong type, unseen,
-- then bins (one more than Edges) or CategoryNames.
ALTER TABLE baseline_profiles ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Edges` Array(Float64) DEFAULT [] CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `CategoryNames` Array(String) DEFAULT [] CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Capped` Bool DEFAULT false,
    ADD COLUMN IF NOT EXISTS `Counts` Array(UInt64) DEFAULT [] CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS `Finite` UInt64 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS `Mean` Float64 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS `M2` Float64 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS `M3` Float64 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS `M4` Float64 DEFAULT 0,
    ADD COLUMN IF NOT EXISTS `Min` Float64 DEFAULT inf,
    ADD COLUMN IF NOT EXISTS `Max` Float64 DEFAULT -inf;

-- One row per bucket and variable of a monitor's stream, model version, variant and segment. A row with the empty variable
-- says that the bucket was counted and how many samples it has; the latest computation of a bucket replaces earlier ones.
CREATE TABLE feature_counts ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Stream` LowCardinality(String),
    -- The baseline and version whose cells are counted.
    `Grid` LowCardinality(String),
    `Variable` LowCardinality(String),
    `Segment` LowCardinality(String),
    `Bucket` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ModelVersion` LowCardinality(String),
    `Variant` LowCardinality(String),
    `Counts` Array(UInt32) CODEC(ZSTD(1)),
    -- Of the finite values; M2 to M4 are sums of powers of the distance from the mean.
    `Finite` UInt64 CODEC(ZSTD(1)),
    `Mean` Float64 CODEC(ZSTD(1)),
    `M2` Float64 CODEC(ZSTD(1)),
    `M3` Float64 CODEC(ZSTD(1)),
    `M4` Float64 CODEC(ZSTD(1)),
    `Min` Float64 CODEC(ZSTD(1)),
    `Max` Float64 CODEC(ZSTD(1)),
    -- Consecutive values of a session, and how many of them were on the same side of the middle cell.
    `Pairs` UInt64 CODEC(ZSTD(1)),
    `SameSide` UInt64 CODEC(ZSTD(1)),
    -- Milliseconds; the latest wins.
    `ComputedAt` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ComputedAt)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Project, Model, Stream, Grid, Variable, Segment, Bucket, ModelVersion, Variant)
TTL toDateTime(Bucket) + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, ${deduplication_window};
