/** The error with which {@link within} rejects. */
class TimeLimitError extends Error {
  readonly code: string;

  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.code = `no answer within ${ms} ms`;
  }
}

/**
 * Waits for `work`, but not longer than `ms`. The work itself goes on: commands to Redis cannot be taken back.
 *
 * @throws what `work` rejects with, or an error that says how long was waited
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeLimitError(ms)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
