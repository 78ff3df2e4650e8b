import { gateOf, type BudgetStep, type SloDefinition, type SloVerdict } from '@tidewatch/slo';
import type { VerdictRow } from '@tidewatch/store';
import { currentRows } from './group-verdicts.js';

/** Verdicts are written at least every five minutes. */
const STALE_AFTER_MS = 15 * 60_000;

/** What a release pipeline asks before it goes on. */
export interface GateView {
  readonly slo: string;
  /** `null`: it cannot be told. */
  readonly open: boolean | null;
  readonly reason: string;
  /** Of the worst group; `null` before the first judgement. */
  readonly state: SloVerdict['state'] | null;
  readonly budgetRemaining: number | null;
  readonly steps: readonly {
    readonly spent: number;
    readonly action: BudgetStep['action'];
    readonly message: string;
    readonly reached: boolean | null;
  }[];
  /** When it was last judged; `null` before the first judgement. */
  readonly at: number | null;
}

/** The gate of an SLO by the last verdicts on its groups. Verdicts that are too old decide nothing. */
export function gateView(slo: SloDefinition, rows: readonly VerdictRow[], now: number): GateView {
  const current = currentRows(slo, rows);
  const at = current.length === 0 ? null : Math.max(...current.map(({ evaluatedAt }) => evaluatedAt));
  const stale = at !== null && now - at > STALE_AFTER_MS;
  const gate = gateOf(
    slo.budgetPolicy,
    stale ? [] : current.map(({ subject, budgetRemaining }) => ({ group: subject, budgetRemaining })),
  );
  return {
    slo: slo.name,
    open: gate.open,
    reason: gate.open === null ? unknownReason(at, stale, gate.reason) : gate.reason,
    state: (current[0]?.state ?? null) as GateView['state'],
    budgetRemaining: gate.budgetRemaining,
    steps: gate.steps,
    at,
  };
}

function unknownReason(at: number | null, stale: boolean, reason: string): string {
  if (at === null) {
    return 'The SLO has not been judged yet, so the gate cannot be decided.';
  }
  return stale
    ? `The SLO was last judged at ${new Date(at).toISOString()}, so the gate cannot be decided. Check that evaluation is running.`
    : reason;
}
