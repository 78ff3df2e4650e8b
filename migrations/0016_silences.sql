-- Promises to be quiet about what matches, each with an end. A change is a further row: the highest Version of an Id holds,
-- and nothing is deleted. There is no expiry: who kept what quiet, and why, is asked long after.
CREATE TABLE silences ${on_cluster}
(
    `Project` LowCardinality(String),
    `Id` String,
    -- 1 when it is made, 2 when it is taken back.
    `Version` UInt32,
    -- All must hold: JSON array of {label, op, value}.
    `Matchers` String CODEC(ZSTD(1)),
    `StartsAt` DateTime64(3, 'UTC'),
    `EndsAt` DateTime64(3, 'UTC'),
    `Comment` String CODEC(ZSTD(1)),
    `CreatedBy` LowCardinality(String),
    `CreatedAt` DateTime64(3, 'UTC'),
    `WithdrawnAt` Nullable(DateTime64(3, 'UTC'))
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (Project, Id, Version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
