import type { ScrapedMetric } from './scraped-metric.js';

/** What a scrape says about itself. */
export interface ScrapeReport {
  readonly up: boolean;
  readonly durationSeconds: number;
  /** Samples the target exposed. */
  readonly scraped: number;
  /** Samples that were kept. */
  readonly kept: number;
}

/**
 * The series that Prometheus adds to every scrape, by the same names, also to one that failed: `up`,
 * `scrape_duration_seconds`, `scrape_samples_scraped` and `scrape_samples_post_metric_relabeling`.
 */
export function reportMetrics(report: ScrapeReport): ScrapedMetric[] {
  return [
    gauge('up', '', 'Whether the last scrape of the target succeeded.', report.up ? 1 : 0),
    gauge('scrape_duration_seconds', 's', 'How long the scrape took.', report.durationSeconds),
    gauge('scrape_samples_scraped', '', 'Samples that the target exposed.', report.scraped),
    gauge('scrape_samples_post_metric_relabeling', '', 'Samples that were kept.', report.kept),
  ];
}

/** Points that end the series of {@link reportMetrics}: the target is no longer scraped. */
export function endOfReport(): ScrapedMetric[] {
  return reportMetrics({ up: false, durationSeconds: 0, scraped: 0, kept: 0 }).map((metric) => ({
    ...metric,
    points: [{ kind: 'end', series: metric.name, attributes: [], timeUnixNano: null, startTimeUnixNano: 0n }],
  }));
}

function gauge(name: string, unit: string, description: string, value: number): ScrapedMetric {
  return {
    name,
    kind: 'gauge',
    unit,
    description,
    points: [
      {
        kind: 'number',
        series: name,
        attributes: [],
        timeUnixNano: null,
        startTimeUnixNano: 0n,
        value: { number: value, integer: null },
        exemplar: null,
      },
    ],
  };
}
