import { spanOf, type TimeRange } from '@tidewatch/core';
import { budgetParts, type BudgetPart } from '../budget.js';
import { budgetSlices } from '../counting/budget-slices.js';
import type { EventCount } from '../event-count.js';
import type { JudgedSlo, SloEvidence, WindowEvidence } from '../slo-evidence.js';
import { windowsOf, type BurnTier } from '../tiers.js';
import { periodAt } from '../window/period.js';
import type { ReplayTraffic } from './replay-traffic.js';
import { SliceSums, type SlicePart } from './slice-sums.js';

/** What was counted for one group of an SLO, ready to be judged at any time. */
export class GroupHistory {
  readonly slo: JudgedSlo;
  readonly group: string;
  private readonly parts: readonly BudgetPart[];
  private readonly sums: readonly SliceSums[];
  private readonly coveredFrom: number;

  /** @param coveredFrom since when events have been counted, milliseconds since the epoch; what is not covered freezes a tier */
  constructor(slo: JudgedSlo, traffic: readonly ReplayTraffic[], group: string, coveredFrom: number) {
    this.slo = slo;
    this.group = group;
    this.coveredFrom = coveredFrom;
    this.parts = budgetParts(slo);
    const range = spanOf(traffic.map((part) => part.range));
    const gridMs = gridOf(traffic);
    const slices = this.parts.map((): SlicePart[] => []);
    for (const { range: covered, sliceMs, groups } of traffic) {
      const counted = groups.find((each) => each.group === group)?.members;
      const members = slo.members.map((_, index) => counted?.[index] ?? []);
      for (const [index, list] of budgetSlices(slo, members, covered, sliceMs).entries()) {
        // A coarse slice counts in the last slice of the grid that it covers.
        slices[index]?.push({ slices: list, delayMs: sliceMs - gridMs });
      }
    }
    this.sums = slices.map((list) => new SliceSums(range, gridMs, list));
  }

  /** Everything that {@link judgeSlo} asks for at `windowEnd`, but for conditions. */
  evidence(windowEnd: number, slo: JudgedSlo = this.slo): SloEvidence {
    const period = periodAt(slo.window, windowEnd);
    return {
      slo,
      group: this.group,
      windows: new Map(windowsOf(slo).map((ms) => [ms, this.window(windowEnd - ms, windowEnd)])),
      period: { ...period, ...this.window(period.from, windowEnd) },
      windowEnd,
    };
  }

  /**
   * Whether `tier` can fire at `windowEnd`: a quick look at its long window that may say yes in vain and never no.
   */
  mayFire(tier: BurnTier, windowEnd: number): boolean {
    let burn = 0;
    let bad = 0;
    for (const [index, part] of this.parts.entries()) {
      const { good, total } = this.sum(index, windowEnd - tier.longMs, windowEnd);
      if (total > good) {
        bad += total - good;
        burn +=
          (part.weight * (total - good) * 10 ** part.allowed.scale) / (Number(part.allowed.units) * total);
      }
    }
    // 1e-9: more than the rounding of a few quotients.
    return bad >= tier.minimumBadEvents && burn >= tier.burn * (1 - 1e-9);
  }

  private window(from: number, to: number): WindowEvidence {
    const covered = to - Math.max(from, this.coveredFrom);
    return {
      counts: this.parts.map((_, index) => this.sum(index, from, to)),
      coverage: to > from ? Math.min(1, Math.max(0, covered / (to - from))) : 1,
    };
  }

  private sum(index: number, from: number, to: number): EventCount {
    return this.sums[index]?.between(from, to) ?? { good: 0, total: 0 };
  }
}

/** The finest slices of a history: what evaluations step by. */
export function gridOf(traffic: readonly ReplayTraffic[]): number {
  return Math.min(...traffic.map(({ sliceMs }) => sliceMs));
}

/** The stretch of time that a history covers. */
export function rangeOf(traffic: readonly ReplayTraffic[]): TimeRange {
  return spanOf(traffic.map(({ range }) => range));
}
