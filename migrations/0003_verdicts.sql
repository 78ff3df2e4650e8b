-- Reference datasets, SLO slices, and what evaluation concluded.

CREATE TABLE baselines ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Name` LowCardinality(String),
    `Version` UInt64,
    `Rows` UInt64,
    `Source` LowCardinality(String),
    `Sha256` String,
    `CreatedAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (Project, Model, Name, Version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- One row per feature of a baseline version. Sample holds at most 20,000 finite values, ascending, chosen by hash.
CREATE TABLE baseline_profiles ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Name` LowCardinality(String),
    `Version` UInt64,
    `Feature` LowCardinality(String),
    `Type` Enum8('numeric' = 1, 'text' = 2, 'boolean' = 3),
    `Rows` UInt64,
    `Nulls` UInt64,
    `NotFinite` UInt64,
    `Sample` Array(Float64) CODEC(ZSTD(1)),
    `Categories` Map(String, UInt64) CODEC(ZSTD(1)),
    `CreatedAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (Project, Model, Name, Version, Feature)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- Good and total events per SLO, group and slice, at three resolutions. A recomputed slice replaces the older one.
CREATE TABLE slo_slices ${on_cluster}
(
    `Project` LowCardinality(String),
    `Slo` LowCardinality(String),
    `Group` String,
    -- Slice length in seconds: 10 (kept 7 hours), 60 (kept 8 days) or 3600.
    `Resolution` UInt16,
    `SliceStart` DateTime('UTC'),
    `Good` UInt64,
    `Total` UInt64,
    -- When it was computed, in milliseconds: the latest computation wins.
    `Version` UInt64
)
ENGINE = ${replicated}ReplacingMergeTree(Version)
PARTITION BY (Resolution, toYYYYMM(SliceStart))
ORDER BY (Project, Slo, Group, Resolution, SliceStart)
TTL SliceStart + INTERVAL 7 HOUR DELETE WHERE Resolution = 10,
    SliceStart + INTERVAL 8 DAY DELETE WHERE Resolution = 60,
    SliceStart + INTERVAL ${aggregate_days} DAY DELETE WHERE Resolution = 3600
SETTINGS ${deduplication_window};

-- One row per rule, subject and window end; a rerun replaces. Arrays hold one element per window, tier or test.
CREATE TABLE verdicts ${on_cluster}
(
    `Project` LowCardinality(String),
    `Kind` LowCardinality(String),
    `Rule` LowCardinality(String),
    -- Feature, segment and test of a monitor; the group of an SLO.
    `Subject` String,
    `WindowEnd` DateTime64(3, 'UTC'),
    `EvaluatedAt` DateTime64(3, 'UTC'),
    `State` LowCardinality(String),
    `Reason` String,
    `Severity` LowCardinality(String),
    `Service` LowCardinality(String),
    `Region` LowCardinality(String),
    `Model` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Owner` LowCardinality(String),
    `Method` LowCardinality(String),
    -- n of the window and m of the baseline; for an SLO good and total of its period.
    `SampleSize` UInt64,
    `BaselineSize` UInt64,
    `Statistic` Nullable(Float64),
    `StatisticLow` Nullable(Float64),
    `StatisticHigh` Nullable(Float64),
    `PValue` Nullable(Float64),
    `Threshold` Nullable(Float64),
    `MinimumEffect` Nullable(Float64),
    `Baseline` LowCardinality(String),
    `BaselineVersion` UInt64,
    `WindowStart` DateTime64(3, 'UTC'),
    `Target` Nullable(Float64),
    `BudgetRemaining` Nullable(Float64),
    `Tiers` Array(LowCardinality(String)),
    `TierStates` Array(LowCardinality(String)),
    `TierThresholds` Array(Float64),
    `TierLongBurns` Array(Float64),
    `TierShortBurns` Array(Float64),
    `TierBadEvents` Array(UInt64),
    -- The whole verdict as the evaluator made it, JSON, for the API.
    `Document` String CODEC(ZSTD(3))
)
ENGINE = ${replicated}ReplacingMergeTree(EvaluatedAt)
PARTITION BY toDate(WindowEnd)
ORDER BY (Project, Kind, Rule, Subject, WindowEnd)
TTL toDateTime(WindowEnd) + INTERVAL 30 DAY
SETTINGS ttl_only_drop_parts = 1, ${deduplication_window};
