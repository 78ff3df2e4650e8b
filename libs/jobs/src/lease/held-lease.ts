import { performance } from 'node:perf_hooks';
import type { Lease } from './lease.js';

/** Both clocks, ms. */
export interface LeaseClock {
  /** Never set, but may stand still while the machine sleeps. */
  monotonic(): number;
  /** Goes on while the machine sleeps, but may be set. */
  wall(): number;
}

/** The clocks of this machine. */
export const SYSTEM_CLOCK: LeaseClock = { monotonic: () => performance.now(), wall: () => Date.now() };

/** What {@link HeldLease} needs. */
export interface HeldLeaseOptions {
  readonly epoch: number;
  /** When the request that acquired it was sent. */
  readonly since: Moment;
  readonly ttlMs: number;
  readonly renewMs: number;
  readonly clock: LeaseClock;
  /** @returns whether it is still ours; rejects when that cannot be told */
  readonly renew: () => Promise<boolean>;
  readonly giveBack: () => Promise<void>;
  /** Called once, when it is over in either way. */
  readonly end: () => void;
  readonly onLost: (reason: string) => void;
}

/** One moment by both clocks. */
export interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/** The present. */
export function momentOf(clock: LeaseClock): Moment {
  return { monotonic: clock.monotonic(), wall: clock.wall() };
}

/**
 * A lease on a server, kept by renewing it.
 *
 * Whether it is held is a question of time alone, counted from before the last successful request was sent: a process
 * that was blocked or asleep finds it lost, without having to ask.
 */
export class HeldLease implements Lease {
  readonly epoch: number;
  private readonly options: HeldLeaseOptions;
  private readonly listeners: (() => void)[] = [];
  private renewedAt: Moment;
  private state: 'held' | 'lost' | 'released' = 'held';
  private renewTimer: NodeJS.Timeout | undefined;
  private expiryTimer: NodeJS.Timeout | undefined;

  constructor(options: HeldLeaseOptions) {
    this.options = options;
    this.epoch = options.epoch;
    this.renewedAt = options.since;
    this.armExpiry();
    this.renewTimer = setTimeout(() => void this.renew(), options.renewMs);
  }

  held(): boolean {
    if (this.state === 'held' && this.leftMs() <= 0) {
      this.lose('it could not be renewed in time');
    }
    return this.state === 'held';
  }

  onLost(callback: () => void): void {
    if (this.state === 'lost') {
      queueMicrotask(callback);
    } else {
      this.listeners.push(callback);
    }
  }

  async release(): Promise<void> {
    if (this.state !== 'held') {
      return;
    }
    this.state = 'released';
    this.stopTimers();
    await this.options.giveBack().catch(() => undefined);
    this.options.end();
  }

  private leftMs(): number {
    const { clock, ttlMs } = this.options;
    const { monotonic, wall } = this.renewedAt;
    return ttlMs - Math.max(clock.monotonic() - monotonic, clock.wall() - wall);
  }

  private async renew(): Promise<void> {
    if (!this.held()) {
      return;
    }
    const { clock, renewMs, ttlMs } = this.options;
    const asked = momentOf(clock);
    let next = renewMs;
    try {
      const ours = await this.options.renew();
      if (this.state !== 'held') {
        return;
      }
      if (!ours) {
        this.lose('another process has it, or Redis has lost it');
        return;
      }
      this.renewedAt = asked;
      this.armExpiry();
    } catch {
      // Tried again soon; the expiry decides when it is too late.
      next = Math.min(renewMs, Math.max(50, ttlMs / 20));
    }
    if (this.held()) {
      this.renewTimer = setTimeout(() => void this.renew(), next);
    }
  }

  private armExpiry(): void {
    clearTimeout(this.expiryTimer);
    this.expiryTimer = setTimeout(
      () => {
        if (this.held()) {
          this.armExpiry();
        }
      },
      Math.max(1, Math.ceil(this.leftMs())),
    );
  }

  private lose(reason: string): void {
    this.state = 'lost';
    this.stopTimers();
    this.options.end();
    this.options.onLost(reason);
    for (const callback of this.listeners.splice(0)) {
      callback();
    }
  }

  private stopTimers(): void {
    clearTimeout(this.renewTimer);
    clearTimeout(this.expiryTimer);
  }
}
