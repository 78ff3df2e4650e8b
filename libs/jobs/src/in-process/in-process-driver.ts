import { performance } from 'node:perf_hooks';
import type { JobDriver, JobQueue, JobErrorListener } from '../job-queue.js';
import { InProcessQueue, type QueueClock } from './in-process-queue.js';

/** Settings of {@link inProcessDriver}. The clock is for tests and simulations. */
export interface InProcessOptions extends Partial<QueueClock> {
  readonly onError?: JobErrorListener;
}

/**
 * Queues in the memory of this process: the default, and all that one process needs.
 *
 * Jobs are lost when the queue is closed and when the process ends. Whoever makes them makes them again from what is
 * stored.
 */
export function inProcessDriver(options: InProcessOptions = {}): JobDriver {
  const clock: QueueClock = {
    now: options.now ?? monotonicNow,
    setTimer: options.setTimer ?? setTimer,
  };
  const onError = options.onError ?? (() => undefined);
  return {
    kind: 'in-process',
    shared: false,
    ready: async () => undefined,
    open: <Data>(name: string): JobQueue<Data> => new InProcessQueue<Data>(name, clock, onError),
  };
}

/** Not `Date.now`: a clock that is set back would hold jobs up. */
function monotonicNow(): number {
  return performance.now();
}

function setTimer(callback: () => void, ms: number): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
