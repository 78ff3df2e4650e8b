import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboundClient } from '@tidewatch/channels';
import type { JobDriver, JobQueue } from '@tidewatch/jobs';
import type { Store } from '@tidewatch/store';
import type { StepCounter } from './step-counter.js';
import type { Amputation } from './victim-task.js';

/** One answer in so many is slow, and so long: others go on in the meantime. */
const SLOW_EVERY = 4;
const SLOW_MS = 60;
/** By the beginning of their paths. */
const SERVICES: readonly (readonly [path: string, service: string])[] = [
  ['/v2/', 'PagerDuty'],
  ['/hooks/', 'the webhook'],
  ['/api/v3/', 'GitHub'],
  ['/api/', 'Slack'],
];

/**
 * The store with a step before and after everything that alerting writes, and before it reads what is left to do.
 *
 * @param without what to take away, to see that the check notices
 */
export function steppedStore(store: Store, steps: StepCounter, without: Amputation): Store {
  const { incidents, notifications } = store;
  return {
    ...store,
    incidents: {
      ...incidents,
      append: (project, rows) => steps.around('storing changes', () => incidents.append(project, rows)),
      latestStates: (project) => steps.around('reading states', () => incidents.latestStates(project)),
    },
    notifications: {
      ...notifications,
      append: (project, rows) => {
        const kept = without === 'starts' ? rows.filter(({ outcome }) => outcome !== 'started') : rows;
        const step = rows.some(({ outcome }) => outcome === 'started') ? 'storing a start' : 'storing an end';
        return steps.around(step, () => notifications.append(project, kept));
      },
      outbox: (options) =>
        steps.around('reading the outbox', async () =>
          without === 'outbox' ? [] : notifications.outbox(options),
        ),
    },
  };
}

/** The driver with a step before and after each job is added, and at the beginning and the end of its work. */
export function steppedDriver(driver: JobDriver, steps: StepCounter): JobDriver {
  return {
    ...driver,
    open: <Data>(name: string): JobQueue<Data> => {
      const queue = driver.open<Data>(name);
      return {
        name: queue.name,
        add: (jobs) => steps.around('adding a job', () => queue.add(jobs)),
        process: (concurrency, handler) =>
          queue.process(concurrency, (data) => steps.around('a job', () => handler(data))),
        counts: () => queue.counts(),
        pause: () => queue.pause(),
        resume: () => queue.resume(),
        close: () => queue.close(),
      };
    },
  };
}

/** Puts a step before each request, and one when the receiver has done its work and the answer is not yet read. */
export function stepRequests(outbound: OutboundClient, steps: StepCounter): void {
  const send = outbound.send.bind(outbound);
  let requests = 0;
  outbound.send = async (request) => {
    requests += 1;
    const slow = requests % SLOW_EVERY === 0;
    const { pathname } = new URL(request.url);
    const service = SERVICES.find(([path]) => pathname.startsWith(path))?.[1] ?? pathname;
    return steps.around(`a request to ${service}`, async () => {
      const answer = await send(request);
      await sleep(slow ? SLOW_MS : 0);
      return answer;
    });
  };
}
