import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  crashCopy,
  newFolder,
  removeFolders,
  startJournal,
  unbalanced,
  until,
} from '../fixtures/journal-run.js';
import { blockOf, DAY_START, idOf, largeRecord, recordOf } from '../fixtures/records.js';
import { RecordingSink } from '../fixtures/recording-sink.js';
import { openJournal } from './open-journal.js';

afterAll(removeFolders);

const HOUR = 3_600_000;

describe('appending', () => {
  test('is known at once, on disk when it resolves, and stored under tokens of one form', async () => {
    const { journal, sink, dir } = await startJournal();
    const appended = journal.append(recordOf(1, { items: 3, rejected: 2 }));
    const seen = journal.lookup(idOf(1));
    expect(seen).toMatchObject({ items: 3, rejected: 2 });
    expect(journal.status().perSignal.metrics.received).toBe(0);
    await appended;
    await seen!.durable;
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 3, pending: 3, stored: 0 });
    expect(unbalanced(journal)).toEqual([]);
    await journal.flushed();
    expect(sink.numbers()).toEqual([1]);
    const [token] = sink.stored.keys();
    expect(token).toMatch(/^[0-9a-f]{16}:1:0$/);
    expect(sink.announced).toEqual([[token]]);
    expect(journal.status()).toMatchObject({ segments: 0, bytes: 0, oldestAgeMs: null });
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 3, pending: 0, stored: 3 });
    expect(journal.status().insertLatency.count).toBe(1);
    expect(readdirSync(dir).filter((name) => name.endsWith('.seg'))).toEqual([]);
    await journal.close();
  });

  test('gathers what arrives during a sync, and keeps series before points across records', async () => {
    const { journal, sink } = await startJournal();
    const series = blockOf({ layout: 'series/1', day: 0, bytes: 's' });
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        journal.append(recordOf(n, n === 150 ? { blocks: [series, blockOf({ bytes: '150;' })] } : {})),
      ),
    );
    await journal.flushed();
    expect(sink.layouts).toEqual(['series/1', 'points/1']);
    expect(sink.numbers()).toEqual(Array.from({ length: 200 }, (_, n) => n));
    await journal.close();
  });

  test('of an identity that is known is a duplicate, even when both copies passed the look-up', async () => {
    const { journal, sink } = await startJournal();
    await Promise.all([journal.append(recordOf(1)), journal.append(recordOf(1))]);
    await journal.append(recordOf(1));
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 3, duplicate: 2, pending: 1 });
    await journal.flushed();
    expect(sink.numbers()).toEqual([1]);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });

  test('flushes by itself after the interval, and at the size of a segment', async () => {
    const byTime = await startJournal({ flushIntervalMs: 1 });
    await byTime.journal.append(recordOf(1));
    await until(() => byTime.sink.numbers().length === 1);
    await byTime.journal.close();
    const bySize = await startJournal({ segmentBytes: 10_000 });
    for (let n = 0; n < 4; n += 1) {
      await bySize.journal.append(largeRecord(n, 4_000));
    }
    await until(() => bySize.sink.stored.size === 1);
    expect(bySize.sink.numbers()).toEqual([0, 1]);
    expect(bySize.journal.status().segments).toBeGreaterThan(0);
    await bySize.journal.close();
  });

  test('a segment holds a bounded number of records, however small they are', async () => {
    const { journal, sink } = await startJournal();
    const empty = { blocks: [blockOf({ bytes: ';' })] };
    await Promise.all(Array.from({ length: 20_000 }, (_, n) => journal.append(recordOf(n, empty))));
    await journal.flushed();
    expect([...sink.stored.values()].map((rows) => rows.length)).toEqual([16_384, 3_616]);
    await journal.close();
  });

  test('a record larger than a segment has one of its own', async () => {
    const { journal, sink } = await startJournal({ segmentBytes: 1_000 });
    await Promise.all([1, 2, 3].map((n) => journal.append(largeRecord(n, n === 2 ? 5_000 : 100))));
    await journal.flushed();
    expect([...sink.stored.values()].map((rows) => rows.length)).toEqual([100, 5_000, 100]);
    await journal.close();
  });

  test('beyond maxBytes is refused until there is room again', async () => {
    const { journal, sink } = await startJournal({ maxBytes: 10_000 });
    sink.down = true;
    await journal.append(largeRecord(1, 8_000));
    const refused = journal.append(largeRecord(2, 4_000));
    await expect(refused).rejects.toMatchObject({ code: 'journal.full', retryable: true });
    expect(journal.lookup(idOf(2))).toBeNull();
    expect(journal.status().perSignal.metrics).toMatchObject({ received: 1, pending: 1 });
    sink.down = false;
    await journal.flushed();
    await journal.append(largeRecord(2, 4_000));
    await journal.flushed();
    expect(sink.numbers()).toEqual([1, 2]);
    await journal.close();
  });

  test('after close is refused, as is waiting', async () => {
    const { journal } = await startJournal();
    await journal.close();
    await expect(journal.append(recordOf(1))).rejects.toMatchObject({ code: 'journal.closed' });
    await expect(journal.flushed()).rejects.toMatchObject({ code: 'journal.closed' });
    await journal.close();
  });
});

