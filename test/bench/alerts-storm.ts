import { inProcessDriver, type JobDriver } from '@tidewatch/jobs';
import { startStandIn } from '../../examples/stand-ins/src/index.js';
import { openAlertingParts, pageSignal, policed, type AlertingParts } from '../harness/alerting-parts.js';
import { ownerOf, PAGER_KEYS, pagerRules } from './alerts-rules.js';
import { figure, type Figure } from './figure.js';

const INCIDENTS = 10_000;
/** Enough to tell what one costs by itself. */
const ONE_BY_ONE = 200;

/**
 * `storm`: 10,000 incidents begin to fire in one round; the time until every page is stored and has its place in the queue
 * (s), and what the process holds at that moment above what it held before (MB). Baseline of the time: incidents that are
 * taken one by one, scaled up; of the memory: the states and messages as JSON, which is what the store holds of them.
 */
export async function benchStorm(): Promise<Figure[]> {
  const pager = await startStandIn({ kind: 'pagerduty', port: 0 });
  const queued = countingDriver();
  const parts = await openAlertingParts({
    rules: pagerRules(pager.url),
    environment: PAGER_KEYS,
    driver: queued.driver,
  });
  try {
    const single = await oneByOne(parts);
    await parts.alerting.delivery.end();
    await parts.alerting.delivery.begin(Date.now());
    const before = queued.count();
    const idle = await settledMemory();
    let peak = idle;
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
    const startedAt = performance.now();
    const now = Date.now();
    const signals = Array.from({ length: INCIDENTS }, (_, index) =>
      policed(pageSignal(`storm-${index}`, now, { owner: ownerOf(index) })),
    );
    await parts.alerting.incidents.handle(signals, now);
    await queued.reached(before + INCIDENTS);
    const seconds = (performance.now() - startedAt) / 1_000;
    peak = Math.max(peak, process.memoryUsage().rss);
    clearInterval(sampling);
    const json = Buffer.byteLength(JSON.stringify(parts.alerting.incidents.all()));
    return [
      figure({
        name: 'storm',
        value: seconds,
        unit: 's',
        baseline: (single / ONE_BY_ONE) * INCIDENTS,
        baselineName: 'one by one',
        floor: { atMost: 5 },
      }),
      figure({
        name: 'storm-memory',
        value: (peak - idle) / 1e6,
        unit: 'MB',
        baseline: json / 1e6,
        baselineName: 'the states as JSON',
        floor: { atMost: 300 },
      }),
    ];
  } finally {
    await parts.close();
    await pager.close();
  }
}

/** Seconds that it takes to take some incidents one after the other. */
async function oneByOne({ alerting }: AlertingParts): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < ONE_BY_ONE; index += 1) {
    const now = Date.now();
    await alerting.incidents.handle(
      [policed(pageSignal(`single-${index}`, now, { owner: ownerOf(index) }))],
      now,
    );
  }
  return (performance.now() - startedAt) / 1_000;
}

/** The in-process queue, with a count of the jobs that were put into it. */
function countingDriver(): {
  readonly driver: JobDriver;
  readonly count: () => number;
  readonly reached: (jobs: number) => Promise<void>;
} {
  const driver = inProcessDriver();
  let added = 0;
  let waiting: (() => void) | null = null;
  return {
    count: () => added,
    reached: async (jobs) => {
      while (added < jobs) {
        await new Promise<void>((resolve) => (waiting = resolve));
      }
    },
    driver: {
      ...driver,
      open: (name) => {
        const queue = driver.open<never>(name);
        const add = queue.add.bind(queue);
        queue.add = async (jobs) => {
          await add(jobs);
          added += jobs.length;
          waiting?.();
        };
        return queue;
      },
    },
  };
}

/** Resident memory once garbage has been collected, bytes. */
async function settledMemory(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return process.memoryUsage().rss;
}
