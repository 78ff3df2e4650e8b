/**
 * Runs work one after the other for each key, and side by side for different keys. A failure of one piece of work is its
 * own: the next one runs all the same.
 */
export class KeyedLanes {
  private readonly tails = new Map<string, Promise<unknown>>();

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const result = before.then(work, work);
    this.tails.set(key, result);
    const settled = (): void => {
      // Only the last one of a lane closes it.
      if (this.tails.get(key) === result) {
        this.tails.delete(key);
      }
    };
    result.then(settled, settled);
    return result;
  }
}
