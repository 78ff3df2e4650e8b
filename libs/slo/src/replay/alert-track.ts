import type { BurnTier } from '../tiers.js';
import type { TierVerdict } from '../verdict.js';

/** How long a tier that does not say so must be seen ok, without interruption, before its alert ends; by severity, in milliseconds. */
export const KEEP_FIRING_MS: Readonly<Record<BurnTier['severity'], number>> = {
  page: 5 * 60_000,
  ticket: 30 * 60_000,
};

/** What a step of an {@link AlertTrack} did. */
export type AlertChange = 'opened' | 'closed' | null;

/**
 * The life of the alert of one tier and group: it opens when the tier has fired for its hold, and ends when it has been ok for the
 * keep-firing time without interruption. A frozen tier neither opens nor ends it.
 */
export class AlertTrack {
  private readonly holdMs: number;
  private readonly keepFiringMs: number;
  private firingSince: number | null = null;
  private okSince: number | null = null;
  private open = false;

  constructor(holdMs: number, keepFiringMs: number) {
    this.holdMs = holdMs;
    this.keepFiringMs = keepFiringMs;
  }

  /** Nothing is going on: a verdict that is not `firing` would change nothing. */
  get isIdle(): boolean {
    return this.firingSince === null && !this.open;
  }

  /** Moves along by one verdict. */
  step(state: TierVerdict['state'], at: number): AlertChange {
    switch (state) {
      case 'firing':
        this.okSince = null;
        this.firingSince ??= at;
        if (!this.open && at - this.firingSince >= this.holdMs) {
          this.open = true;
          return 'opened';
        }
        return null;
      case 'frozen':
        // No evidence either way: the time that is ok has to start again.
        this.okSince = null;
        return null;
      case 'ok':
        return this.seenOk(at);
    }
  }

  private seenOk(at: number): AlertChange {
    if (!this.open) {
      this.firingSince = null;
      return null;
    }
    this.okSince ??= at;
    if (at - this.okSince < this.keepFiringMs) {
      return null;
    }
    this.open = false;
    this.firingSince = null;
    this.okSince = null;
    return 'closed';
  }
}
