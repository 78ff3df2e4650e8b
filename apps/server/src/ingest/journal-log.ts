import { formatDuration } from '@tidewatch/core';
import type { JournalEvent } from '@tidewatch/journal';
import type { Logger } from 'pino';

/** Writes what the journal tells into the log. The journal tells a lasting state once when it begins and once when it ends. */
export function logJournalEvent(logger: Logger, event: JournalEvent): void {
  const { kind, ...facts } = event;
  switch (kind) {
    case 'torn-tail':
      logger.warn(
        facts,
        'the journal ended in the middle of a write, which nobody had been told of; it was cut off',
      );
      return;
    case 'damaged':
      logger.error(facts, 'the journal holds records that can no longer be read; they were skipped');
      return;
    case 'sink-failing':
      logger.error(facts, 'ClickHouse takes no data; what arrives stays in the journal until it does');
      return;
    case 'sink-recovered':
      logger.info(
        { afterMs: event.afterMs },
        `ClickHouse takes data again after ${formatDuration(Math.round(event.afterMs / 1_000) * 1_000)}`,
      );
      return;
    case 'dead-letter':
      logger.error(facts, 'ClickHouse refused a batch for good; it was put aside: tidewatch journal ls');
      return;
    case 'announce-refused':
      logger.error(facts, 'ClickHouse stored data but refused to note it; freshness of verdicts may suffer');
      return;
    case 'disk-full':
      logger.error('the disk of the journal is full; senders are told to come back');
      return;
    case 'disk-recovered':
      logger.info('the disk of the journal has room again');
      return;
    case 'disk-error':
      logger.error(facts, 'the disk of the journal failed');
      return;
  }
}
