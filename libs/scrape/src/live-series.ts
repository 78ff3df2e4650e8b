import type { Label } from './exposition.js';
import type { ScrapedKind, ScrapedMetric, ScrapedPoint } from './scraped-metric.js';

/** What is needed to write the last point of a series. */
interface SeriesIdentity {
  readonly metric: { readonly name: string; readonly kind: ScrapedKind; readonly unit: string };
  readonly attributes: readonly Label[];
}

/**
 * The series that a target exposed in one scrape, by key. Bounded by the target's limit of samples: a scrape above it
 * fails as a whole.
 */
export type LiveSeries = ReadonlyMap<string, SeriesIdentity>;

/** No series: before the first scrape, and after one that failed. */
export const NO_SERIES: LiveSeries = new Map();

/**
 * The series of one scrape. Those with times of their own are left out, as in Prometheus: their target, and not the
 * scraper, says when they are current.
 */
export function liveSeries(metrics: readonly ScrapedMetric[]): LiveSeries {
  const live = new Map<string, SeriesIdentity>();
  for (const metric of metrics) {
    const shared = { name: metric.name, kind: metric.kind, unit: metric.unit };
    for (const { series, attributes, timeUnixNano } of metric.points) {
      if (timeUnixNano === null) {
        live.set(series, { metric: shared, attributes });
      }
    }
  }
  return live;
}

/** Points that end the series of `before` that are not in `now`, so that no query carries their last value on. */
export function endedSeries(before: LiveSeries, now: LiveSeries): ScrapedMetric[] {
  const ended = new Map<SeriesIdentity['metric'], ScrapedPoint[]>();
  for (const [series, { metric, attributes }] of before) {
    if (!now.has(series)) {
      const points = ended.get(metric) ?? [];
      points.push({ kind: 'end', series, attributes, timeUnixNano: null, startTimeUnixNano: 0n });
      ended.set(metric, points);
    }
  }
  return [...ended].map(([metric, points]) => ({ ...metric, description: '', points }));
}