describe('flushing', () => {
  test('a sink that fails gets the same batches in the same order until it takes them, and is told of once', async () => {
    const { journal, sink, events } = await startJournal({ segmentBytes: 200 });
    sink.down = true;
    for (let n = 0; n < 6; n += 1) {
      await journal.append(recordOf(n));
    }
    await until(() => sink.attempts >= 3);
    expect(journal.status().sinkFailingSince).not.toBeNull();
    expect(unbalanced(journal)).toEqual([]);
    sink.down = false;
    await journal.flushed();
    const order = [...sink.stored.keys()].map((token) => Number(token.split(':')[1]));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect([...sink.stored.values()].join('')).toBe('0;1;2;3;4;5;');
    expect(sink.conflicts).toEqual([]);
    expect(events.map(({ kind }) => kind)).toEqual(['sink-failing', 'sink-recovered']);
    expect(journal.status().sinkFailingSince).toBeNull();
    await journal.close();
  });

  test('a sink with a defect does not stop the rest for ever', async () => {
    const sink = new RecordingSink();
    const { journal } = await startJournal({ sinkOf: sink });
    sink.afterInsert = ({ layout }) => {
      if (layout === 'points/1') {
        throw new TypeError('a defect');
      }
    };
    await journal.append(recordOf(1));
    await journal.append(recordOf(2, { blocks: [blockOf({ layout: 'spans/1' })] }));
    await journal.flushed();
    expect(await journal.deadLetters()).toMatchObject([{ layout: 'points/1', code: 'unknown' }]);
    expect(sink.layouts).toContain('spans/1');
    await journal.close();
  });

  test('the oldest event time held goes with what is stored; blocks without one do not count', async () => {
    const { journal } = await startJournal();
    expect(journal.oldestPendingTime()).toBeNull();
    const block = (minTime: number) => blockOf({ minTime, maxTime: DAY_START + 9 });
    const appended = journal.append(recordOf(1, { blocks: [block(0), block(DAY_START + 5)] }));
    expect(journal.oldestPendingTime()).toBe(DAY_START + 5);
    await appended;
    await journal.append(recordOf(2, { blocks: [block(DAY_START + 3)] }));
    expect(journal.oldestPendingTime()).toBe(DAY_START + 3);
    await journal.flushed();
    expect(journal.oldestPendingTime()).toBeNull();
    await journal.close();
  });

  test('closing flushes; with the sink away it gives up at once and the next opening goes on', async () => {
    const first = await startJournal();
    await first.journal.append(recordOf(1));
    await first.journal.close();
    expect(first.sink.numbers()).toEqual([1]);
    const second = await startJournal({ dir: first.dir, sinkOf: first.sink });
    second.sink.down = true;
    await second.journal.append(recordOf(2));
    await second.journal.close();
    second.sink.down = false;
    const third = await startJournal({ dir: first.dir, sinkOf: first.sink });
    await third.journal.flushed();
    expect(third.sink.numbers()).toEqual([1, 2]);
    expect(third.events).toEqual([]);
    await third.journal.close();
  });

  test('closing does not wait for a sink that hangs', async () => {
    const dir = newFolder();
    const never = new Promise<void>(() => undefined);
    const sink = { insert: () => never, announce: () => never };
    const hanging = await openJournal({ dir, sink, maxBytes: 1 << 20, closeTimeoutMs: 10 });
    await hanging.append(recordOf(1));
    const waiting = hanging.flushed();
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'journal.closed' }), hanging.close()]);
    const next = await startJournal({ dir });
    await next.journal.flushed();
    expect(next.sink.numbers()).toEqual([1]);
    await next.journal.close();
  });
});

