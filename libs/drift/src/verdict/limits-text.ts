import { countOf, durationText, shortNumber } from '../wording.js';
import type { Decision } from './decide.js';

/** What the tests of a run are held to. */
export interface RunLimits {
  readonly alpha: number;
  /** Tests that p-values are corrected for. */
  readonly tests: number;
  readonly windowEnd: number;
  readonly holdMs: number;
}

/** Which of the three conditions a test meets and which it fails, for people; without a full stop. */
export function limitsText(
  { alpha, tests, windowEnd, holdMs }: RunLimits,
  decision: Decision,
  { pValue, minimumEffect }: { readonly pValue: number; readonly minimumEffect: number },
): string {
  const p =
    pValue === 0
      ? 'p is too small to compute and thus'
      : `p = ${shortNumber(decision.pAdjusted)}, corrected for ${countOf(tests, 'test')}, is`;
  if (decision.conditions.significant !== true) {
    return `${p} not below alpha = ${shortNumber(alpha)}`;
  }
  const significant = `${p} below alpha = ${shortNumber(alpha)}`;
  const start = `the interval starts ${decision.conditions.large === true ? 'above' : 'no higher than'} the minimum effect of ${shortNumber(minimumEffect)}`;
  if (decision.since === null) {
    return `${significant}, and ${start}`;
  }
  const lasted = durationText(windowEnd - decision.since);
  const held =
    decision.conditions.held === true
      ? holdMs === 0
        ? ''
        : `, for ${lasted} now`
      : `, for ${lasted} of the ${durationText(holdMs)} that it must last`;
  return `${significant}, and ${start}${held}`;
}
