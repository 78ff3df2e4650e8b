import type { BudgetStep } from './budget-policy.js';

/** What one group of an SLO has left of its budget. */
export interface GroupBudget {
  /** `''` for all traffic. */
  readonly group: string;
  /** 1 is the whole budget, negative is overspent; `null` when unknown. */
  readonly budgetRemaining: number | null;
}

/** A step of the budget policy with whether it has been reached. */
export interface GateStep extends BudgetStep {
  /** `null`: no group's budget is known. */
  readonly reached: boolean | null;
}

/** Whether releases may go on, as far as one SLO is concerned. */
export interface Gate {
  /** `false` while a freeze step is reached; `null` when that cannot be told. */
  readonly open: boolean | null;
  /** Why, in full sentences. */
  readonly reason: string;
  /** Of the group that has the least; `null` when none is known. */
  readonly budgetRemaining: number | null;
  /** Ascending by `spent`. */
  readonly steps: readonly GateStep[];
}

/**
 * Decides the release gate of an SLO: it is closed while the budget spent by any group reaches a `freeze` step.
 *
 * Groups whose budget is unknown do not close it; when all are unknown, neither does the gate claim to be open. Without a freeze step
 * the gate is always open.
 */
export function gateOf(policy: readonly BudgetStep[], groups: readonly GroupBudget[]): Gate {
  const known = groups.filter((each) => each.budgetRemaining !== null);
  const [worst] = [...known].sort((a, b) => (a.budgetRemaining ?? 0) - (b.budgetRemaining ?? 0));
  const budgetRemaining = worst?.budgetRemaining ?? null;
  const steps = [...policy]
    .sort((a, b) => a.spent - b.spent)
    .map((step) => ({
      ...step,
      reached: budgetRemaining === null ? null : isReached(step, budgetRemaining),
    }));
  const freezes = steps.filter((step) => step.action === 'freeze');
  const [first] = freezes;
  if (first === undefined) {
    return {
      open: true,
      reason: 'The error budget policy has no freeze step, so this SLO never closes the gate.',
      budgetRemaining,
      steps,
    };
  }
  if (worst === undefined || budgetRemaining === null) {
    return {
      open: null,
      reason: 'What is left of the error budget is unknown, so the gate cannot be decided.',
      budgetRemaining,
      steps,
    };
  }
  const freeze = freezes.filter((step) => step.reached === true).at(-1);
  const standing = `${percent(1 - budgetRemaining)} of the error budget is spent${groupText(worst, groups)}`;
  return {
    open: freeze === undefined,
    reason:
      freeze === undefined
        ? `${standing}; the policy freezes releases from ${percent(first.spent)} on.${unknownText(groups.length - known.length)}`
        : `${freeze.message === '' ? 'Releases are frozen.' : freeze.message} ${standing}; the policy freezes releases from ${percent(freeze.spent)} on.`,
    budgetRemaining,
    steps,
  };
}

/** 1e-12: `1 - 0.25` must reach a step at 0.75 whatever the last digit of the double says. */
function isReached(step: BudgetStep, budgetRemaining: number): boolean {
  return 1 - budgetRemaining >= step.spent - 1e-12;
}

function groupText({ group }: GroupBudget, groups: readonly GroupBudget[]): string {
  return group === '' ? '' : groups.length > 1 ? ` in the worst group, ${group}` : ` in ${group}`;
}

function unknownText(count: number): string {
  return count === 0
    ? ''
    : ` The budget of ${count} ${count === 1 ? 'group is' : 'groups are'} unknown and left out.`;
}

/** One decimal, cut: what is short of a step never reads as having reached it. */
function percent(share: number): string {
  const tenths = Math.floor(Number((share * 1_000).toFixed(6)));
  return `${(tenths / 10).toLocaleString('en-US')} %`;
}