describe('restart', () => {
  test('counts, ages, event times and identities of what is left are those of before', async () => {
    const first = await startJournal();
    first.sink.down = true;
    await first.journal.append(recordOf(1, { items: 4, signal: 'logs', rejected: 1 }));
    await first.journal.append(recordOf(2, { signal: 'traces' }));
    const second = await startJournal({ dir: await first.crash(), sinkOf: first.sink });
    expect(second.journal.status().perSignal.logs).toMatchObject({ received: 4, pending: 4 });
    expect(second.journal.status().perSignal.traces).toMatchObject({ received: 1, pending: 1 });
    expect(second.journal.oldestPendingTime()).toBe(DAY_START);
    expect(second.journal.lookup(idOf(1))).toMatchObject({ items: 4, rejected: 1 });
    await second.journal.close();
  });

  test('a request that was stored before the crash is still known after it', async () => {
    const first = await startJournal();
    await first.journal.append(recordOf(1, { items: 7 }));
    await first.journal.flushed();
    const second = await startJournal({ dir: await first.crash(), sinkOf: first.sink });
    expect(second.journal.lookup(idOf(1))).toMatchObject({ items: 7 });
    await second.journal.append(recordOf(1));
    await second.journal.flushed();
    expect(first.sink.numbers()).toEqual([1]);
    await second.journal.close();
  });

  test('tokens of another opening are never used again, even when the folder is empty or restored', async () => {
    const first = await startJournal();
    const backup = crashCopy(first.dir);
    await first.journal.append(recordOf(1));
    await first.journal.close();
    const second = await startJournal({ dir: backup, sinkOf: first.sink });
    await second.journal.append(recordOf(2));
    await second.journal.close();
    expect(first.sink.numbers()).toEqual([1, 2]);
    expect(first.sink.conflicts).toEqual([]);
  });

  test('a second opener is told who has the folder', async () => {
    const first = await startJournal();
    await expect(startJournal({ dir: first.dir })).rejects.toMatchObject({
      code: 'journal.locked',
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    await first.journal.close();
    const again = await startJournal({ dir: first.dir });
    await again.journal.close();
  });

  test.each([
    ['of a process that is gone', '{"pid":4194305,"processStart":"1"}'],
    ['of an earlier process with the same id', `{"pid":${process.pid},"processStart":"1"}`],
    ['cut short by a crash', '{"pi'],
  ])('a lock %s is stale', async (_, content) => {
    const dir = newFolder();
    writeFileSync(join(dir, 'journal.lock'), content);
    const { journal } = await startJournal({ dir });
    await journal.close();
    expect(readdirSync(dir)).toEqual(['dead-letter']);
  });
});

describe('setting the clock', () => {
  test('back an hour loses nothing, and nothing is known or kept for longer than a window', async () => {
    let [wall, monotonic] = [DAY_START, 0];
    const clock = { now: () => wall, monotonic: () => monotonic };
    const first = await startJournal({ clock, dedupeWindowMs: 900_000 });
    await first.journal.append(recordOf(1));
    await first.journal.flushed();
    wall -= HOUR;
    await first.journal.append(recordOf(2));
    monotonic += 60_000;
    expect(first.journal.status().oldestAgeMs).toBe(60_000);
    await first.journal.flushed();
    monotonic += 500_000;
    expect(first.journal.lookup(idOf(1))).not.toBeNull();
    const copy = await first.crash();
    monotonic = 0;
    const second = await startJournal({ dir: copy, sinkOf: first.sink, clock, dedupeWindowMs: 900_000 });
    expect([1, 2].map((n) => second.journal.lookup(idOf(n)) !== null)).toEqual([true, true]);
    monotonic = 1_100_000;
    expect([1, 2].map((n) => second.journal.lookup(idOf(n)) !== null)).toEqual([false, false]);
    await second.journal.append(recordOf(3));
    await second.journal.flushed();
    await until(() => readdirSync(copy).filter((name) => name.endsWith('.seen')).length === 1);
    expect(first.sink.numbers()).toEqual([1, 2, 3]);
    await second.journal.close();
  });
});
