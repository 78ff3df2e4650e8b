import { AppError } from '@tidewatch/core';

/** Calls `work` after `ms` milliseconds unless it is cancelled before. */
export type Timer = (ms: number, work: () => void) => { cancel(): void };

export interface AdmissionOptions {
  /** Bytes that all requests together may hold. */
  readonly capacityBytes: number;
  /** How long one waits for room before it is refused. */
  readonly waitMs: number;
  /** How many may wait; a further one is refused at once. */
  readonly maxWaiting: number;
  /** Default: the process's timers. */
  readonly timer?: Timer;
}

/** The state of an {@link Admission}, for the process's own metrics. */
export interface AdmissionStats {
  readonly capacityBytes: number;
  readonly bytes: number;
  readonly waiting: number;
  /** Since the start. */
  readonly refused: number;
}

/** Room that one request holds. */
export interface Reservation {
  readonly bytes: number;
  /** Takes more at once. @returns whether there was room; nothing changes when there was none. */
  grow(bytes: number): boolean;
  /** Takes more, waiting for room a short while. @throws AppError `ingest.overloaded` (retryable) */
  extend(bytes: number): Promise<void>;
  /** Makes the reservation what the request really holds. Never refuses: what is there already has to be counted. */
  resize(bytes: number): void;
  /** Gives everything back. Calling it again does nothing. */
  release(): void;
}

interface Waiting {
  readonly bytes: number;
  readonly grant: () => void;
}

const processTimer: Timer = (ms, work) => {
  const timer = setTimeout(work, ms);
  return { cancel: () => clearTimeout(timer) };
};

/**
 * Bounds the memory of requests in flight: each reserves room before its body is read, and gives it back after its answer.
 *
 * First come, first served: while anybody waits, a newcomer waits behind. A request that has room already and needs more
 * goes before those who wait, because finishing it is what makes room.
 */
export class Admission {
  private readonly capacityBytes: number;
  private readonly waitMs: number;
  private readonly maxWaiting: number;
  private readonly timer: Timer;
  private readonly queue: Waiting[] = [];
  private bytes = 0;
  private refused = 0;

  constructor(options: AdmissionOptions) {
    this.capacityBytes = options.capacityBytes;
    this.waitMs = options.waitMs;
    this.maxWaiting = options.maxWaiting;
    this.timer = options.timer ?? processTimer;
  }

  get stats(): AdmissionStats {
    const { capacityBytes, bytes, refused } = this;
    return { capacityBytes, bytes, waiting: this.queue.length, refused };
  }

  /** Takes room for a new request, waiting for it a short while. @throws AppError `ingest.overloaded` (retryable) */
  async reserve(bytes: number): Promise<Reservation> {
    const reservation = this.open();
    if (this.queue.length === 0 && reservation.grow(bytes)) {
      return reservation;
    }
    await this.wait(bytes);
    return this.open(bytes);
  }

  private take(bytes: number): boolean {
    if (this.bytes + bytes > this.capacityBytes) {
      return false;
    }
    this.bytes += bytes;
    return true;
  }

  private open(held = 0): Reservation {
    let released = false;
    const change = (by: number): void => {
      held += by;
    };
    return {
      get bytes() {
        return held;
      },
      grow: (bytes) => {
        const fits = !released && this.take(bytes);
        change(fits ? bytes : 0);
        return fits;
      },
      extend: async (bytes) => {
        if (!this.take(bytes)) {
          await this.wait(bytes, true);
        }
        if (released) {
          this.give(bytes);
          return;
        }
        change(bytes);
      },
      resize: (bytes) => {
        if (!released) {
          const freed = held - bytes;
          change(-freed);
          this.give(freed);
        }
      },
      release: () => {
        if (!released) {
          released = true;
          this.give(held);
          held = 0;
        }
      },
    };
  }

  /** Resolves when `bytes` have been taken. */
  private wait(bytes: number, ahead = false): Promise<void> {
    if (bytes > this.capacityBytes || this.queue.length >= this.maxWaiting) {
      return Promise.reject(this.refuse());
    }
    return new Promise((resolve, reject) => {
      const timeout = this.timer(this.waitMs, () => {
        this.queue.splice(this.queue.indexOf(entry), 1);
        reject(this.refuse());
        // Behind a large one that gave up, smaller ones may fit.
        this.give(0);
      });
      const entry: Waiting = {
        bytes,
        grant: () => {
          timeout.cancel();
          resolve();
        },
      };
      if (ahead) {
        this.queue.unshift(entry);
      } else {
        this.queue.push(entry);
      }
    });
  }

  private give(bytes: number): void {
    this.bytes -= bytes;
    for (let next = this.queue[0]; next !== undefined && this.take(next.bytes); next = this.queue[0]) {
      this.queue.shift();
      next.grant();
    }
  }

  private refuse(): AppError {
    this.refused += 1;
    return overloaded();
  }
}

/** The error of a request for which there is no memory at the moment. */
export function overloaded(): AppError {
  return new AppError({
    code: 'ingest.overloaded',
    message: 'The server has as many requests in memory as it may have.',
    hint: 'Send the same data again in a moment. If it lasts, raise TIDEWATCH_INGEST_MEMORY_BYTES or send less at once.',
    retryable: true,
  });
}
