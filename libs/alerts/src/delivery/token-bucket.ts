/**
 * A token bucket by virtual scheduling (the generic cell rate algorithm, ITU-T I.371): instead of counting tokens it
 * remembers when the next one would be due if nobody had saved any up. Reserving a place in time cannot overshoot, however
 * many reserve at once.
 */
export class TokenBucket {
  private readonly intervalMs: number;
  private readonly slackMs: number;
  private nextAt = Number.NEGATIVE_INFINITY;

  /**
   * @param perSecond tokens per second in the long run
   * @param burst tokens that may go at once after a pause; at least 1
   */
  constructor(perSecond: number, burst: number) {
    this.intervalMs = 1_000 / perSecond;
    this.slackMs = this.intervalMs * (Math.max(1, burst) - 1);
  }

  /** Takes a token. Returns the time (ms) at which it may be used: `now`, or later. */
  reserve(now: number): number {
    const due = Math.max(this.nextAt, now);
    this.nextAt = due + this.intervalMs;
    return Math.max(now, due - this.slackMs);
  }

  /** Whether a token could be used at once. */
  isReady(now: number): boolean {
    return this.readyAt(now) <= now;
  }

  /** When a token could be used, ms: `now`, or later. */
  readyAt(now: number): number {
    return Math.max(now, this.nextAt - this.slackMs);
  }

  /** Gives nothing out before `until`, as a receiver has asked. What was reserved stays reserved. */
  pause(until: number): void {
    this.nextAt = Math.max(this.nextAt, until + this.slackMs);
  }
}
