import type { FalseAlarmBudget } from './rule-fields.js';

/** The bucket of a rule that names none, where window and every are multiples of it. */
const LARGEST_BUCKET_MS = 300_000;

/** When a monitor looks, in milliseconds, as its rule says it. */
export interface WindowFields {
  readonly window: number;
  readonly every: number;
  readonly bucket?: number | undefined;
  readonly falseAlarmBudget: FalseAlarmBudget;
}

/** What is wrong with the times of a rule. */
export function windowProblems({
  window,
  every,
  bucket,
  falseAlarmBudget: budget,
}: WindowFields): { readonly path: string[]; readonly message: string }[] {
  const problems: { path: string[]; message: string }[] = [];
  if (bucket !== undefined && window % bucket !== 0) {
    problems.push({ path: ['window'], message: 'must be a multiple of bucket' });
  }
  if (bucket !== undefined && every % bucket !== 0) {
    problems.push({ path: ['every'], message: 'must be a multiple of bucket' });
  }
  if (budget.count * every >= budget.periodMs) {
    const message = 'must allow fewer alarms than there are evaluations in its period';
    problems.push({ path: ['falseAlarmBudget'], message });
  }
  return problems;
}

/** The bucket of a rule that names none: 5m, or what fits both: a rule that shortens its window for a demo need not think of it. */
export function fittingBucket(windowMs: number, everyMs: number): number {
  return greatestCommonDivisor(LARGEST_BUCKET_MS, greatestCommonDivisor(windowMs, everyMs));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
