-- One row is one state change of an incident together with the notifications it asks for. Epoch fences off a writer
-- that lost the lease.
CREATE TABLE incident_events ${on_cluster}
(
    `Project` LowCardinality(String),
    `IncidentId` String,
    `Sequence` UInt32,
    `Epoch` UInt64,
    `At` DateTime64(3, 'UTC'),
    `Kind` LowCardinality(String),
    `Status` LowCardinality(String),
    `Severity` LowCardinality(String),
    `Service` LowCardinality(String),
    `Region` LowCardinality(String),
    `Model` LowCardinality(String),
    `Generation` UInt32,
    `Summary` String,
    -- The incident after the change, JSON.
    `State` String CODEC(ZSTD(3)),
    -- The notification intents that belong to the change, JSON array.
    `Intents` String CODEC(ZSTD(3))
)
ENGINE = ${replicated}ReplacingMergeTree(Epoch)
PARTITION BY toYYYYMM(At)
ORDER BY (Project, IncidentId, Sequence)
TTL toDateTime(At) + INTERVAL ${aggregate_days} DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};

-- One row per delivery attempt. An intent is done when it has a row whose Outcome is delivered or rejected.
CREATE TABLE notification_events ${on_cluster}
(
    `Project` LowCardinality(String),
    `IntentId` String,
    `Attempt` UInt32,
    `IncidentId` String,
    `Sequence` UInt32,
    `Receiver` LowCardinality(String),
    `Channel` LowCardinality(String),
    `Action` LowCardinality(String),
    `At` DateTime64(3, 'UTC'),
    `Outcome` LowCardinality(String),
    `Reason` String,
    `HttpStatus` UInt16,
    `LatencyMs` Float64,
    -- When to try again; meaningful for the outcome `retry` only.
    `NextAttemptAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(At)
ORDER BY (Project, IntentId, Attempt)
TTL toDateTime(At) + INTERVAL ${aggregate_days} DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
