interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still while something really happens, and otherwise jumps from one timer to the next: hours of
 * waiting pass in milliseconds, in the order in which they would.
 */
export class VirtualClock {
  private time: number;
  private readonly timers = new Set<Timer>();
  private inFlight = 0;
  private idle: (() => void) | null = null;

  /** @param start ms since the epoch */
  constructor(start: number) {
    this.time = start;
  }

  /** ms since the epoch */
  readonly now = (): number => this.time;

  /** Calls back once, `ms` later. @returns how to call it off */
  readonly setTimer = (callback: () => void, ms: number): (() => void) => {
    const timer = { at: this.time + ms, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  };

  /** Runs what takes real time: a request, or work of the store. The clock waits for it. */
  readonly during = async <T>(work: () => Promise<T>): Promise<T> => {
    this.inFlight += 1;
    try {
      return await work();
    } finally {
      this.inFlight -= 1;
      if (this.inFlight === 0) {
        this.idle?.();
      }
    }
  };

  /** Every method of `target`, with the clock waiting for each call. */
  waitingFor<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (object, name): unknown => {
        const member: unknown = Reflect.get(object, name);
        return typeof member === 'function'
          ? (...given: unknown[]) => this.during(async () => member.apply(object, given) as unknown)
          : member;
      },
    });
  }

  /** Resolves once nothing happens any more at this time. */
  async settled(): Promise<void> {
    // What a promise sets off begins in the turns right after it.
    for (let quiet = 0; quiet < 3; quiet += 1) {
      if (this.inFlight > 0) {
        await new Promise<void>((resolve) => (this.idle = resolve));
        this.idle = null;
        quiet = 0;
      }
      await new Promise(setImmediate);
    }
  }

  /** Lets `ms` pass. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    await this.settled();
    for (let next = this.next(until); next !== undefined; next = this.next(until)) {
      this.timers.delete(next);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await this.settled();
    }
    this.time = until;
  }

  /**
   * Lets time pass until a condition holds, a second at a time.
   *
   * @throws when it does not hold within `atMostMs`
   */
  async until(condition: () => boolean, atMostMs: number): Promise<void> {
    const giveUpAt = this.time + atMostMs;
    await this.settled();
    while (!condition()) {
      if (this.time >= giveUpAt) {
        throw new Error(`It has not come to pass within ${atMostMs / 1_000} s of the virtual clock.`);
      }
      await this.advance(1_000);
    }
  }

  private next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) {
        first = timer;
      }
    }
    return first;
  }
}
