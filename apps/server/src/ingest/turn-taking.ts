import { setImmediate } from 'node:timers/promises';

/** How long work may hold the event loop before others get their turn. */
const TURN_MS = 15;

/** Runs work that comes in steps, letting others have their turn in between. */
export async function runInTurns<T>(steps: Generator<void, T>): Promise<T> {
  let turnEnds = performance.now() + TURN_MS;
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
    if (performance.now() >= turnEnds) {
      await setImmediate();
      turnEnds = performance.now() + TURN_MS;
    }
  }
}

/** Lets one piece of work run at a time, in the order in which they came. */
export class Lane {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when everything before it has ended, well or not. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
