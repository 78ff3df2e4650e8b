import type { JournalStatus, Signal, SignalCounts } from '@tidewatch/journal';

/** What waits on disk, for people. */
export interface JournalView {
  readonly bytes: number;
  readonly maxBytes: number;
  readonly segments: number;
  /** Age of what has waited longest; `null` when nothing waits. */
  readonly oldestAgeMs: number | null;
  /** Since when ClickHouse has refused data; `null` while it takes it. */
  readonly sinkFailingSince: number | null;
  readonly deadLetters: { readonly count: number; readonly bytes: number };
  readonly insertLatency: {
    readonly count: number;
    readonly lastMs: number;
    readonly maxMs: number;
    /** `null` before the first insert. */
    readonly meanMs: number | null;
  };
}

/** What this process has taken in since it started, by signal, and what waits on disk. */
export interface IngestView {
  readonly signals: Readonly<Record<Signal, SignalCounts>>;
  readonly journal: JournalView;
}

/** The status of a journal as the API shows it. */
export function ingestView(status: JournalStatus): IngestView {
  const { bytes, maxBytes, segments, oldestAgeMs, sinkFailingSince, deadLetters, insertLatency } = status;
  const { count, sumMs, lastMs, maxMs } = insertLatency;
  return {
    signals: status.perSignal,
    journal: {
      bytes,
      maxBytes,
      segments,
      oldestAgeMs,
      sinkFailingSince,
      deadLetters,
      insertLatency: { count, lastMs, maxMs, meanMs: count === 0 ? null : sumMs / count },
    },
  };
}
