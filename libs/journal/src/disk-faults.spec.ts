import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { errorCode } from '@tidewatch/core';
import { faultyDisk, smallDisk } from '../fixtures/faulty-disk.js';
import { crashCopy, newFolder, removeFolders, startJournal, unbalanced } from '../fixtures/journal-run.js';
import { idOf, largeRecord, recordOf } from '../fixtures/records.js';
import { nodeDisk, type Disk } from './disk.js';

const MEBIBYTE = 1 << 20;
const mounts: string[] = [];

afterAll(() => {
  mounts.forEach((dir) => execFileSync('umount', ['-l', dir]));
  removeFolders();
});

/** A file system of 1 MiB, or `null` where this process may not mount one. */
function mountSmall(): string | null {
  const dir = newFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tidewatch-test', dir], { stdio: 'ignore' });
  } catch {
    return null;
  }
  mounts.push(dir);
  return dir;
}

interface SmallDisk {
  readonly dir: string;
  readonly disk: Disk;
  readonly fill: () => void;
  readonly free: () => void;
}

/** Simulated: exact to the byte, and available everywhere. */
function simulated(): SmallDisk {
  const dir = newFolder();
  let capacity = MEBIBYTE;
  return {
    dir,
    disk: smallDisk(dir, () => capacity),
    fill: () => (capacity = 0),
    free: () => (capacity = MEBIBYTE),
  };
}

/** Real where that is permitted: the kernel's own short writes and errors, to the page. */
function mounted(): SmallDisk {
  const dir = mountSmall();
  if (dir === null) {
    return simulated();
  }
  const ballast = join(dir, 'ballast');
  const fill = () => {
    try {
      writeFileSync(ballast, Buffer.alloc(2 * MEBIBYTE));
    } catch (error) {
      expect(errorCode(error)).toBe('ENOSPC');
    }
  };
  return { dir, disk: nodeDisk, fill, free: () => rmSync(ballast) };
}

describe.each([
  ['simulated', simulated],
  ['mounted', mounted],
])('a full disk, %s', (_, make) => {
  test('refuses, keeps what it had, and goes on by itself once segments have been stored', async () => {
    const { dir, disk } = make();
    const { journal, sink, events, crash } = await startJournal({ dir, disk, segmentBytes: 300_000 });
    sink.down = true;
    const taken: number[] = [];
    const refused: number[] = [];
    for (let n = 0; n < 30; n += 1) {
      await journal.append(largeRecord(n, 60_000)).then(
        () => taken.push(n),
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'journal.disk-full', retryable: true });
          refused.push(n);
        },
      );
    }
    expect(taken.length).toBeGreaterThan(10);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused.map((n) => journal.lookup(idOf(n)))).toEqual(refused.map(() => null));
    expect(unbalanced(journal)).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'disk-full')).toHaveLength(1);
    const asItWas = crashCopy(dir);
    sink.down = false;
    await journal.flushed();
    for (const n of refused.slice(0, 5)) {
      await journal.append(largeRecord(n, 60_000));
    }
    await journal.flushed();
    const expected = [...taken, ...refused.slice(0, 5)].sort((a, b) => a - b);
    expect(sink.numbers()).toEqual(expected);
    expect(unbalanced(journal)).toEqual([]);
    await crash();
    const restarted = await startJournal({ dir: asItWas });
    await restarted.journal.flushed();
    expect(restarted.sink.numbers()).toEqual(taken);
    expect(restarted.events).toEqual([]);
    await restarted.journal.close();
  });

  test('filled by somebody else to the last byte: flushing still makes room, requests stay known', async () => {
    const { dir, disk, fill, free } = make();
    const { journal, sink, crash } = await startJournal({ dir, disk });
    for (let n = 0; n < 3; n += 1) {
      await journal.append(largeRecord(n, 60_000));
    }
    fill();
    await expect(journal.append(largeRecord(3, 60_000))).rejects.toMatchObject({ code: 'journal.disk-full' });
    await journal.flushed();
    expect(sink.numbers()).toEqual([0, 1, 2]);
    expect(readdirSync(dir).filter((name) => name.endsWith('.seg'))).toEqual([]);
    expect(journal.lookup(idOf(1))).not.toBeNull();
    free();
    await journal.append(largeRecord(3, 60_000));
    await journal.flushed();
    expect(sink.numbers()).toEqual([0, 1, 2, 3]);
    await crash();
  });
});

