import type { BudgetStep, BurnTier, Correction, SloDefinition } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import { currentRows, groupVerdictOf, type GroupVerdict } from './group-verdicts.js';
import { gateView, type GateView } from './slo-gate.js';
import { sloView, type SloView } from './slo-view.js';

const MOST_CORRECTIONS = 200;

/** One SLO with all of its groups and rules. */
export interface SloDetail extends Omit<SloView, 'groups'> {
  /** The worst first. */
  readonly groups: readonly { readonly group: string; readonly verdict: GroupVerdict }[];
  /** Labels that tell its traffic apart; empty when all is judged as one. */
  readonly groupBy: readonly string[];
  readonly tiers: readonly BurnTier[];
  readonly members: readonly MemberView[];
  readonly budgetPolicy: readonly BudgetStep[];
  /** Whether releases may go on, by the policy. */
  readonly gate: GateView;
  /** Those of this SLO or of all, withdrawn ones included; the newest 200, newest first. */
  readonly corrections: readonly Correction[];
}

/** An indicator of an SLO. */
export interface MemberView {
  readonly name: string;
  readonly sli: string;
  readonly target: number;
  readonly weight: number;
}

/** What an SLO's page is made from. */
export interface DetailInput {
  readonly rows: readonly VerdictRow[];
  readonly trend: SloView['trend'];
  /** Of the project. */
  readonly corrections: readonly Correction[];
  readonly now: number;
}

/** An SLO with everything that its page shows at once. */
export function sloDetail(slo: SloDefinition, { rows, trend, corrections, now }: DetailInput): SloDetail {
  return {
    ...sloView(slo, rows, trend),
    groups: currentRows(slo, rows).flatMap((row) => {
      const verdict = groupVerdictOf(row);
      return verdict === null ? [] : [{ group: row.subject, verdict }];
    }),
    groupBy: slo.groupBy?.labels ?? [],
    tiers: slo.tiers,
    members: slo.members.map(({ name, sli, target, weight }) => ({ name, sli: sli.kind, target, weight })),
    budgetPolicy: slo.budgetPolicy,
    gate: gateView(slo, rows, now),
    corrections: corrections
      .filter(({ slos }) => slos.length === 0 || slos.includes(slo.name))
      .slice(0, MOST_CORRECTIONS),
  };
}
