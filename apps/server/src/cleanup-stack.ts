import { errorMessage } from '@tidewatch/core';
import type { Logger } from 'pino';

/** Undoes what was started, last first. */
export class CleanupStack {
  private readonly steps: (() => Promise<void>)[] = [];

  /** Adds a step; it runs before those added earlier. */
  push(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** Runs all steps, one after another. A step that fails is logged and does not stop the rest. */
  async run(logger: Logger): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) {
      await step().catch((error: unknown) =>
        logger.error({ error: errorMessage(error) }, 'a part did not stop cleanly'),
      );
    }
  }
}
