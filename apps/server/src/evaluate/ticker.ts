import { errorMessage } from '@tidewatch/core';
import type { Logger } from 'pino';

/** Something that runs again and again. */
export interface Ticker {
  /** Stops after the run in progress, if there is one. */
  stop(): Promise<void>;
}

/**
 * Runs `work` every `everyMs`, never twice at once: a run that takes longer delays the next one.
 *
 * An error does not end the ticking: what failed once may work in the next round. The log tells when rounds begin to fail
 * and when they work again, not every second in between.
 */
export function startTicker(
  name: string,
  everyMs: number,
  logger: Logger,
  work: (now: number) => Promise<void>,
): Ticker {
  let running: Promise<void> | undefined;
  let failures = 0;
  const worked = (): void => {
    if (failures > 0) {
      logger.info({ ticker: name, failures }, 'rounds work again');
      failures = 0;
    }
  };
  const failed = (error: unknown): void => {
    failures += 1;
    if (failures === 1) {
      logger.error(
        { error: errorMessage(error), ticker: name },
        'a round failed; it is tried again and again',
      );
    }
  };
  const run = (): void => {
    if (running !== undefined) {
      return;
    }
    running = work(Date.now())
      .then(worked, failed)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(run, everyMs);
  run();
  return {
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}
