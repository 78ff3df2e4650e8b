-- Stretches of time whose events an SLO does not count, or counts as good. A change is a further row: the highest Version of an
-- Id holds, and nothing is deleted. There is no expiry: a correction without an end stays in force, and they are few.
CREATE TABLE slo_corrections ${on_cluster}
(
    `Project` LowCardinality(String),
    `Id` String,
    -- 1 when it is made, 2 when it is withdrawn.
    `Version` UInt32,
    -- Names of SLOs; empty for all of the project.
    `Slos` Array(LowCardinality(String)),
    `Category` LowCardinality(String),
    `Effect` LowCardinality(String),
    -- The first occurrence.
    `From` DateTime64(3, 'UTC'),
    `To` DateTime64(3, 'UTC'),
    -- RFC 5545 recurrence rule, empty for once; by the clocks of TimeZone.
    `RRule` String,
    `TimeZone` LowCardinality(String),
    `Reason` String CODEC(ZSTD(1)),
    `Actor` LowCardinality(String),
    `CreatedAt` DateTime64(3, 'UTC'),
    `WithdrawnAt` Nullable(DateTime64(3, 'UTC'))
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (Project, Id, Version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- Who changed what, when and by which request. Rows are only ever added; one that is sent again is one row.
CREATE TABLE audit_log ${on_cluster}
(
    `Project` LowCardinality(String),
    `At` DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
    `Actor` LowCardinality(String),
    -- Such as correction.create.
    `Action` LowCardinality(String),
    `ObjectKind` LowCardinality(String),
    `ObjectId` String,
    `RequestId` String,
    -- The object before and after the change, JSON; empty where there was or is none.
    `Before` String CODEC(ZSTD(3)),
    `After` String CODEC(ZSTD(3))
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(At)
ORDER BY (Project, At, ObjectKind, ObjectId, Action, RequestId)
TTL toDateTime(At) + INTERVAL 400 DAY
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
