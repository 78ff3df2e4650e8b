-- What was done about incidents, or was to be done. A change is a further row: the highest Version of an Id holds, and nothing
-- is deleted. There is no expiry: runs are few, and who agreed to what is worth keeping.
CREATE TABLE action_runs ${on_cluster}
(
    `Project` LowCardinality(String),
    -- The same for every request about one incident at one receiver.
    `Id` String,
    `Version` UInt32,
    -- requested, approved, rejected, expired, cooling-down, sent, succeeded or failed.
    `Status` LowCardinality(String),
    `Receiver` LowCardinality(String),
    `IncidentId` String,
    `Service` LowCardinality(String),
    `Region` LowCardinality(String),
    `Model` LowCardinality(String),
    -- rollback, retrain, promote or scale.
    `Action` LowCardinality(String),
    `DryRun` Bool,
    `NeedsApproval` Bool,
    `CooldownMs` UInt64,
    -- What is sent, JSON; without secrets.
    `Body` String CODEC(ZSTD(3)),
    `RequestedAt` DateTime64(3, 'UTC'),
    `DecidedBy` String,
    `DecidedAt` Nullable(DateTime64(3, 'UTC')),
    -- Of who decided.
    `Comment` String CODEC(ZSTD(1)),
    -- The first attempt.
    `SentAt` Nullable(DateTime64(3, 'UTC')),
    `Attempts` UInt32,
    `NextAttemptAt` Nullable(DateTime64(3, 'UTC')),
    `FinishedAt` Nullable(DateTime64(3, 'UTC')),
    -- Of the latest attempt; 0 when there was no answer.
    `HttpStatus` UInt16,
    -- Why it is as it is, for people.
    `Reason` String CODEC(ZSTD(1)),
    `UpdatedAt` DateTime64(3, 'UTC')
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (Project, Id, Version)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, ${deduplication_window};
