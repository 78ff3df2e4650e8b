-- Vectors know where they come from, raw inputs wait for an encoder and are gone afterwards, and what windows of vectors are
-- compared by is kept longer than the vectors.

ALTER TABLE embeddings ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Service` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `Region` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `Environment` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `Variant` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `DeploymentId` LowCardinality(String),
    ADD COLUMN IF NOT EXISTS `Tags` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    -- What the encoder measured on the input itself, such as the brightness of an image.
    ADD COLUMN IF NOT EXISTS `Features` Map(LowCardinality(String), Float64) CODEC(ZSTD(1));

-- Raw inputs until they are encoded. From here on prediction_inputs holds only those that a rule keeps.
-- Oldest first is the only way they are read, and ten minutes are dropped at a time.
CREATE TABLE pending_inputs ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Name` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Service` LowCardinality(String),
    `Region` LowCardinality(String),
    `Environment` LowCardinality(String),
    `Variant` LowCardinality(String),
    `DeploymentId` LowCardinality(String),
    `Tags` Map(LowCardinality(String), String) CODEC(ZSTD(1)),
    `DataType` LowCardinality(String),
    `Shape` Array(UInt32) CODEC(ZSTD(1)),
    -- A tensor row-major and little-endian, an image file, or a text.
    `Data` String CODEC(ZSTD(1)),
    -- Known without reading the data.
    `Bytes` UInt32 MATERIALIZED length(Data),
    -- Left, top, right, bottom as shares of width and height.
    `MaskedBoxes` Array(Array(Float32)) CODEC(ZSTD(1)),
    `OcclusionRate` Nullable(Float64) CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toStartOfInterval(ReceivedAt, INTERVAL 10 MINUTE)
ORDER BY (ReceivedAt, Project, Model, Name, PredictionId, Timestamp)
TTL toDateTime(ReceivedAt) + INTERVAL ${vector_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- One row per pending input that is done with. ReceivedAt is that of the input, so that both lie in the same partition.
CREATE TABLE encoded_inputs ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Name` LowCardinality(String),
    `PredictionId` String CODEC(ZSTD(1)),
    `Timestamp` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `ReceivedAt` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    -- Empty when there is a vector now, else why there is none.
    `Outcome` String CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toStartOfInterval(ReceivedAt, INTERVAL 10 MINUTE)
ORDER BY (ReceivedAt, Project, Model, Name, PredictionId, Timestamp)
TTL toDateTime(ReceivedAt) + INTERVAL ${vector_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- The frozen coordinates in which vectors are summed up. Sums of two spaces cannot be compared.
CREATE TABLE embedding_spaces ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Stream` LowCardinality(String),
    `Version` UInt32,
    -- Of the vectors; empty when the service makes them itself.
    `Encoder` LowCardinality(String),
    `EncoderSha256` LowCardinality(String),
    `Dimension` UInt32,
    `CreatedAt` DateTime64(3, 'UTC'),
    -- JSON: what the space is made of, and where in Numbers each of its arrays lies.
    `Document` String CODEC(ZSTD(1)),
    `Numbers` Array(Float32) CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(CreatedAt)
ORDER BY (Project, Model, Stream, Version)
TTL toDateTime(CreatedAt) + INTERVAL ${aggregate_days} DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1, ${deduplication_window};

-- Sums over the vectors of a bucket of a monitor's stream, per segment, model version and variant: any window is a sum of
-- rows. A row with Count 0 says that the bucket was looked at; the latest computation of a bucket replaces earlier ones.
-- fsync_*: the vectors are dropped long before these are.
CREATE TABLE embedding_sums ${on_cluster}
(
    `Project` LowCardinality(String),
    `Model` LowCardinality(String),
    `Stream` LowCardinality(String),
    `Space` UInt32,
    `Bucket` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Segment` LowCardinality(String),
    `ModelVersion` LowCardinality(String),
    `Variant` LowCardinality(String),
    `Encoder` LowCardinality(String),
    `EncoderSha256` LowCardinality(String),
    `Count` UInt64 CODEC(ZSTD(1)),
    -- Per dimension: sum and sum of squares.
    `Sums` Array(Float64) CODEC(ZSTD(1)),
    `Squares` Array(Float64) CODEC(ZSTD(1)),
    -- Sum of the random Fourier features.
    `Fourier` Array(Float32) CODEC(ZSTD(1)),
    -- Of the distance from the space's centre: sum and sum of squares.
    `Distance` Float64 CODEC(ZSTD(1)),
    `DistanceSquares` Float64 CODEC(ZSTD(1)),
    -- Vectors nearest to each cluster of the space.
    `Clusters` Array(UInt32) CODEC(ZSTD(1)),
    -- Milliseconds; the latest wins.
    `ComputedAt` UInt64 CODEC(ZSTD(1))
)
ENGINE = ${replicated}ReplacingMergeTree(ComputedAt)
PARTITION BY toYYYYMM(Bucket)
ORDER BY (Project, Model, Stream, Space, Segment, Bucket, ModelVersion, Variant)
TTL toDateTime(Bucket) + INTERVAL ${aggregate_days} DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1,
    min_rows_to_fsync_after_merge = 1, ${deduplication_window};
