/** Lets one loop sleep until something happens. A wake-up while nobody sleeps ends the next sleep at once. */
export class Waker {
  private woken = false;
  private end: (() => void) | null = null;

  /** Resolves at the next {@link wake}, or after `ms` when given. */
  sleep(ms?: number): Promise<void> {
    if (this.woken) {
      this.woken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.end?.(), Math.max(0, ms));
      this.end = () => {
        clearTimeout(timer);
        this.end = null;
        this.woken = false;
        resolve();
      };
    });
  }

  wake(): void {
    this.woken = true;
    this.end?.();
  }
}
