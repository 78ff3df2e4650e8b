import { errorMessage } from '@tidewatch/core';
import type { NotificationEventRow, Store } from '@tidewatch/store';
import type { Logger } from 'pino';

/**
 * Stores attempts. What has been sent stays sent when the store is away: such rows are kept and stored later, and until
 * then their messages count as done in this process.
 */
export class AttemptLog {
  private readonly store: Pick<Store, 'notifications'>;
  private readonly logger: Logger;
  private unstored: NotificationEventRow[] = [];
  /** On their way into the store: a query may not see them yet. */
  private readonly storing = new Set<NotificationEventRow>();
  private retrying: Promise<void> | null = null;

  constructor(store: Pick<Store, 'notifications'>, logger: Logger) {
    this.store = store;
    this.logger = logger;
  }

  /** Intents whose end is known here and not yet stored. */
  get unstoredIntents(): ReadonlySet<string> {
    return new Set([...this.unstored, ...this.storing].map(({ intentId }) => intentId));
  }

  /** Stores rows, or keeps them for {@link retry}. */
  async add(rows: readonly NotificationEventRow[]): Promise<void> {
    rows.forEach((row) => this.storing.add(row));
    try {
      // In order: the end of an attempt must not be stored before its beginning.
      await this.retry();
      await this.append(rows);
    } catch (error) {
      this.unstored.push(...rows);
      this.logger.error(
        { error: errorMessage(error), rows: this.unstored.length },
        'delivery attempts could not be stored; they are kept and stored later',
      );
    } finally {
      rows.forEach((row) => this.storing.delete(row));
    }
  }

  /** Stores rows. @throws what the store throws */
  async append(rows: readonly NotificationEventRow[]): Promise<void> {
    const projects = [...new Set(rows.map(({ project }) => project))];
    await Promise.all(
      projects.map((project) =>
        this.store.notifications.append(
          project,
          rows.filter((row) => row.project === project),
        ),
      ),
    );
  }

  /** Stores what could not be stored before. @throws what the store throws */
  retry(): Promise<void> {
    this.retrying ??= this.storeKept().finally(() => {
      this.retrying = null;
    });
    return this.retrying;
  }

  private async storeKept(): Promise<void> {
    const rows = this.unstored;
    if (rows.length > 0) {
      await this.append(rows);
      // What was kept meanwhile is at the end.
      this.unstored = this.unstored.slice(rows.length);
    }
  }
}
