import { errorCode, errorMessage } from '@tidewatch/core';
import { isDiskFull } from './disk-failure.js';
import type { JournalEvent } from './journal-event.js';

/** On a disk that is nearly full small writes pass between large ones that do not: that is one episode, not many. */
const QUIET_MS = 10_000;

/** Tells once when the disk begins to fail, and once when it has worked again for a while. */
export class DiskHealth {
  private readonly monotonic: () => number;
  private readonly onEvent: (event: JournalEvent) => void;
  private full = false;
  private broken = false;
  private lastFailure = -Infinity;

  constructor(monotonic: () => number, onEvent: (event: JournalEvent) => void) {
    this.monotonic = monotonic;
    this.onEvent = onEvent;
  }

  /** A write to `file` failed. */
  failed(error: unknown, file: string): void {
    this.lastFailure = this.monotonic();
    if (isDiskFull(error)) {
      if (!this.full) {
        this.full = true;
        this.onEvent({ kind: 'disk-full' });
      }
    } else if (!this.broken) {
      this.broken = true;
      const code = errorCode(error) ?? 'unknown';
      this.onEvent({ kind: 'disk-error', file, code, message: errorMessage(error) });
    }
  }

  /** A write succeeded. */
  worked(): void {
    if ((this.full || this.broken) && this.monotonic() - this.lastFailure >= QUIET_MS) {
      this.full = false;
      this.broken = false;
      this.onEvent({ kind: 'disk-recovered' });
    }
  }
}
