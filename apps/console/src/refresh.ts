/** Time between two refreshes while all is well. */
export const REFRESH_EVERY_MS = 5_000;
/** The longest wait between two attempts while the server does not answer. */
export const LONGEST_WAIT_MS = 60_000;
/** A request that takes longer counts as failed. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Wait before the next refresh: 5 s, doubled for each failed attempt in a row, at most one minute. */
export function waitAfter(failuresInARow: number): number {
  return Math.min(LONGEST_WAIT_MS, REFRESH_EVERY_MS * 2 ** Math.max(0, failuresInARow));
}

/** What the refresh loop touches in the browser; a test passes its own. */
export interface RefreshHost {
  now(): number;
  isVisible(): boolean;
  /** Calls `task` once after `ms`; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Calls `task` on every change of visibility; the returned function ends that. */
  onVisibilityChange(task: () => void): () => void;
}

/** A running refresh loop. */
export interface Refresher {
  /** Refreshes at once, unless a refresh is already under way. */
  refreshNow(): void;
  stop(): void;
}

/**
 * Runs `load` at once and then every five seconds. At most one load is under way; a hidden page loads nothing and
 * catches up when it is shown again; each failed load doubles the wait.
 *
 * @param load one refresh; it resolves to false when the server did not answer, and must not reject
 * @param onWait told when the next attempt is due (clock of `host`), or `null` while hidden or loading
 */
export function startRefreshing(
  load: () => Promise<boolean>,
  onWait: (dueAt: number | null) => void,
  host: RefreshHost,
): Refresher {
  let failures = 0;
  let loading = false;
  let stopped = false;
  let dueAt = host.now();
  let cancel: () => void = () => undefined;

  const plan = (): void => {
    cancel();
    if (stopped || loading) {
      return;
    }
    if (!host.isVisible()) {
      onWait(null);
      return;
    }
    onWait(dueAt);
    cancel = host.after(Math.max(0, dueAt - host.now()), () => void run());
  };
  const run = async (): Promise<void> => {
    if (stopped || loading) {
      return;
    }
    loading = true;
    onWait(null);
    const answered = await load();
    loading = false;
    failures = answered ? 0 : failures + 1;
    dueAt = host.now() + waitAfter(failures);
    plan();
  };

  const endListening = host.onVisibilityChange(plan);
  plan();
  return {
    refreshNow: () => {
      cancel();
      void run();
    },
    stop: () => {
      stopped = true;
      cancel();
      endListening();
    },
  };
}

/** The browser's clock, timers and page visibility. */
export const browserHost: RefreshHost = {
  now: () => Date.now(),
  isVisible: () => document.visibilityState === 'visible',
  after: (ms, task) => {
    const timer = window.setTimeout(task, ms);
    return () => window.clearTimeout(timer);
  },
  onVisibilityChange: (task) => {
    document.addEventListener('visibilitychange', task);
    return () => document.removeEventListener('visibilitychange', task);
  },
};
