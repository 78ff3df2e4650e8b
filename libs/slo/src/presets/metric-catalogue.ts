/** What arrived lately: the answer of `GET /api/v1/metrics`, and what presets are matched against. */
export interface MetricCatalogue {
  /** By name; a name that is sent as two types has two entries. */
  readonly items: readonly CatalogueMetric[];
  readonly predictions: readonly PredictionStream[];
}

/** One metric as it is stored. */
export interface CatalogueMetric {
  readonly name: string;
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';
  /** In OpenTelemetry's spelling, such as `s` or `By`; `''` when unknown. */
  readonly unit: string;
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly monotonic: boolean;
  readonly labels: readonly CatalogueLabel[];
  /** Who sends it, at most 200. */
  readonly sources: readonly TelemetrySource[];
  /** There are more sources than are listed. */
  readonly moreSources: boolean;
}

/** A label as rules write it: `service`, `region`, `model` and the like, otherwise the name of an attribute. */
export interface CatalogueLabel {
  readonly key: string;
  /** At most 20, ascending. */
  readonly values: readonly string[];
  /** There are more values than are listed. */
  readonly more: boolean;
}

/** Where telemetry comes from; `''` for what it does not say. */
export interface TelemetrySource {
  readonly service: string;
  readonly region: string;
  readonly model: string;
}

/** Prediction samples that arrive. */
export interface PredictionStream extends TelemetrySource {
  /** Ground truth comes for some of them. */
  readonly labelled: boolean;
  /** Names of the variants that answer, ascending, at most 20; without the unnamed one. */
  readonly variants: readonly string[];
}
