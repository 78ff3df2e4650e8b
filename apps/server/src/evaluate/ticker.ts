import { errorMessage, formatDuration } from '@tidewatch/core';
import type { Logger } from 'pino';

/** Something that runs again and again. */
export interface Ticker {
  /** Stops after the run in progress, if there is one. */
  stop(): Promise<void>;
}

/** A {@link Ticker} that tells whether its rounds work. */
export interface WatchedTicker extends Ticker {
  readonly name: string;
  /** When a round last ended without an error, ms; when the ticking began if none has. */
  workedAt(): number;
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
): WatchedTicker {
  let running: Promise<void> | undefined;
  let failures = 0;
  let workedAt = Date.now();
  const worked = (): void => {
    workedAt = Date.now();
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
    name,
    workedAt: () => workedAt,
    async stop(): Promise<void> {
      clearInterval(timer);
      await running;
    },
  };
}

/**
 * Says which of some tickers does not work: its rounds fail, or one has no end.
 *
 * @param withinMs how long a round may take
 * @returns `null` when all do
 */
export function tickerTrouble(
  tickers: readonly WatchedTicker[],
  withinMs: number,
  now: number,
): string | null {
  const silent = tickers.find((ticker) => now - ticker.workedAt() > withinMs);
  return silent === undefined
    ? null
    : `no round of ${silent.name} has ended well for ${formatDuration(withinMs)}`;
}
