import { afterAll, expect, test } from '@jest/globals';
import { newFolder, removeFolders, startJournal, unbalanced, until } from '../fixtures/journal-run.js';
import { DAY_START, idOf, recordOf } from '../fixtures/records.js';

afterAll(removeFolders);

const SECONDS = 600;
const POINTS_PER_SECOND = 20_000;

test('a store that is away for ten minutes at 20,000 points a second gets everything, once and in order', async () => {
  let seconds = 0;
  const clock = { now: () => DAY_START + seconds * 1_000, monotonic: () => seconds * 1_000 };
  // Closed by age at real speed all along, so that the flusher is at work on the oldest segment throughout.
  const { journal, sink, events } = await startJournal({
    dir: newFolder(),
    clock,
    flushIntervalMs: 20,
    segmentBytes: 16_384,
    dedupeWindowMs: 900_000,
  });
  sink.down = true;
  for (seconds = 0; seconds < SECONDS; seconds += 1) {
    await journal.append({ ...recordOf(seconds), items: POINTS_PER_SECOND });
  }
  await until(() => sink.attempts >= 2);
  const away = journal.status();
  expect(away.perSignal.metrics).toMatchObject({
    received: SECONDS * POINTS_PER_SECOND,
    stored: 0,
    pending: SECONDS * POINTS_PER_SECOND,
  });
  expect(away.oldestAgeMs).toBe(SECONDS * 1_000);
  expect(away.sinkFailingSince).not.toBeNull();
  expect(unbalanced(journal)).toEqual([]);
  // A client that missed the very first answer, ten minutes ago.
  expect(journal.lookup(idOf(0))).toMatchObject({ items: POINTS_PER_SECOND });

  sink.down = false;
  await journal.flushed();
  expect(journal.status().perSignal.metrics).toMatchObject({
    received: SECONDS * POINTS_PER_SECOND,
    stored: SECONDS * POINTS_PER_SECOND,
    pending: 0,
  });
  expect([...sink.stored.values()].join('')).toBe(
    Array.from({ length: SECONDS }, (_unused, second) => `${second};`).join(''),
  );
  expect(sink.conflicts).toEqual([]);
  expect(events.map(({ kind }) => kind)).toEqual(['sink-failing', 'sink-recovered']);
  await journal.close();
}, 60_000);
