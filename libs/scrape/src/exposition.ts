/** The two text formats: Prometheus 0.0.4 and OpenMetrics 1.0. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

/** What a family says it is. `untyped` of Prometheus is `unknown` here, as in OpenMetrics. */
export type FamilyType =
  'counter' | 'gauge' | 'histogram' | 'gaugehistogram' | 'summary' | 'info' | 'stateset' | 'unknown';

/** One label: name and value, escapes resolved. */
export type Label = readonly [name: string, value: string];

/** A value as written: the nearest double, and the exact integer where a double cannot hold it. */
export interface ExpositionValue {
  readonly number: number;
  /** Set only for plain integers beyond 2^53 with at most 20 digits. */
  readonly integer: bigint | null;
}

/** An example measurement behind a counter or bucket (OpenMetrics). */
export interface ScrapedExemplar {
  readonly labels: readonly Label[];
  readonly value: ExpositionValue;
  /** Nanoseconds since the Unix epoch, or `null` when the exposition gives none. */
  readonly timeUnixNano: bigint | null;
}

/** One line with a value. */
export interface Sample {
  /** As exposed, with suffixes such as `_bucket` and `_total`. */
  readonly name: string;
  /** In the order of the line. */
  readonly labels: readonly Label[];
  readonly value: ExpositionValue;
  /** Nanoseconds since the Unix epoch, or `null` when the exposition leaves the time to the scraper. */
  readonly timeUnixNano: bigint | null;
  readonly exemplar: ScrapedExemplar | null;
  /** 1-based. */
  readonly line: number;
}

/** A metric family: what its metadata lines say, and its samples in the order in which they came. */
export interface Family {
  readonly name: string;
  readonly type: FamilyType;
  readonly help: string;
  readonly unit: string;
  readonly samples: readonly Sample[];
  /** Whether lines of this family were lost. Its histograms and summaries can then not be put together. */
  readonly incomplete: boolean;
}

/** Something wrong with one line. */
export interface LineProblem {
  /** 1-based. */
  readonly line: number;
  /** A sentence without a capital or full stop. It quotes at most a few characters of the line. */
  readonly message: string;
}

/** Everything a target exposed. */
export interface Exposition {
  readonly format: ExpositionFormat;
  /** In the order in which they were first mentioned. */
  readonly families: readonly Family[];
  /** Samples held by the families. */
  readonly samples: number;
  /** Lines that should have been samples and were lost. */
  readonly lostSamples: number;
  readonly bytes: number;
  /** The first {@link MAXIMUM_PROBLEMS}; `problemCount` counts all. */
  readonly problems: readonly LineProblem[];
  readonly problemCount: number;
}

/** How many problems are kept in words: the rest only repeat them. */
export const MAXIMUM_PROBLEMS = 20;
