/**
 * Plays {@link SCRIPT} over a data directory and dies where it is told to: `node victim-main.js TASK`, the task as JSON.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAppError } from '@tidewatch/core';
import { bullDriver, inProcessDriver, localLease, redisLease } from '@tidewatch/jobs';
import type { Store } from '@tidewatch/store';
import { openAlertingParts, policed, type AlertingParts } from '../../harness/alerting-parts.js';
import { readEvidence } from './evidence.js';
import { SCRIPT, signalsOf, type Round } from './script.js';
import { StepCounter } from './step-counter.js';
import { steppedDriver, steppedStore, stepRequests } from './stepped-parts.js';
import { EVIDENCE_FILE, ROUND_FILE, type VictimTask } from './victim-task.js';
import { VICTIM_SECRETS, victimRules } from './victim-rules.js';

/** A lease that a dead process leaves behind runs out while its successor starts. */
const LEASE = { ttlMs: 600, renewMs: 150 };
const SILENT = { info: () => undefined, warn: () => undefined };

const task = JSON.parse(process.argv[2] ?? '{}') as VictimTask;
const steps = new StepCounter(task.killAt);
/** The store without anything in between. */
let store: Store | undefined;

const parts = await openAlertingParts({
  rules: victimRules(task.services),
  environment: VICTIM_SECRETS,
  dataDir: task.dataDir,
  driver: steppedDriver(
    task.redisUrl === null
      ? inProcessDriver()
      : bullDriver({ url: task.redisUrl, lockMs: 1_000, stalledCheckMs: 500 }),
    steps,
  ),
  leases:
    task.redisUrl === null
      ? localLease(Date.now())
      : redisLease({ url: task.redisUrl, ...LEASE, logger: SILENT }),
  wrapStore: (opened) => {
    store = opened;
    return steppedStore(opened, steps, task.without);
  },
  onOutbound: (outbound) => stepRequests(outbound, steps),
});
await play(parts);
const evidence = store === undefined ? null : await readEvidence(store, steps.passed);
writeFileSync(join(task.dataDir, EVIDENCE_FILE), JSON.stringify(evidence));
await parts.close();

async function play({ alerting }: AlertingParts): Promise<void> {
  for (let number = nextRound(); number < SCRIPT.length; number += 1) {
    const round = SCRIPT[number]!;
    await asWriter(() => {
      const now = Date.now();
      const signals = signalsOf(round, now).map((signal) => policed(signal, { keepFiringMs: 0 }));
      return alerting.incidents.handle(signals, now);
    });
    if (round.settles) {
      await settle(alerting);
    }
    await acknowledge(alerting, round);
    if (round.settles) {
      await settle(alerting);
    }
    const file = join(task.dataDir, ROUND_FILE);
    writeFileSync(`${file}.new`, String(number + 1));
    renameSync(`${file}.new`, file);
  }
}

function nextRound(): number {
  const file = join(task.dataDir, ROUND_FILE);
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

async function acknowledge({ incidents }: AlertingParts['alerting'], round: Round): Promise<void> {
  for (const service of round.acknowledge) {
    const incident = incidents.all().find(({ key }) => key.service === service);
    if (incident !== undefined) {
      const command = { kind: 'acknowledge', by: 'ada', text: '', origin: '' } as const;
      await asWriter(() => incidents.command('default', incident.id, command, Date.now()));
    }
  }
}

/** Waits until nothing is left to say. */
async function settle({ incidents, delivery }: AlertingParts['alerting']): Promise<void> {
  for (let quiet = 0; quiet < 2;) {
    await asWriter(() => incidents.tick(Date.now()));
    const waits = delivery.pending > 0 || (task.without !== 'outbox' && (await isUndelivered()));
    // Without an outbox nothing says whether a message is just being queued, so it is asked twice.
    quiet = waits ? 0 : quiet + (task.without === 'outbox' ? 1 : 2);
    await sleep(waits ? 20 : task.without === 'outbox' ? 40 : 0);
  }
}

async function isUndelivered(): Promise<boolean> {
  return store !== undefined && (await store.notifications.outbox()).length > 0;
}

/** Repeats what is refused while the lease is elsewhere, as its next round does for evaluation. */
async function asWriter<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isAppError(error, 'alerts.not-the-writer')) {
        throw error;
      }
      await sleep(10);
    }
  }
}
