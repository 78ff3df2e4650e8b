/**
 * A process that works on a queue or competes for a lease, for tests that kill, stop or block it:
 * `node jobs-main.js worker|lease JSON`. It reports by lines of JSON on standard output.
 */
import { appendFileSync } from 'node:fs';
import { bullDriver, redisLease, type Lease } from '@tidewatch/jobs';

/** What a `worker` is told. */
export interface WorkerTask {
  readonly url: string;
  readonly queue: string;
  readonly lockMs: number;
  readonly stalledCheckMs: number;
  /** How long each job blocks the event loop, ms. */
  readonly blockMs: number;
  /** Each run of a job appends its id here. */
  readonly runs: string;
}

/** What a `lease` holder is told. */
export interface LeaseTask {
  readonly url: string;
  readonly name: string;
  readonly ttlMs: number;
  readonly renewMs: number;
}

function report(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function work({ url, queue, blockMs, runs, ...times }: WorkerTask): void {
  const driver = bullDriver({
    url,
    ...times,
    onError: (error) => report({ error: (error as { code?: string }).code ?? String(error) }),
  });
  driver.open<string>(queue).process(1, async (id) => {
    appendFileSync(runs, `${id}\n`);
    report({ started: id });
    const until = performance.now() + blockMs;
    while (performance.now() < until) {
      // On purpose: a worker that computes for long renews no lock.
    }
    report({ done: id });
  });
  report({ working: queue });
}

async function hold({ url, name, ttlMs, renewMs }: LeaseTask): Promise<void> {
  const silent = { info: () => undefined, warn: () => undefined };
  const source = redisLease({ url, ttlMs, renewMs, logger: silent });
  const lease: Lease = await source.acquire(name, new AbortController().signal);
  lease.onLost(() => report({ lost: lease.epoch }));
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - last > ttlMs) {
      // The first moment after a pause: nothing has asked Redis in between.
      report({ heldAfterPause: lease.held() });
    }
    last = now;
  }, 20);
  // Last: whoever reads it may stop this process at once, and the pause must be seen all the same.
  report({ epoch: lease.epoch });
}

const [, , what, task = '{}'] = process.argv;
if (what === 'worker') {
  work(JSON.parse(task) as WorkerTask);
} else {
  await hold(JSON.parse(task) as LeaseTask);
}
