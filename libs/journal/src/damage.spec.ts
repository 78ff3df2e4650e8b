import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { newFolder, removeFolders, startJournal, unbalanced, useMemory } from '../fixtures/journal-run.js';
import { idOf, recordOf } from '../fixtures/records.js';
import { HEADER_BYTES } from './segment-header.js';

useMemory();
afterAll(removeFolders);

const COUNT = 3;
const all = Array.from({ length: COUNT }, (_, n) => n);

/** A folder with one segment of {@link COUNT} records; where each ends. */
async function folderWithSegment(closed: boolean) {
  const run = await startJournal();
  run.sink.down = true;
  const ends: number[] = [];
  for (const n of all) {
    await run.journal.append(recordOf(n));
    ends.push(run.journal.status().bytes);
  }
  const open = await run.crash();
  const dir = closed ? run.dir : open;
  const name = readdirSync(dir).find((each) => each.endsWith('.seg'))!;
  return { dir, ends, name, bytes: readFileSync(join(dir, name)) };
}

/** Calls `check` for every number below `count`, several at a time: most of it is waiting for the disk. */
async function forEvery(count: number, check: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      await check(next++);
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
}

/** Opens a copy of the folder with `bytes` as its segment; what was stored, and what was told. */
async function openWith(dir: string, name: string, bytes: Uint8Array) {
  const copy = newFolder();
  cpSync(dir, copy, { recursive: true });
  writeFileSync(join(copy, name), bytes);
  const { journal, sink, events } = await startJournal({ dir: copy });
  await journal.flushed();
  const known = all.filter((n) => journal.lookup(idOf(n)) !== null);
  const wrong = unbalanced(journal);
  const { metrics } = journal.status().perSignal;
  await journal.close();
  rmSync(copy, { recursive: true });
  return { stored: sink.numbers(), known, wrong, metrics, kinds: events.map(({ kind }) => kind) };
}

describe.each([
  ['closed', true],
  ['not closed', false],
])('a segment that was %s', (_, closed) => {
  test('cut at every byte: every whole record is stored and known, the cut is told once', async () => {
    const { dir, name, bytes, ends } = await folderWithSegment(closed);
    await forEvery(bytes.length, async (cut) => {
      const { stored, known, wrong, kinds, metrics } = await openWith(dir, name, bytes.subarray(0, cut));
      const whole = all.filter((n) => ends[n]! <= cut);
      expect({ cut, stored, known, wrong }).toEqual({ cut, stored: whole, known: whole, wrong: [] });
      expect(metrics).toMatchObject({ received: whole.length, stored: whole.length });
      // Cut between two records, or behind nothing, there is nothing torn.
      const torn = cut > 0 && !ends.includes(cut) && cut !== HEADER_BYTES;
      expect({ cut, kinds }).toEqual({ cut, kinds: torn ? ['torn-tail'] : [] });
    });
  });

  test('damaged at every byte: at most that record is missing, and it is told', async () => {
    const { dir, name, bytes, ends } = await folderWithSegment(closed);
    await forEvery(bytes.length, async (at) => {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 << (at & 7);
      const { stored, wrong, kinds } = await openWith(dir, name, damaged);
      const hit = at < HEADER_BYTES ? -1 : ends.findIndex((end) => at < end);
      expect({ at, stored, wrong }).toEqual({ at, stored: all.filter((n) => n !== hit), wrong: [] });
      if (hit !== -1) {
        expect({ at, kinds }).toEqual({ at, kinds: [closed || hit < COUNT - 1 ? 'damaged' : 'torn-tail'] });
      }
    });
  });
});

test('a segment whose headers are both overwritten is kept aside, at start and while it waits', async () => {
  const { dir, name, bytes } = await folderWithSegment(true);
  bytes.fill(0, 0, HEADER_BYTES);
  writeFileSync(join(dir, name), bytes);
  const { journal, sink, events } = await startJournal({ dir });
  expect(readdirSync(dir)).toContain(name.replace('.seg', '.bad'));
  await journal.append(recordOf(8));
  const own = readdirSync(dir).find((each) => each.endsWith('.seg'))!;
  writeFileSync(join(dir, own), Buffer.alloc(HEADER_BYTES), { flag: 'r+' });
  const flushed = journal.flushed();
  await journal.append(recordOf(9));
  await flushed;
  await journal.flushed();
  expect(sink.numbers()).toEqual([9]);
  expect(readdirSync(dir)).toContain(own.replace('.seg', '.bad'));
  expect(events.map(({ kind }) => kind)).toEqual(['damaged', 'damaged']);
  expect(journal.status().damaged.records).toBe(2);
  expect(journal.status().perSignal.metrics).toMatchObject({ received: 2, stored: 1, rejected: 1 });
  expect(unbalanced(journal)).toEqual([]);
  await journal.close();
});

test('records damaged after they were accepted count as rejected; the folder without its segment goes on', async () => {
  const { journal, dir, sink, events } = await startJournal();
  await journal.append(recordOf(1));
  const segment = () =>
    join(
      dir,
      readdirSync(dir).find((name) => name.endsWith('.seg'))!,
    );
  const bytes = readFileSync(segment());
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(segment(), bytes);
  await journal.append(recordOf(2));
  await journal.flushed();
  expect(sink.numbers()).toEqual([2]);
  expect(journal.status().perSignal.metrics).toMatchObject({
    received: 2,
    stored: 1,
    rejected: 1,
    pending: 0,
  });
  await journal.append(recordOf(3));
  rmSync(segment());
  await journal.append(recordOf(4));
  await journal.flushed();
  expect(journal.status().perSignal.metrics).toMatchObject({
    received: 4,
    stored: 1,
    rejected: 3,
    pending: 0,
  });
  expect(unbalanced(journal)).toEqual([]);
  expect(events.map(({ kind }) => kind)).toEqual(['damaged', 'damaged']);
  await journal.close();
});
