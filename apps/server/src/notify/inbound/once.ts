/** Remembers what has been seen, for a while and up to a number: the oldest is forgotten first. */
export class Once {
  private readonly seen = new Map<string, number>();
  private readonly keepMs: number;
  private readonly most: number;

  /**
   * @param keepMs for how long repetitions are recognised
   * @param most how many are remembered
   */
  constructor(keepMs: number, most: number) {
    this.keepMs = keepMs;
    this.most = most;
  }

  /** Whether `id` is new; from now on it is not. */
  isNew(id: string, now: number): boolean {
    for (const [old, at] of this.seen) {
      if (now - at <= this.keepMs && this.seen.size < this.most) {
        break;
      }
      this.seen.delete(old);
    }
    if (this.seen.has(id)) {
      return false;
    }
    this.seen.set(id, now);
    return true;
  }

  /** Takes `id` back: what it stood for could not be done, and may come again. */
  forget(id: string): void {
    this.seen.delete(id);
  }
}
