import type { Expression } from '../promql/expression.js';
import { parsePromql } from '../promql/parse-promql.js';
import { isRefusal, Refusal } from '../refusal.js';
import type { LabelNames } from './counter.js';
import { countingOf, isZero, type Counting } from './counting.js';
import { countingIndicator } from './event-indicator.js';
import { countsSeries } from './gauge-indicator.js';
import type { Indicator } from './indicator.js';

interface RatioReading {
  /** What the ratio is the share of. */
  readonly part: 'good' | 'bad';
  readonly some: Counting;
  readonly all: Counting;
}

/** Reads a query for the share of bad events: `bad / total`, `(total - good) / total` or `1 - good / total`. */
export function rawIndicator(query: string, names: LabelNames): Indicator | Refusal {
  const expression = parsePromql(query);
  if (isRefusal(expression)) {
    return expression;
  }
  const ratio = ratioOf(expression, 'bad', names);
  return isRefusal(ratio) ? ratio : countingIndicator(ratio.part, ratio.some, ratio.all);
}

function ratioOf(expression: Expression, part: 'good' | 'bad', names: LabelNames): RatioReading | Refusal {
  if (countsSeries(expression)) {
    return new Refusal(
      'is the mean of a gauge and no share of events: how far it lies below 1 cannot be spent as an error budget; write an SLO with a limit for the gauge, with Timeslices',
    );
  }
  if (expression.kind === 'binary' && expression.operator === 'or' && isZero(expression.right)) {
    return ratioOf(expression.left, part, names);
  }
  if (expression.kind === 'binary' && expression.operator === '-') {
    return expression.left.kind === 'number' && expression.left.value === 1
      ? ratioOf(expression.right, part === 'bad' ? 'good' : 'bad', names)
      : new Refusal('subtracts something from a number other than 1, and an error ratio is a share');
  }
  if (expression.kind === 'binary' && expression.operator === '/') {
    const [some, all] = [countingOf(expression.left, names), countingOf(expression.right, names)];
    if (isRefusal(some)) {
      return some;
    }
    return isRefusal(all) ? all : { part, some, all };
  }
  if (expression.kind === 'call' && expression.name === 'histogram_fraction') {
    return fractionOf(expression.of, part, names);
  }
  return new Refusal(
    'is a ratio whose events cannot be seen, such as one from a recording rule; write it as bad / all, 1 - good / all or (all - good) / all',
  );
}

/** `histogram_fraction(0, limit, sum(rate(…)))`: the share of measurements of a native histogram up to a limit. */
function fractionOf(
  of: readonly Expression[],
  part: 'good' | 'bad',
  names: LabelNames,
): RatioReading | Refusal {
  const [from, to, histogram] = of;
  if (from?.kind !== 'number' || from.value > 0 || to?.kind !== 'number' || histogram === undefined) {
    return new Refusal(
      'takes a share of a histogram that does not begin at 0; only histogram_fraction(0, LIMIT, …) has an equivalent',
    );
  }
  const all = countingOf(histogram, names);
  if (isRefusal(all)) {
    return all;
  }
  const { selector } = all.plus;
  return {
    part,
    some: { ...all, plus: { selector, part: 'bucket', le: to.value } },
    all: { ...all, plus: { selector, part: 'count' } },
  };
}
