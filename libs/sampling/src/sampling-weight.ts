import type { AlwaysKeep, SampledSignal, SamplingRule } from './sampling-rule.js';
import {
  hashedRandomness,
  isKept,
  rejectionThreshold,
  traceRandomness,
  type Randomness,
  type RejectionThreshold,
} from './threshold.js';

/** A span, as far as sampling looks at it. */
export interface SampledSpan {
  /** 16 bytes. */
  readonly traceId: Uint8Array;
  readonly isError: boolean;
  readonly durationMs: number;
  readonly serviceName: string;
  readonly name: string;
}

/** A log record, as far as sampling looks at it. */
export interface SampledLog {
  /** 16 bytes, all zeros for a record outside of a trace. */
  readonly traceId: Uint8Array;
  readonly severityNumber: number;
  readonly serviceName: string;
  /**
   * Bytes that tell the record from others, such as its time and body. They decide about records outside of a trace;
   * without them such records are all kept.
   */
  readonly identity?: Uint8Array;
}

/** A prediction, as far as sampling looks at it. */
export interface SampledPrediction {
  readonly predictionId: string;
  readonly service: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly region: string;
  readonly environment: string;
  readonly variant: string;
  /** `null` when the service does not say. */
  readonly latencyMs: number | null;
  readonly status: string;
  readonly errorType: string;
  readonly sampleWeight: number;
}

/**
 * Decides about items: 0 drops one, anything else is the number of items that a kept one stands for. 1 for what is kept
 * in any case, 1/keep for the rest, so that sums of weights estimate sums over everything without bias (Horvitz and
 * Thompson, 1952). The decision depends on the item alone: a repeated item gets the same one.
 */
export type SamplingWeight<Item> = (item: Item) => number;

/** A rule made ready for many items. */
interface ReadyRule {
  readonly match: SamplingRule['match'];
  readonly labels: readonly string[];
  readonly alwaysKeep: AlwaysKeep;
  readonly threshold: RejectionThreshold;
  readonly weight: number;
}

/** What a signal's items look like to the decision. */
interface ItemView {
  label(name: string): string;
  isAlwaysKept(rule: AlwaysKeep): boolean;
  /** `undefined` when nothing tells the item from others; it is then kept. */
  randomness(): Randomness | undefined;
}

/** Decides about spans. All spans of a trace that one rule matches are kept or dropped together, errors and slow ones aside. */
export function spanWeight(rules: readonly SamplingRule[]): SamplingWeight<SampledSpan> {
  return weightBy(rules, 'traces', (span) => ({
    label: (name) => (name === 'service' ? span.serviceName : span.name),
    isAlwaysKept: (keep) => (keep.errors && span.isError) || isSlow(span.durationMs, keep),
    randomness: () => traceRandomness(span.traceId),
  }));
}

/** Decides about log records: by their trace, as its spans with the same ratio, else by what they say. */
export function logWeight(rules: readonly SamplingRule[]): SamplingWeight<SampledLog> {
  return weightBy(rules, 'logs', (log) => ({
    label: () => log.serviceName,
    isAlwaysKept: (keep) => keep.severityNumber !== null && log.severityNumber >= keep.severityNumber,
    randomness: () =>
      traceRandomness(log.traceId) ??
      (log.identity === undefined ? undefined : hashedRandomness(log.identity)),
  }));
}

/** Decides about predictions by their ids. */
export function predictionWeight(rules: readonly SamplingRule[]): SamplingWeight<SampledPrediction> {
  const encoder = new TextEncoder();
  return weightBy(rules, 'predictions', (prediction) => ({
    label: (name) => predictionLabel(prediction, name),
    isAlwaysKept: (keep) =>
      (keep.errors && (prediction.status !== 'ok' || prediction.errorType !== '')) ||
      (prediction.latencyMs !== null && isSlow(prediction.latencyMs, keep)),
    randomness: () => hashedRandomness(encoder.encode(prediction.predictionId)),
  }));
}

/** The predictions that are kept, each with the weight it came with times that of the sampling. */
export function samplePredictions<Row extends SampledPrediction>(
  rows: readonly Row[],
  weightOf: SamplingWeight<SampledPrediction>,
): Row[] {
  return rows.flatMap((row) => {
    const weight = weightOf(row);
    if (weight === 0) {
      return [];
    }
    return weight === 1 ? [row] : [{ ...row, sampleWeight: row.sampleWeight * weight }];
  });
}

function weightBy<Item>(
  rules: readonly SamplingRule[],
  signal: SampledSignal,
  view: (item: Item) => ItemView,
): SamplingWeight<Item> {
  const ready = rules.filter((rule) => rule.signal === signal).map(readied);
  if (ready.length === 0) {
    return () => 1;
  }
  return (item) => {
    const seen = view(item);
    const rule = ready.find((each) => matches(each, seen));
    if (rule === undefined || rule.weight === 1 || seen.isAlwaysKept(rule.alwaysKeep)) {
      return 1;
    }
    const randomness = seen.randomness();
    if (randomness === undefined) {
      return 1;
    }
    return isKept(randomness, rule.threshold) ? rule.weight : 0;
  };
}

function readied(rule: SamplingRule): ReadyRule {
  return {
    match: rule.match,
    labels: Object.keys(rule.match),
    alwaysKeep: rule.alwaysKeep,
    threshold: rejectionThreshold(rule.keep),
    weight: rule.keep === 0 ? 0 : 1 / rule.keep,
  };
}

function matches(rule: ReadyRule, item: ItemView): boolean {
  return rule.labels.every((label) => rule.match[label]?.includes(item.label(label)) ?? false);
}

function isSlow(durationMs: number, { slowerThanMs }: AlwaysKeep): boolean {
  return slowerThanMs !== null && durationMs > slowerThanMs;
}

function predictionLabel(prediction: SampledPrediction, name: string): string {
  switch (name) {
    case 'service':
      return prediction.service;
    case 'model':
      return prediction.model;
    case 'version':
      return prediction.modelVersion;
    case 'region':
      return prediction.region;
    case 'environment':
      return prediction.environment;
    default:
      return prediction.variant;
  }
}
