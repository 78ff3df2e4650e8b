/** Something that is tried until it works. */
export interface Trying {
  /** Gives up, after the attempt in progress. */
  stop(): Promise<void>;
}

/** Runs `work` every `everyMs` until it succeeds once. Why it fails is not told: whoever starts this has said so. */
export function untilItWorks(work: () => Promise<void>, everyMs: number): Trying {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> = Promise.resolve();
  const run = (): void => {
    attempt = work().catch(() => {
      if (!stopped) {
        timer = setTimeout(run, everyMs);
      }
    });
  };
  timer = setTimeout(run, everyMs);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await attempt;
    },
  };
}
