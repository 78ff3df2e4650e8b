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
 * An error is logged and does not end the ticking: what failed once may work in the next round.
 */
export function startTicker(
  name: string,
  everyMs: number,
  logger: Logger,
  work: (now: number) => Promise<void>,
): Ticker {
  let running: Promise<void> | undefined;
  const run = (): void => {
    if (running !== undefined) {
      return;
    }
    running = work(Date.now())
      .catch((error: unknown) => logger.error({ error: errorMessage(error), ticker: name }, 'a round failed'))
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
