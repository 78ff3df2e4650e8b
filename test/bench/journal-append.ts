import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal, type IngestRecord, type Journal } from '@tidewatch/journal';
import { figure, type Figure } from './figure.js';

const APPENDERS = 32;
const RECORD_BYTES = 60_000;
const WARM_UP = 1_000;
const RECORDS = 10_000;
/** The figure is held to the CPU time of this many bytes: what 600 requests of 60 KB a second come to. */
const CPU_UNIT_BYTES = 60_000_000;

/** What a run took: bytes a second, and CPU time for {@link CPU_UNIT_BYTES}. */
interface Run {
  readonly megabytesPerSecond: number;
  readonly mainThreadSeconds: number;
}

/**
 * `journal-append` and `journal-append-cpu`: 32 senders, each waiting for the answer to one record of 60 KB before it sends
 * the next, until all records are on disk; segments are read back and flushed into a sink that does nothing meanwhile, as in
 * a running server. The baseline appends the same bytes to one file and calls fdatasync for every record.
 */
export async function benchJournalAppend(): Promise<Figure[]> {
  const dir = await mkdtemp(join(tmpdir(), 'journal-append-'));
  try {
    const ours = await journalRun(join(dir, 'journal'));
    const baseline = await plainRun(join(dir, 'plain'));
    const baselineName = 'appendFile and fdatasync for each record';
    return [
      figure({
        name: 'journal-append',
        value: ours.megabytesPerSecond,
        unit: 'MB/s',
        baseline: baseline.megabytesPerSecond,
        baselineName,
        floor: { atLeast: 200 },
      }),
      figure({
        name: 'journal-append-cpu',
        value: ours.mainThreadSeconds,
        unit: 'main-thread CPU-s per 60 MB',
        baseline: baseline.mainThreadSeconds,
        baselineName,
        floor: { atMost: 0.1 },
      }),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function journalRun(dir: string): Promise<Run> {
  const sink = { insert: async () => undefined, announce: async () => undefined };
  const journal: Journal = await openJournal({ dir, sink, maxBytes: 8 * 2 ** 30 });
  await appendAll(WARM_UP, (bytes) => journal.append(recordOf(bytes)));
  const run = await measured(() => appendAll(RECORDS, (bytes) => journal.append(recordOf(bytes))));
  await journal.close();
  return run;
}

async function plainRun(path: string): Promise<Run> {
  const file = await open(path, 'a');
  const write = async (bytes: Uint8Array) => {
    await file.appendFile(bytes);
    await file.datasync();
  };
  // One after another: two of these calls at a time on one file could mix their bytes.
  let turn = Promise.resolve();
  const run = await measured(() => appendAll(RECORDS, (bytes) => (turn = turn.then(() => write(bytes)))));
  await file.close();
  return run;
}

async function appendAll(count: number, append: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  let left = count;
  const sender = async () => {
    while (left > 0) {
      left -= 1;
      // Each its own memory, as decoded requests have; filled beforehand it would stay in the processor's cache.
      await append(Buffer.allocUnsafeSlow(RECORD_BYTES).fill(left));
    }
  };
  await Promise.all(Array.from({ length: APPENDERS }, sender));
}

function recordOf(bytes: Uint8Array): IngestRecord {
  const day = 20_000;
  const block = (layout: string, from: number, to: number) => ({
    layout,
    day,
    rows: 500,
    minTime: day * 86_400_000,
    maxTime: day * 86_400_000 + 1,
    bytes: bytes.subarray(from, to),
  });
  return {
    id: randomFillSync(new Uint8Array(16)),
    project: 'default',
    signal: 'metrics',
    items: 1_000,
    rejected: 0,
    blocks: [block('metric_points/1', 0, 40_000), block('metric_histograms/1', 40_000, bytes.length)],
  };
}

async function measured(work: () => Promise<void>): Promise<Run> {
  const cpu = mainThreadSeconds();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const bytes = RECORDS * RECORD_BYTES;
  return {
    megabytesPerSecond: bytes / 1e6 / seconds,
    mainThreadSeconds: ((mainThreadSeconds() - cpu) / bytes) * CPU_UNIT_BYTES,
  };
}

/** CPU time of this thread alone where the system tells, else of the whole process. */
function mainThreadSeconds(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }
}
