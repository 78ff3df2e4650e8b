import type { SloDecision } from '@tidewatch/slo';

/** Whether something has turned: the state of the SLO or of a tier, why nothing can be told, the SLO's health, or what is asked of it. */
export function turned(before: SloDecision, after: SloDecision): boolean {
  return (
    before.state !== after.state ||
    before.target !== after.target ||
    before.tiers.length !== after.tiers.length ||
    before.frozenBecause !== after.frozenBecause ||
    before.health.length !== after.health.length ||
    before.health.some(({ code }, index) => code !== after.health[index]?.code) ||
    after.tiers.some((tier, index) => {
      const old = before.tiers[index];
      return (
        old === undefined ||
        old.name !== tier.name ||
        old.state !== tier.state ||
        old.threshold !== tier.threshold ||
        old.longMs !== tier.longMs ||
        old.shortMs !== tier.shortMs
      );
    })
  );
}

/** Whether a reader would see other numbers: a burn rate by more than 5 %, or the budget by 0.1 points. */
export function differs(before: SloDecision, after: SloDecision): boolean {
  return (
    moved(before.budgetRemaining, after.budgetRemaining, 0.001, 0) ||
    after.tiers.some((tier, index) => {
      const old = before.tiers[index];
      return (
        moved(old?.longBurn ?? null, tier.longBurn, 0.01, 0.05) ||
        moved(old?.shortBurn ?? null, tier.shortBurn, 0.01, 0.05)
      );
    })
  );
}

function moved(before: number | null, after: number | null, absolute: number, relative: number): boolean {
  if (before === null || after === null) {
    return before !== after;
  }
  return Math.abs(after - before) > Math.max(absolute, relative * Math.abs(before));
}
