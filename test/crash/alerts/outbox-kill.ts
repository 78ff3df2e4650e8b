import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@tidewatch/core';
import { openStore } from '@tidewatch/store';
import { startRedis } from '../../harness/redis.js';
import type { DeathPoint } from './step-counter.js';
import { killRun, type KillPlan, type KillResult } from './kill-run.js';
import type { Amputation, QueueKind } from './victim-task.js';

/** How often a process is killed, and where. */
export interface OutboxKillOptions {
  readonly queue: QueueKind;
  readonly runs: number;
  readonly seed: number;
  /** Runs at a time. Default 1. */
  readonly parallel?: number;
  /** Default `nothing`. */
  readonly without?: Amputation;
  /** How the steps begin at which processes die. Default: every step. */
  readonly among?: string;
  readonly onRun?: (number: number, result: KillResult) => void;
}

/** All runs together. */
export interface OutboxKillReport {
  readonly queue: QueueKind;
  /** Steps of a process that is not killed. */
  readonly steps: number;
  /** Runs in which a process was killed. */
  readonly killed: number;
  /** How often a process died at each step. */
  readonly killedAt: Readonly<Record<string, number>>;
  /** Everything that was wrong, with the number of the run. */
  readonly lost: readonly string[];
  readonly duplicates: readonly string[];
}

/** Every third process is killed a second time, within so many steps of its next life. */
const SECOND_KILL_WITHIN = 40;

/**
 * Kills alerting at steps that are spread over everything it does, each run over a store of its own.
 *
 * The first run is not killed: it counts the steps, and has to be faultless too.
 */
export async function runOutboxKill(options: OutboxKillOptions): Promise<OutboxKillReport> {
  const { queue, runs, seed, parallel = 1, without = 'nothing', among = '', onRun } = options;
  const random = seededRandom(seed);
  const template = await makeTemplate();
  // Every run gets a database of its own: nothing of another one is left in it.
  const redis = queue === 'bull' ? await startRedis({ settings: ['--databases', String(runs + 2)] }) : null;
  const planOf = (number: number, kills: readonly DeathPoint[]): KillPlan => ({
    kills,
    without,
    redisUrl: redis === null ? null : `${redis.url}/${number}`,
    movesOn: random() < 0.5,
  });
  try {
    const first = await killRun(template, planOf(0, []));
    onRun?.(0, first);
    const steps = first.steps.filter((step) => step.startsWith(among)).length;
    const plans = killSteps(steps, runs, random).map((number, index) => {
      const again = { among: '', number: 1 + Math.floor(random() * SECOND_KILL_WITHIN) };
      return planOf(index + 1, [{ among, number }, ...(index % 3 === 2 ? [again] : [])]);
    });
    const results = [first, ...(await inLanes(plans, parallel, (plan, index) => run(plan, index)))];
    return reportOf(queue, results);
  } finally {
    await redis?.stop();
    rmSync(template, { recursive: true, force: true });
  }

  async function run(plan: KillPlan, index: number): Promise<KillResult> {
    const result = await killRun(template, plan);
    onRun?.(index + 1, result);
    return result;
  }
}

/** Every step at least once where there are enough runs; else evenly spread, with a seeded beginning. */
function killSteps(steps: number, runs: number, random: () => number): number[] {
  const offset = random();
  return Array.from({ length: runs }, (_, run) =>
    runs >= steps ? 1 + (run % steps) : 1 + Math.floor(((run + offset) / runs) * steps),
  );
}

/** A store with all its tables, so that not every run has to make them. */
async function makeTemplate(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tidewatch-kill-template-'));
  const store = await openStore({
    mode: { kind: 'embedded', dataDir, announce: { pid: process.pid, url: '' } },
    migrationsDir: join(process.cwd(), 'migrations'),
    retention: { rawDays: 30, vectorDays: 7, aggregateDays: 400 },
    processName: 'kill-template',
  });
  await store.close();
  return dataDir;
}

async function inLanes<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function reportOf(queue: QueueKind, results: readonly KillResult[]): OutboxKillReport {
  const killedAt: Record<string, number> = {};
  results
    .flatMap((result) => result.killedAt)
    .forEach((step) => (killedAt[step] = (killedAt[step] ?? 0) + 1));
  const said = (pick: (result: KillResult) => readonly string[]): string[] =>
    results.flatMap((result, number) =>
      pick(result).map(
        (text) =>
          `run ${number} (killed ${result.killedAt.join(', then ') || 'never'}): ${text} ${result.dataDir}`,
      ),
    );
  return {
    queue,
    steps: results[0]?.steps.length ?? 0,
    killed: results.filter((result) => result.killedAt.length > 0).length,
    killedAt,
    lost: said(({ lost }) => lost),
    duplicates: said(({ duplicates }) => duplicates),
  };
}
