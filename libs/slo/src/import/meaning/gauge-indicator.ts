import type { ThresholdOperator } from '../../sli/sli-types.js';
import { within, type Expression, type SelectorExpression } from '../promql/expression.js';
import { isRefusal, Refusal } from '../refusal.js';
import { conditionsOf, sameSelector, storedLabel, type LabelNames } from './counter.js';
import { isZero } from './counting.js';
import type { Indicator } from './indicator.js';

/**
 * How a query that counts series of a gauge is imported, since Tidewatch judges a gauge once per slice of time.
 * `refuse`: not at all. `worst`: a minute is bad when any series is. `mean`: a minute is bad when the mean of the series is.
 */
export type GaugeSeries = 'refuse' | 'worst' | 'mean';

/** Operators of a comparison that makes a value bad, each with the one that makes it good. */
const OPPOSITE: Readonly<Record<string, ThresholdOperator>> = {
  '<': 'gte',
  '<=': 'gt',
  '>': 'lte',
  '>=': 'lt',
};
const SAME: Readonly<Record<string, ThresholdOperator>> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

interface SeriesCount {
  readonly gauge: SelectorExpression;
  /** `null`: all series are counted. */
  readonly limit: { readonly operator: string; readonly value: number } | null;
  readonly by: readonly string[];
}

/** Whether a query counts samples or series over time, as gauges are, and not how much counters rose. */
export function countsSeries(expression: Expression): boolean {
  return [...within(expression)].some(
    (part) =>
      part.kind === 'call' && ['sum_over_time', 'count_over_time', 'avg_over_time'].includes(part.name),
  );
}

/** Reads `count(gauge < limit)` over time, out of `count(gauge)` over time. */
export function gaugeIndicator(
  part: 'good' | 'bad',
  some: Expression,
  all: Expression,
  options: { readonly names: LabelNames; readonly gaugeSeries: GaugeSeries },
): Indicator | Refusal {
  const { names, gaugeSeries } = options;
  const [counted, total] = [seriesCount(some), seriesCount(all)];
  const match = counted === null ? new Refusal('') : conditionsOf(counted.gauge.match, names);
  if (counted === null || total === null) {
    return new Refusal(
      'adds up values of a gauge over time; only the number of series beyond a limit has an equivalent, as in sum_over_time(count(NAME < 1)[{{.window}}:])',
    );
  }
  if (isRefusal(match)) {
    return match;
  }
  const { limit } = counted;
  if (limit === null || total.limit !== null || !sameSelector(counted.gauge, total.gauge)) {
    return new Refusal(
      `does not compare the series of ${counted.gauge.metric} beyond a limit with all of them, which is the only way to count series that has an equivalent`,
    );
  }
  if (counted.by.join() !== total.by.join()) {
    return new Refusal(
      `counts series by ${counted.by.join(', ') || 'no label'}, and all of them by ${total.by.join(', ') || 'no label'}`,
    );
  }
  const op = (part === 'bad' ? OPPOSITE : SAME)[limit.operator];
  if (op === undefined) {
    return new Refusal(
      `compares ${counted.gauge.metric} by ${limit.operator}, and a gauge has a limit on one side`,
    );
  }
  if (gaugeSeries === 'refuse') {
    return new Refusal(
      `counts at each moment how many series of ${counted.gauge.metric} are ${limit.operator} ${limit.value}, out of all series. Tidewatch judges a gauge once per minute: choose "worst" (a minute is bad when any series is) or "mean" (when their mean is) for gauges that count series`,
    );
  }
  const worst = op === 'gte' || op === 'gt' ? 'min' : 'max';
  const way = gaugeSeries === 'worst' ? worst : 'avg';
  return {
    sli: {
      kind: 'gauge',
      gauge: { metric: counted.gauge.metric, match },
      over: way,
      across: way,
      op,
      threshold: limit.value,
    },
    groupBy: counted.by.map((label) => storedLabel(label, names)).sort(),
    notes: [
      `counts bad minutes of ${counted.gauge.metric} (${gaugeSeries === 'worst' ? 'any series' : 'the mean of its series'} is bad), where the original counts bad series at each moment: the same target is ${gaugeSeries === 'worst' ? 'harder' : 'easier'} to keep`,
    ],
  };
}

function seriesCount(expression: Expression): SeriesCount | null {
  if (expression.kind === 'binary' && expression.operator === 'or' && isZero(expression.right)) {
    return seriesCount(expression.left);
  }
  if (expression.kind === 'aggregate' && expression.operator === 'sum') {
    return summedCount(expression);
  }
  const [inner] = expression.kind === 'call' && expression.name === 'sum_over_time' ? expression.of : [];
  if (inner?.kind !== 'subquery' || inner.range.kind !== 'window' || inner.of.kind !== 'aggregate') {
    return null;
  }
  const { operator, grouping, of } = inner.of;
  return operator === 'count' && grouping?.kind !== 'without'
    ? compared(of[0], grouping?.labels ?? [])
    : null;
}

/** `sum(count_over_time((gauge < limit)[w:]))`, or with a plain range when all samples are counted. */
function summedCount(expression: Extract<Expression, { kind: 'aggregate' }>): SeriesCount | null {
  const [call] = expression.of;
  const [range] = call?.kind === 'call' && call.name === 'count_over_time' ? call.of : [];
  const isWindow = (range?.kind === 'subquery' || range?.kind === 'range') && range.range.kind === 'window';
  return isWindow && expression.grouping?.kind !== 'without'
    ? compared(range.of, expression.grouping?.labels ?? [])
    : null;
}

function compared(expression: Expression | undefined, by: readonly string[]): SeriesCount | null {
  if (expression?.kind === 'selector') {
    return { gauge: expression, limit: null, by: [...by].sort() };
  }
  if (expression?.kind !== 'binary' || expression.bool || expression.left.kind !== 'selector') {
    return null;
  }
  const { left, operator, right } = expression;
  return right.kind === 'number'
    ? { gauge: left, limit: { operator, value: right.value }, by: [...by].sort() }
    : null;
}