describe('a disk that fails', () => {
  test('in fdatasync: refused, cut away, and nothing appears twice or comes back', async () => {
    let failing = false;
    const disk = faultyDisk((call, file) =>
      failing && call === 'sync' && file.endsWith('.seg') ? 'EIO' : undefined,
    );
    const { journal, sink, events, dir } = await startJournal({ disk });
    await journal.append(recordOf(1));
    failing = true;
    await expect(journal.append(recordOf(2))).rejects.toMatchObject({ code: 'journal.io', retryable: true });
    expect(journal.lookup(idOf(2))).toBeNull();
    // While the failed segment cannot be cut nothing else may be taken, or the refused record could come back beside it.
    await expect(journal.append(recordOf(2))).rejects.toMatchObject({ code: 'journal.io' });
    failing = false;
    await journal.append(recordOf(2));
    const copy = crashCopy(dir);
    await journal.flushed();
    expect(sink.numbers()).toEqual([1, 2]);
    expect([...sink.stored.values()]).toEqual(['1;', '2;']);
    expect(events.map(({ kind }) => kind)).toEqual(['disk-error']);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
    const restarted = await startJournal({ dir: copy });
    await restarted.journal.flushed();
    expect(restarted.sink.numbers()).toEqual([1, 2]);
    await restarted.journal.close();
  });

  test.each<[string, keyof Disk]>([
    ['opening a segment', 'open'],
    ['writing', 'write'],
    ['syncing', 'sync'],
    ['making the name durable', 'syncDirectory'],
  ])('in %s for the first record of a segment: refused and no trace of it', async (_, broken) => {
    let failing = true;
    const { journal, sink, dir } = await startJournal({
      disk: faultyDisk((call, file) =>
        failing && call === broken && (file.endsWith('.seg') || call === 'syncDirectory') && ready
          ? 'EIO'
          : undefined,
      ),
    });
    ready = true;
    await expect(journal.append(recordOf(1))).rejects.toMatchObject({ code: 'journal.io' });
    failing = false;
    const copy = crashCopy(dir);
    await journal.append(recordOf(2));
    await journal.flushed();
    expect(sink.numbers()).toEqual([2]);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
    const restarted = await startJournal({ dir: copy });
    await restarted.journal.append(recordOf(1));
    await restarted.journal.flushed();
    expect(restarted.sink.numbers()).toEqual([1]);
    await restarted.journal.close();
    ready = false;
  });

  test.each<[string, keyof Disk, string]>([
    ['reading a segment', 'read', '.seg'],
    ['closing a segment', 'truncate', '.seg'],
    ['keeping the identities', 'open', '.seen.tmp'],
    ['removing a segment', 'unlink', '.seg'],
    ['writing a dead letter', 'open', '.batch.tmp'],
  ])('in %s: the flusher tries again', async (_, broken, end) => {
    let failures = 2;
    const disk = faultyDisk((call, file) =>
      call === broken && file.endsWith(end) && failures-- > 0 ? 'EIO' : undefined,
    );
    const { journal, sink, events } = await startJournal({ disk });
    sink.poison.add('points/2');
    await journal.append(recordOf(1));
    await journal.append(recordOf(2, { blocks: [{ ...recordOf(2).blocks[0]!, layout: 'points/2' }] }));
    await journal.flushed();
    expect(failures).toBeLessThan(1);
    expect(sink.numbers()).toEqual([1]);
    expect(sink.conflicts).toEqual([]);
    expect(await journal.deadLetters()).toHaveLength(1);
    expect(events.filter(({ kind }) => kind === 'disk-error')).toHaveLength(1);
    expect(unbalanced(journal)).toEqual([]);
    await journal.close();
  });
});

/** Whether the journal is open: opening it makes names durable too. */
let ready = false;
