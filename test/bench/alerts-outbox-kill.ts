import { runOutboxKill, type OutboxKillReport } from '../crash/alerts/outbox-kill.js';
import type { Amputation, QueueKind } from '../crash/alerts/victim-task.js';
import { figure, type Figure } from './figure.js';

/** Of each queue. */
const RUNS = 100;
/** Of what is known to lose or repeat messages; over the queue in memory. */
const BASELINE_RUNS = 20;
const SEED = 20_261_128;
/** The processes wait for timers and for one another most of the time. */
const PARALLEL = 2;
/** Where processes die: for a baseline where it hurts, so that few runs are enough. */
const DEADLY: Readonly<Record<Amputation, string>> = {
  nothing: '',
  outbox: 'storing changes has ended',
  starts: 'a request to Slack has ended',
};

/**
 * `outbox-kill`: alerting is killed with SIGKILL at steps spread over everything it does, 100 times with each queue, and
 * goes on in another process; how much was lost, and how much was told twice.
 *
 * Baseline of the losses: a delivery that finds nothing in its outbox after a restart. Of the repetitions: one that does
 * not store an attempt before it makes it.
 */
export async function benchOutboxKill(): Promise<Figure[]> {
  const reports = [await killed('in-process'), await killed('bull')];
  const noOutbox = await killed('in-process', 'outbox');
  const noStarts = await killed('in-process', 'starts');
  const count = (pick: (report: OutboxKillReport) => readonly string[]): number =>
    reports.reduce((sum, report) => sum + pick(report).length, 0);
  return [
    figure({
      name: 'outbox-kill-lost',
      value: count(({ lost }) => lost),
      unit: 'faults',
      baseline: noOutbox.lost.length,
      baselineName: `messages in memory, ${BASELINE_RUNS} runs`,
      floor: { atMost: 0 },
    }),
    figure({
      name: 'outbox-kill-duplicates',
      value: count(({ duplicates }) => duplicates),
      unit: 'faults',
      baseline: noStarts.duplicates.length,
      baselineName: `attempts stored afterwards only, ${BASELINE_RUNS} runs`,
      floor: { atMost: 0 },
    }),
  ];
}

async function killed(queue: QueueKind, without: Amputation = 'nothing'): Promise<OutboxKillReport> {
  const runs = without === 'nothing' ? RUNS : BASELINE_RUNS;
  const among = DEADLY[without];
  const report = await runOutboxKill({ queue, runs, without, among, seed: SEED, parallel: PARALLEL });
  if (without === 'nothing') {
    const { steps, killedAt, lost, duplicates } = report;
    const kinds = Object.keys(killedAt).length;
    process.stderr.write(
      `${queue}: ${report.killed} of ${runs} runs killed, ${steps} steps of ${kinds} kinds\n`,
    );
    [...lost, ...duplicates].forEach((text) => process.stderr.write(`  ${text}\n`));
  }
  return report;
}
