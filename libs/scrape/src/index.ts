export type {
  Exposition,
  ExpositionFormat,
  ExpositionValue,
  Family,
  FamilyType,
  Label,
  LineProblem,
  Sample,
  ScrapedExemplar,
} from './exposition.js';
export { ExpositionParser, parseExposition } from './exposition-parser.js';
export type { ExpositionLimits } from './exposition-parser.js';
export { endedSeries, liveSeries, NO_SERIES } from './live-series.js';
export type { LiveSeries } from './live-series.js';
export { ACCEPT, detectFormat, formatOf } from './negotiation.js';
export { encodeOtlpRequest } from './otlp-request.js';
export { NO_PRESET, presets, PRESETS } from './presets.js';
export type { Preset, PresetName } from './presets.js';
export { endOfReport, reportMetrics } from './scrape-report.js';
export type { ScrapeReport } from './scrape-report.js';
export { scrapeSecrets, scrapeTargetSchema } from './scrape-target.js';
export type { ScrapeTarget, SecretHeader } from './scrape-target.js';
export type { ScrapedKind, ScrapedMetric, ScrapedPoint } from './scraped-metric.js';
export { targetUrl, targetUrlProblem } from './target-url.js';
export { toMetrics, toMetricsSteps } from './to-metrics.js';
export type { SampleMapping, ScrapedMetrics } from './to-metrics.js';
