-- Where an attempt went, as a receiver's destination in JSON without secrets; empty in rows from before. What was opened
-- there is changed and closed there, although the rules may lead elsewhere by then.
ALTER TABLE notification_events ${on_cluster}
    ADD COLUMN IF NOT EXISTS `Destination` String CODEC(ZSTD(1)) AFTER `DueAt`;
