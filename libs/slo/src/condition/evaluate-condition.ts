import { formatDuration } from '@tidewatch/core';
import { measureWords, OPERATOR_WORDS, shortNumber } from './describe-condition.js';
import { requestKey, type MeasuredValue, type MeasureRequest } from './measured-value.js';
import type { Comparison, MetricCondition } from './metric-condition.js';

/** What was found for one comparison. Plain data, fit for JSON. */
export interface ComparisonOutcome {
  /** What was measured, in words. */
  readonly measure: string;
  /** `null` when nothing was measured, and for a limit that is never reached. */
  readonly value: number | null;
  /** Bounds of the value, 95 %; `null` where it has none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly op: Comparison['op'];
  /** What the value was compared with: the limit, or the factor times the earlier value; `null` when that is unknown. */
  readonly limit: number | null;
  /** `null`: unknown. */
  readonly holds: boolean | null;
  /** All of it in words. */
  readonly text: string;
}

/** What was found for a condition: true, false, or not known. */
export interface ConditionOutcome {
  readonly holds: boolean | null;
  /** In the order they are written in. */
  readonly comparisons: readonly ComparisonOutcome[];
  /** The comparisons that decided, in words. */
  readonly text: string;
}

/** The numbers that conditions need, each once. */
export function measuresOf(...conditions: readonly MetricCondition[]): MeasureRequest[] {
  const requests = new Map<string, MeasureRequest>();
  const add = (request: MeasureRequest): void => void requests.set(requestKey(request), request);
  const visit = (condition: MetricCondition): void => {
    if (condition.kind !== 'comparison') {
      condition.of.forEach(visit);
      return;
    }
    add(presentRequest(condition));
    const earlier = earlierRequest(condition);
    if (earlier !== null) {
      add(earlier);
    }
  };
  conditions.forEach(visit);
  return [...requests.values()];
}

/**
 * Judges a condition by Kleene's logic: `all` is false as soon as one part is false, `any` true as soon as one is true,
 * whatever is unknown; otherwise an unknown part makes the whole unknown.
 *
 * A trend holds only when it can be told from its scatter: where 0 lies in the 95 % interval of a slope, no comparison away
 * from 0 holds.
 *
 * @param valueOf the value of a request of {@link measuresOf}; `null` for one that could not be measured
 */
export function evaluateCondition(
  condition: MetricCondition,
  valueOf: (request: MeasureRequest) => MeasuredValue | null,
): ConditionOutcome {
  if (condition.kind === 'comparison') {
    const outcome = compare(condition, valueOf);
    return { holds: outcome.holds, comparisons: [outcome], text: outcome.text };
  }
  const parts = condition.of.map((part) => evaluateCondition(part, valueOf));
  const decisive = condition.kind === 'any';
  const holds = parts.some((part) => part.holds === decisive)
    ? decisive
    : parts.some((part) => part.holds === null)
      ? null
      : !decisive;
  const deciding = parts.filter((part) => part.holds === holds);
  return {
    holds,
    comparisons: parts.flatMap((part) => part.comparisons),
    text: deciding.map((part) => part.text).join('; '),
  };
}

function presentRequest({ measure, windowMs }: Comparison): MeasureRequest {
  return { measure, windowMs, offsetMs: 0 };
}

function earlierRequest({ measure, windowMs, comparedWithMs }: Comparison): MeasureRequest | null {
  return comparedWithMs === null ? null : { measure, windowMs, offsetMs: comparedWithMs };
}

function compare(
  comparison: Comparison,
  valueOf: (request: MeasureRequest) => MeasuredValue | null,
): ComparisonOutcome {
  const { measure, windowMs, op } = comparison;
  const found = valueOf(presentRequest(comparison));
  const earlier = earlierRequest(comparison);
  const before = earlier === null ? null : valueOf(earlier);
  const limit =
    earlier === null ? comparison.limit : before === null ? null : comparison.limit * before.value;
  const known = found !== null && !Number.isNaN(found.value) && limit !== null && !Number.isNaN(limit);
  const holds = known ? exceeds(op, found.value, limit) && isTold(comparison, found, limit) : null;
  const finite = (value: number | null | undefined): number | null =>
    value !== null && value !== undefined && Number.isFinite(value) ? value : null;
  return {
    measure: measureWords(measure, windowMs),
    value: finite(found?.value),
    low: finite(found?.low),
    high: finite(found?.high),
    op,
    limit: finite(limit),
    holds,
    text: sentence(comparison, found, limit, before),
  };
}

function exceeds(op: Comparison['op'], value: number, limit: number): boolean {
  switch (op) {
    case 'above':
      return value > limit;
    case 'atLeast':
      return value >= limit;
    case 'below':
      return value < limit;
    case 'atMost':
      return value <= limit;
  }
}

/** Whether a slope beyond the limit differs from no slope at all; true for every other measure. */
function isTold({ measure, op }: Comparison, { low, high }: MeasuredValue, limit: number): boolean {
  if (measure.kind !== 'slope' || low === null || high === null) {
    return true;
  }
  const upwards = op === 'above' || op === 'atLeast';
  return upwards ? limit < 0 || low > 0 : limit > 0 || high < 0;
}

function sentence(
  { measure, windowMs, op, limit: written, comparedWithMs }: Comparison,
  found: MeasuredValue | null,
  limit: number | null,
  before: MeasuredValue | null,
): string {
  const what = measureWords(measure, windowMs);
  if (found === null || Number.isNaN(found.value)) {
    return `${what} is not known (no data)`;
  }
  const value = Number.isFinite(found.value) ? shortNumber(found.value) : 'never';
  const bound = (each: number): string => (Number.isFinite(each) ? shortNumber(each) : 'never');
  const interval =
    found.low === null || found.high === null || (found.low === found.high && found.low === found.value)
      ? ''
      : measure.kind === 'share'
        ? ` (between ${bound(found.low)} and ${bound(found.high)}, by its buckets)`
        : ` (95 % interval ${bound(found.low)} to ${bound(found.high)})`;
  const than =
    comparedWithMs === null
      ? shortNumber(written)
      : limit === null || before === null
        ? `${shortNumber(written)} times the value ${formatDuration(comparedWithMs)} before, which is not known`
        : `${shortNumber(limit)}, which is ${shortNumber(written)} times the ${shortNumber(before.value)} of ${formatDuration(comparedWithMs)} before`;
  return `${what} is ${value}${interval}; the limit is ${OPERATOR_WORDS[op]} ${than}${found.note === '' ? '' : `; ${found.note}`}`;
}
