import { toNumberOrNull } from '../row-values.js';
import type { JsonNumber } from '../row-values.js';
import type { DistributionNote, DistributionPoint } from './distribution.js';
import type { ExplicitHistogram } from './explicit-histogram.js';
import type { HistogramKind } from './histogram-increase-sql.js';
import type { StepRow } from './number-queries.js';
import type { SeriesKind } from './series-kinds.js';

/** What explicit and exponential histograms have in common in a row of results. */
export interface MomentsRow extends StepRow {
  readonly total: string;
  readonly sum: JsonNumber | null;
  readonly min: JsonNumber | null;
  readonly max: JsonNumber | null;
}

/** The temporalities among `kinds`. */
export function temporalities(kinds: readonly SeriesKind[]): HistogramKind[] {
  return (['delta', 'cumulative'] as const).filter((each) =>
    kinds.some(({ temporality }) => temporality === each),
  );
}

/** Known only where it is known of all rows that count. */
const ifKnown = (name: string): string =>
  `if(countIf(isNull(histograms.${name}) AND histograms.total != 0) = 0, ${name}(histograms.${name}), NULL) AS ${name}`;

/** The columns of {@link MomentsRow}, from rows of a subquery called `histograms`. */
export const MOMENTS = `sum(histograms.total) AS total, ${ifKnown('sum')}, ${ifKnown('min')}, ${ifKnown('max')}`;

/** As the histogram types have them. */
export function toMoments(row: MomentsRow): Pick<ExplicitHistogram, 'count' | 'sum' | 'min' | 'max'> {
  return {
    count: BigInt(row.total),
    sum: toNumberOrNull(row.sum),
    min: toNumberOrNull(row.min),
    max: toNumberOrNull(row.max),
  };
}

/** As results have them. */
export function momentsOf({
  count,
  sum,
  min,
  max,
}: Pick<ExplicitHistogram, 'count' | 'sum' | 'min' | 'max'>): Omit<DistributionPoint, 'at' | 'quantiles'> {
  return { count: Number(count), sum, min, max };
}

/** Rows in order of labels and step, those of one step together. */
export function onePerStep<Row extends StepRow>(rows: readonly Row[]): (StepRow & { rows: Row[] })[] {
  const steps: (StepRow & { rows: Row[] })[] = [];
  for (const row of rows) {
    const last = steps.at(-1);
    if (last !== undefined && last.step === row.step && last.labels.join('\0') === row.labels.join('\0')) {
      last.rows.push(row);
    } else {
      steps.push({ labels: row.labels, step: row.step, rows: [row] });
    }
  }
  return steps;
}

/** The notes that apply. */
export function notesOf(times: Partial<Record<DistributionNote['code'], number>>): DistributionNote[] {
  return (Object.entries(times) as [DistributionNote['code'], number][])
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ code, times: count }));
}
