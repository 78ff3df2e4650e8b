import type { SloDefinition } from '@tidewatch/slo';
import { budgetSpeaker } from './slo-signals.js';

/**
 * Remembers when steps of a budget policy were reached. A step that was reached before, by what is stored of the last verdict, is no news
 * after a restart.
 */
export class BudgetSteps {
  private readonly reached = new Map<string, number>();
  private spentBefore: number;

  /** @param spentBefore share of the budget that was spent when the SLO was last judged; 0 when it never was */
  constructor(spentBefore: number) {
    this.spentBefore = spentBefore;
  }

  /** When each step that is reached at present was reached; those of before the start are absent. */
  at(
    { budgetPolicy }: Pick<SloDefinition, 'budgetPolicy'>,
    remaining: number | null,
    now: number,
  ): ReadonlyMap<string, number> {
    if (remaining === null) {
      return this.reached;
    }
    const spent = 1 - remaining;
    for (const step of budgetPolicy) {
      const speaker = budgetSpeaker(step);
      if (spent < step.spent) {
        this.reached.delete(speaker);
      } else if (this.spentBefore < step.spent) {
        this.reached.set(speaker, now);
      }
    }
    this.spentBefore = spent;
    return this.reached;
  }
}
