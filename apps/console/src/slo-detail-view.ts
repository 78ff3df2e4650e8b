import type { HealthNote, SloVerdict, SloView } from './api.js';

/** One group of an SLO; `''` when its traffic is not told apart. */
export interface SloGroup {
  group: string;
  verdict: SloVerdict;
}

/** When something is done about a budget. `reached`: `null` while the budget is unknown. */
export interface PolicyStep {
  spent: number;
  action: 'ticket' | 'message' | 'freeze';
  message: string;
  reached: boolean | null;
}

/** Whether releases may go on. `open`: `null` when that cannot be told. */
export interface GateView {
  open: boolean | null;
  reason: string;
  steps: PolicyStep[];
}

/** Why a stretch of time is taken out of an SLO. */
export type CorrectionCategory =
  'planned-maintenance' | 'outside-business-hours' | 'deployment' | 'false-data' | 'other';

/** What a correction does to the events of its time. */
export type CorrectionEffect = 'count-as-good' | 'remove';

/** A stretch of time that does not count as it was. Times in ms since the epoch. */
export interface CorrectionView {
  id: string;
  /** Empty: all of the project. */
  slos: string[];
  category: CorrectionCategory;
  effect: CorrectionEffect;
  from: number;
  to: number;
  /** Empty: once. */
  rrule: string;
  timeZone: string;
  reason: string;
  actor: string;
  createdAt: number;
  withdrawnAt: number | null;
}

/** An SLO with everything that its page shows at once. */
export interface SloDetail extends Omit<SloView, 'groups'> {
  /** The worst first. */
  groups: SloGroup[];
  /** Labels that tell its traffic apart. */
  groupBy: string[];
  gate: GateView;
  corrections: CorrectionView[];
  health: HealthNote[];
}

/** How the budget stood at one moment. */
export interface BudgetPoint {
  at: number;
  remaining: number | null;
  burn: number | null;
  good: number;
  total: number;
}

/** The budget over time. */
export interface BudgetView {
  group: string;
  stepMs: number;
  points: BudgetPoint[];
  period: { from: number; to: number };
}

/** Good and total slice by slice. */
export interface StripView {
  group: string;
  resolutionMs: number;
  /** Beginning, good, total; absent slices had no events. */
  slices: [number, number, number][];
}
