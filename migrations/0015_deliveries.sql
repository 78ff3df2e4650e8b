-- Who or what caused a change: a person, a member, and what was said.
ALTER TABLE incident_events ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Member` String AFTER `Summary`,
    ADD COLUMN IF NOT EXISTS `Actor` LowCardinality(String) AFTER `Member`,
    ADD COLUMN IF NOT EXISTS `Detail` String AFTER `Actor`;

-- Outcome is one of started, retry, delivered, rejected, superseded, replayed. A row with the outcome `started` is written
-- before a message goes to a receiver that would take a repetition for a second message; the row of its result replaces it.
-- An intent is done when its newest row is delivered, rejected or superseded.
ALTER TABLE notification_events ${on_cluster}
    -- Names the object at the receiver for later messages; written by the channel, without secrets.
    ADD COLUMN IF NOT EXISTS `Ref` String AFTER `NextAttemptAt`,
    -- Why the message was sent, such as opened or repeated.
    ADD COLUMN IF NOT EXISTS `Why` LowCardinality(String) AFTER `Ref`,
    ADD COLUMN IF NOT EXISTS `Severity` LowCardinality(String) AFTER `Why`,
    -- When the message was to go out.
    ADD COLUMN IF NOT EXISTS `DueAt` DateTime64(3, 'UTC') AFTER `Severity`;
