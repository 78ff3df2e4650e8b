-- Prediction samples (one row per sample, not per request), their labels, vectors, raw inputs, and deployments.

CREATE TABLE predictions ${on_cluster}
(
    `Project` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `RequestId` String CODEC(ZSTD(1)),
    `SessionId` String CODEC(ZSTD(1)),
    `JobId` String CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Service` LowCardinality(String),
    `Region` LowCardinality(String),
    `Environment` LowCardinality(String),
    `Model` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Variant` LowCardinality(String),
    `DeploymentId` LowCardinality(String),
    `FeaturesNumeric` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    `FeaturesText` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- true and false; kept apart from text so that neither is guessed from the other.
    `FeaturesBoolean` Map(LowCardinality(String), Bool) CODEC(ZSTD(1)),
    -- Features sent as null: present in the request, without a value.
    `FeaturesNull` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `InputHash` String CODEC(ZSTD(1)),
    `PredictionLabel` LowCardinality(String),
    `PredictionScore` Nullable(Float64) CODEC(ZSTD(1)),
    `PredictionValue` Nullable(Float64) CODEC(ZSTD(1)),
    `PredictionScores` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    -- One element per detected object; a box is 4 numbers: left, top, right, bottom as the service sent them.
    `DetectionLabels` Array(LowCardinality(String)) CODEC(ZSTD(1)),
    `DetectionScores` Array(Float64) CODEC(ZSTD(1)),
    `DetectionBoxes` Array(Array(Float64)) CODEC(ZSTD(1)),
    `HasDetections` Bool,
    `RejectedCount` Nullable(UInt32) CODEC(ZSTD(1)),
    `Attributions` Map(LowCardinality(String), Float64) CODEC(ZSTD(1)),
    `Tags` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `LatencyMs` Nullable(Float64) CODEC(ZSTD(1)),
    `Status` LowCardinality(String),
    `ErrorType` LowCardinality(String),
    `SampleWeight` Float64 CODEC(ZSTD(1)),
    `TraceId` String CODEC(ZSTD(1)),
    `SpanId` String CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ReceivedAt)
PARTITION BY toDate(Timestamp)
ORDER BY (Project, Model, toStartOfHour(Timestamp), PredictionId, Timestamp)
TTL toDateTime(Timestamp) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- Ground truth and feedback, any time later. The latest row per (prediction, source) counts.
CREATE TABLE labels ${on_cluster}
(
    `Project` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `Label` String CODEC(ZSTD(1)),
    `Value` Nullable(Float64) CODEC(ZSTD(1)),
    `OutcomeValue` Nullable(Float64) CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Source` LowCardinality(String),
    `Weight` Float64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ReceivedAt)
PARTITION BY toDate(Timestamp)
ORDER BY (Project, PredictionId, Source, Timestamp)
TTL toDateTime(Timestamp) + INTERVAL ${raw_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE embeddings ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Name` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Vector` Array(Float32) CODEC(ZSTD(1)),
    -- Empty when the service made the vector itself; else the encoder and the checksum of its model file.
    `Encoder` LowCardinality(String),
    `EncoderSha256` LowCardinality(String)
)
ENGINE = ${replicated}ReplacingMergeTree(ReceivedAt)
PARTITION BY toDate(Timestamp)
ORDER BY (Project, Model, Name, toStartOfHour(Timestamp), PredictionId)
TTL toDateTime(Timestamp) + INTERVAL ${vector_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE prediction_inputs ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Name` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `DataType` LowCardinality(String),
    `Shape` Array(UInt32),
    -- The tensor's bytes, row-major, little-endian.
    `Data` String CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ReceivedAt)
PARTITION BY toDate(Timestamp)
ORDER BY (Project, Model, Name, toStartOfHour(Timestamp), PredictionId)
TTL toDateTime(Timestamp) + INTERVAL ${vector_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

CREATE TABLE deployments ${on_cluster}
(
    `Project` LowCardinality(String),
    `DeploymentId` String,
    `Kind` Enum8('deploy' = 1, 'rollback' = 2, 'traffic' = 3, 'config' = 4, 'load_failed' = 5),
    `Service` LowCardinality(String),
    `Model` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Variant` LowCardinality(String),
    `Environment` LowCardinality(String),
    `Region` LowCardinality(String),
    `TrafficShare` Nullable(Float64),
    `Timestamp` DateTime64(3, 'UTC'),
    `ReceivedAt` DateTime64(3, 'UTC'),
    `ArtifactSha256` String,
    `ArtifactSignature` String,
    `ArtifactOpset` Nullable(UInt32),
    `ArtifactRuntime` LowCardinality(String),
    `ArtifactRuntimeVersion` LowCardinality(String),
    `ArtifactExecutionProvider` LowCardinality(String),
    `ArtifactPrecision` LowCardinality(String),
    `LineageDataset` String,
    `LineageTrainedBy` String,
    `LineageCommit` String,
    `Owner` LowCardinality(String)
)
ENGINE = ${replicated}ReplacingMergeTree(ReceivedAt)
PARTITION BY toYYYYMM(Timestamp)
ORDER BY (Project, Service, Model, DeploymentId, Kind, Timestamp)
TTL toDateTime(Timestamp) + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
