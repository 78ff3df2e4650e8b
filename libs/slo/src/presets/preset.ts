/** The parts of a rule's identity that a preset can be made for. */
export const PRESET_PARAMETERS = ['service', 'region', 'model'] as const;

/** One of {@link PRESET_PARAMETERS}. */
export type PresetParameter = (typeof PRESET_PARAMETERS)[number];

/** Rules for a system that many run, complete but for where they are to look. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** Whose telemetry it reads, for people. */
  readonly system: string;
  readonly description: string;
  /** The system exposes sums only: the rules judge a mean, and a slow tenth of the requests may hide in it. */
  readonly meanOnly: boolean;
  /** What it is made for, once for each combination that is found. */
  readonly parameters: Readonly<Partial<Record<PresetParameter, 'required' | 'optional'>>>;
  /** What must arrive whatever the variant. */
  readonly needs: readonly PresetNeed[];
  /** Spellings of the same telemetry; the first one that is found is taken. At least one. */
  readonly variants: readonly PresetVariant[];
  /** What whoever adopts the rules should know. */
  readonly notes: readonly string[];
  /** The rules, with `${parameter}` and `${value}` where something is filled in. */
  readonly documents: readonly unknown[];
}

/** One spelling of the telemetry, and what stands in the rules for it. */
export interface PresetVariant {
  readonly needs: readonly PresetNeed[];
  readonly values: Readonly<Record<string, string | number>>;
}

/** Telemetry that must be seen. */
export type PresetNeed = MetricNeed | SampleNeed;

/** A metric that must be seen. */
export interface MetricNeed {
  readonly kind: 'metric';
  readonly metric: string;
  /** `gauge` includes sums that may fall; `histogram` those with exponential buckets. */
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Labels that it must have. */
  readonly labels: readonly string[];
  /** Values that must be among those of a label. */
  readonly where: Readonly<Record<string, string>>;
}

/** Prediction samples that must be seen. */
export interface SampleNeed {
  readonly kind: 'samples';
  readonly samples: 'predictions' | 'labelled-predictions';
  /**
   * An RE2 expression for the name of a variant. The first variant that matches is filled in as `candidate`, the first that does not as
   * `control`; both must be there. `null`: any variants will do.
   */
  readonly candidate: string | null;
}
