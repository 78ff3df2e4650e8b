import type { TimeRange } from '@tidewatch/core';
import {
  costReport,
  PLACE_LABELS,
  placeOfLabels,
  usageHours,
  usageStepMs,
  type CostModel,
  type CostPlace,
  type CostReport,
  type CountSource,
  type InferenceCount,
  type Spending,
  type UsageSource,
} from '@tidewatch/slo';
import type { MetricQueries } from '@tidewatch/store';

const HOUR_MS = 3_600_000;

/**
 * What a cost model says inferences cost in a range.
 *
 * @param range in whole steps, see `wholeSteps`
 * @throws AppError `store.selector-type` when a metric is not of the kind that the model says, and the engine's errors
 */
export async function readCosts(
  queries: MetricQueries,
  project: string,
  { price, inferences }: Pick<CostModel, 'price' | 'inferences'>,
  range: TimeRange,
): Promise<CostReport> {
  const spending: Spending[] = [];
  if (price.kind === 'time') {
    const hours = await readUsage(queries, project, price.usage, range);
    spending.push(...hours.map(({ place, amount }) => ({ ...place, cost: amount * price.perHour })));
  } else {
    for (const { price: each, source } of price.tokens) {
      const tokens = await readCounts(queries, project, { source, range, of: 'sum' });
      spending.push(...tokens.map(({ place, amount }) => ({ ...place, cost: amount * each })));
    }
  }
  const counts = await readCounts(queries, project, { source: inferences, range, of: 'count' });
  return costReport(
    spending,
    counts.map(({ place, amount }): InferenceCount => ({ ...place, inferences: amount })),
  );
}

interface Amount {
  readonly place: CostPlace;
  readonly amount: number;
}

/** Hours of use by place. */
async function readUsage(
  queries: MetricQueries,
  project: string,
  usage: UsageSource,
  range: TimeRange,
): Promise<Amount[]> {
  if (usage.kind === 'fixed') {
    return [{ place: placeOfLabels({}), amount: (usage.amount * (range.to - range.from)) / HOUR_MS }];
  }
  const step = usageStepMs(range);
  const counted = usage.kind === 'distinct' ? usage.label : null;
  const by = counted === null ? PLACE_LABELS : [...new Set([...PLACE_LABELS, counted])];
  const { series } = await queries.gauge(project, {
    ...{ selector: usage.selector, range, step, by },
    ...{ over: 'avg', across: 'sum' },
  });
  const named = series.filter(({ labels }) => counted === null || (labels[counted] ?? '') !== '');
  return named.map(({ labels, points }) => ({
    place: placeOfLabels(labels),
    amount: usageHours(
      points.map(({ value }) => (counted === null ? value : 1)),
      step,
    ),
  }));
}

/** Increases of a counter, or the number or the sum of what a histogram measured, by place. */
async function readCounts(
  queries: MetricQueries,
  project: string,
  {
    source,
    range,
    of,
  }: { readonly source: CountSource; readonly range: TimeRange; readonly of: 'count' | 'sum' },
): Promise<Amount[]> {
  const query = { selector: source.selector, range, step: usageStepMs(range), by: PLACE_LABELS };
  if (source.kind === 'counter') {
    const { series } = await queries.increase(project, query);
    return series.map(({ labels, points }) => ({
      place: placeOfLabels(labels),
      amount: points.reduce((sum, { value }) => sum + value, 0),
    }));
  }
  const { series } = await queries.distribution(project, { ...query, quantiles: [] });
  return series.map(({ labels, points }) => ({
    place: placeOfLabels(labels),
    amount: points.reduce((sum, point) => sum + (of === 'count' ? point.count : (point.sum ?? 0)), 0),
  }));
}
