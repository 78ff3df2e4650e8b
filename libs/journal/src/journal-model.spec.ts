import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  crashCopy,
  removeFolders,
  startJournal,
  unbalanced,
  useMemory,
  until,
  type JournalRun,
} from '../fixtures/journal-run.js';
import { blockOf, recordOf } from '../fixtures/records.js';
import { RecordingSink } from '../fixtures/recording-sink.js';
import type { IngestRecord } from './ingest-record.js';

useMemory();
afterAll(removeFolders);

/** What a client knows: the truth that the journal is compared with. */
interface Model {
  /** Sent and acknowledged. */
  readonly acknowledged: Set<number>;
  /** Sent; the answer was lost in a crash. */
  readonly unanswered: Set<number>;
  /** Given up by an operator, who dropped the dead letter they were in. */
  readonly dropped: Set<number>;
  next: number;
  sinkDown: boolean;
}

class Real {
  readonly sink = new RecordingSink();
  run!: JournalRun;

  async open(dir?: string): Promise<void> {
    const place = dir === undefined ? {} : { dir };
    this.run = await startJournal({ ...place, sinkOf: this.sink, segmentBytes: 600, flushIntervalMs: 3 });
  }
}

type Command = fc.AsyncCommand<Model, Real>;

/** Layouts of record `n`: some have series, some two kinds of rows, one in five nothing at all. */
function record(n: number): IngestRecord {
  const layouts = [['points/1'], ['series/1', 'points/1'], ['points/1', 'spans/1'], ['spans/1'], []][n % 5]!;
  const blocks = layouts.map((layout, i) =>
    blockOf({ layout, day: n % 3, bytes: i === layouts.length - 1 ? `${n};` : 'x' }),
  );
  return recordOf(n, { signal: n % 2 === 0 ? 'metrics' : 'logs', blocks });
}

/** Numbers of the records that leave a row in the sink. */
function withRows(numbers: Iterable<number>): number[] {
  return [...numbers].filter((n) => n % 5 !== 4).sort((a, b) => a - b);
}

/** A step of the run; afterwards what must hold at all times is checked. */
function step(name: string, work: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await work(model, real);
      expect(unbalanced(real.run.journal)).toEqual([]);
      expect(real.sink.conflicts).toEqual([]);
      const stored = real.sink.numbers();
      expect(new Set(stored).size).toBe(stored.length);
    },
    toString: () => name,
  };
}

const append = (count: number) =>
  step(`append ${count}`, async (model, real) => {
    const numbers = Array.from({ length: count }, () => model.next++);
    await Promise.all(numbers.map((n) => real.run.journal.append(record(n))));
    numbers.forEach((n) => model.acknowledged.add(n));
  });

const appendAndCrash = (count: number) =>
  step(`append ${count} and crash`, async (model, real) => {
    const numbers = Array.from({ length: count }, () => model.next++);
    const appended = numbers.map((n) => real.run.journal.append(record(n)));
    await Promise.race(appended);
    const dir = await real.run.crash();
    await Promise.all(appended);
    numbers.forEach((n) => model.unanswered.add(n));
    await real.open(dir);
  });

const resend = () =>
  step('resend', async (model, real) => {
    for (const n of model.unanswered) {
      await real.run.journal.append(record(n));
      model.acknowledged.add(n);
    }
    model.unanswered.clear();
  });

const crash = () => step('crash', async (_, real) => real.open(await real.run.crash()));

/** The folder as it is when the sink has stored a batch and the journal has not heard of it. */
const crashAfterInsert = () =>
  step('crash after insert', async (model, real) => {
    let copy: string | undefined;
    const { dir, journal, cut, crash: end } = real.run;
    real.sink.afterInsert = () => {
      copy ??= crashCopy(dir);
      cut();
    };
    const n = model.next++;
    await journal.append(record(n));
    model.acknowledged.add(n);
    if (!model.sinkDown) {
      let flushed = false;
      void journal.flushed().then(
        () => (flushed = true),
        () => undefined,
      );
      // Without a copy when everything became a dead letter.
      await until(() => flushed || copy !== undefined);
    }
    real.sink.afterInsert = () => undefined;
    const latest = await end();
    await real.open(copy ?? latest);
    // The copy may have been made before the answer: the client sends again.
    await real.run.journal.append(record(n));
  });

const reopen = () =>
  step('close and open', async (_, real) => {
    await real.run.journal.close();
    await real.open(real.run.dir);
  });

const setDown = (down: boolean) =>
  step(down ? 'sink fails' : 'sink works', async (model, real) => {
    model.sinkDown = down;
    real.sink.down = down;
  });

const setPoison = (layout: string | null) =>
  step(`poison ${layout}`, async (_, real) => {
    real.sink.poison.clear();
    if (layout !== null) {
      real.sink.poison.add(layout);
    }
  });

const retryAll = () =>
  step('retry dead letters', async (_, real) => {
    for (const { name } of await real.run.journal.deadLetters()) {
      await real.run.journal.retryDeadLetter(name).catch((error: unknown) => {
        expect(error).toMatchObject({ code: expect.stringMatching(/^(store\.|journal\.busy)/) });
      });
    }
  });

const dropAll = () =>
  step('drop dead letters', async (model, real) => {
    for (const { name } of await real.run.journal.deadLetters()) {
      const text = readFileSync(join(real.run.dir, 'dead-letter', `${name}.batch`), 'latin1');
      const rows = text.slice(text.indexOf('\n'));
      await real.run.journal.dropDeadLetter(name).then(
        () => [...rows.matchAll(/(\d+);/g)].forEach((match) => model.dropped.add(Number(match[1]))),
        (error: unknown) => expect(error).toMatchObject({ code: 'journal.busy' }),
      );
    }
  });

const anyCommand = [
  fc.integer({ min: 1, max: 6 }).map(append),
  fc.integer({ min: 1, max: 6 }).map(append),
  fc.integer({ min: 1, max: 6 }).map(appendAndCrash),
  fc.constant(resend()),
  fc.constant(crash()),
  fc.constant(crashAfterInsert()),
  fc.constant(reopen()),
  fc.boolean().map(setDown),
  fc.constantFrom('points/1', 'spans/1', null).map(setPoison),
  fc.constant(retryAll()),
  fc.constant(dropAll()),
];

async function settle(model: Model, real: Real): Promise<void> {
  real.sink.down = false;
  real.sink.poison.clear();
  const { journal } = real.run;
  await journal.flushed();
  for (const { name } of await journal.deadLetters()) {
    await journal.retryDeadLetter(name);
  }
  const stored = real.sink.numbers();
  const promised = [...model.acknowledged].filter((n) => !model.dropped.has(n));
  expect(stored.filter((n) => !model.unanswered.has(n))).toEqual(withRows(promised));
  expect(new Set(stored).size).toBe(stored.length);
  expect(real.sink.conflicts).toEqual([]);
  const { metrics, logs } = journal.status().perSignal;
  expect([metrics.pending, logs.pending]).toEqual([0, 0]);
  await journal.close();
}

test('whatever happens in whatever order: every acknowledged record once, none twice', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(anyCommand, { maxCommands: 30, size: 'max' }), async (commands) => {
      const model: Model = {
        acknowledged: new Set(),
        unanswered: new Set(),
        dropped: new Set(),
        next: 0,
        sinkDown: false,
      };
      const real = new Real();
      await real.open();
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await settle(model, real);
      removeFolders();
    }),
    { seed: 1, numRuns: 40 },
  );
});
