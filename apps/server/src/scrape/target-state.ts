import type { AppError } from '@tidewatch/core';

/** Why something did not work, for people and programs. */
export interface FailureView {
  readonly code: string;
  /** What is wrong and what to do about it. */
  readonly reason: string;
}

/** What is known about one target. Times are milliseconds since the epoch. */
export interface TargetStateView {
  readonly name: string;
  readonly url: string;
  readonly preset: string | null;
  readonly owner: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** `pending` until the first scrape has ended. */
  readonly state: 'pending' | 'up' | 'down';
  /** When the state last changed; `null` while pending. */
  readonly since: number | null;
  readonly lastScrapeAt: number | null;
  readonly lastDurationMs: number | null;
  /** Samples of the last scrape: exposed, and kept. */
  readonly samplesScraped: number;
  readonly samplesKept: number;
  /** Series that are alive. */
  readonly series: number;
  /** Why the target is down; `null` while it is up. */
  readonly error: FailureView | null;
  /** Why the last scrape could not be stored, which has nothing to do with the target; `null` when it was. */
  readonly storeError: FailureView | null;
  /** What was wrong with parts of the last exposition. The rest of it was stored. */
  readonly problems: readonly string[];
}

/** An error as it is shown. */
export function failureView(error: AppError): FailureView {
  return { code: error.code, reason: error.explanation };
}
