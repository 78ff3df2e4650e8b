import type { AppError } from '@tidewatch/core';
import { toStoreError } from './clickhouse-error.js';
import type { Database } from './database.js';

/** How often a server that was away is asked again. */
const RETRY_MS = 2_000;

/**
 * Opens a store whose server did not answer at start: `open` is tried until it works. Until then every statement fails with
 * the reason, so that nothing meets tables that are missing or old.
 */
export class LateOpening {
  private readonly database: Database;
  private readonly open: () => Promise<unknown>;
  private attempt: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param open brings the tables up to date; it must not go through `database` */
  constructor(database: Database, reason: AppError, open: () => Promise<unknown>) {
    this.database = database;
    this.open = open;
    this.wait(reason);
  }

  /** Gives up, after the attempt in progress. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.attempt;
  }

  private wait(reason: AppError): void {
    this.database.refuse(reason);
    if (!this.stopped) {
      this.timer = setTimeout(() => {
        this.attempt = this.open().then(
          () => this.database.refuse(null),
          (error: unknown) => this.wait(toStoreError(error, 'Opening the store')),
        );
      }, RETRY_MS);
    }
  }
}
