/** Severity of a rule, a tier or an incident: a page wakes somebody, a ticket waits for working hours. */
export type Severity = 'page' | 'ticket';

/** One burn-rate tier of an SLO. Burns are multiples of the rate that spends the budget exactly by the period's end. */
export interface TierVerdict {
  name: string;
  severity: Severity;
  state: 'firing' | 'ok' | 'frozen';
  longMs: number;
  shortMs: number;
  threshold: number;
  longBurn: number | null;
  shortBurn: number | null;
  /** Events, or slices of time, of the long window. */
  badEvents: number;
  totalEvents: number;
  /** Share of its windows that has been counted. */
  coverage: number;
  /** What the condition says that must hold besides; `null` when there is none, or when it cannot be told. */
  and: boolean | null;
}

/** Why nothing can be told of an SLO. */
export type FrozenCause = 'no-events' | 'contradiction' | 'coverage' | 'stale' | 'not-evaluable';

/** Something about an SLO itself that its owner should look at. */
export interface HealthNote {
  code: string;
  message: string;
}

/** The last judgement of an SLO. `budgetRemaining` is 1 for an untouched budget and negative when it is overspent. */
export interface SloVerdict {
  slo: string;
  group: string;
  state: 'ok' | 'breach' | 'frozen';
  reason: string;
  sentence: string;
  frozenBecause: FrozenCause | null;
  windowEnd: number;
  evaluatedAt: number;
  target: number;
  /** Of a calendar window `to` lies ahead. `good` and `total` are events, or slices of time. */
  period: { from: number; to: number; good: number; total: number; ms: number; coverage: number };
  sliValue: number | null;
  budgetRemaining: number | null;
  timeToExhaustionMs: number | null;
  tiers: TierVerdict[];
  health: HealthNote[];
}

/** One step of the last hour of an SLO: `burn` is that of the five minutes before it. */
export interface TrendPoint {
  at: number;
  burn: number | null;
}

/** What the budget of an SLO is spent in. */
export type Budgeting = 'Occurrences' | 'Timeslices' | 'RatioTimeslices';

/** An SLO with the verdict on its worst group (`null`: not judged yet) and the last hour, oldest point first. */
export interface SloView {
  name: string;
  displayName: string;
  description: string;
  service: string;
  region: string;
  model: string;
  owner: string;
  runbook: string;
  target: number;
  /** The kind of its indicator: `ratio`, `latency`, `spans`, `composite`… */
  sli: string;
  periodMs: number;
  /** `30d`, or a calendar window in words. */
  window: string;
  budgeting: Budgeting;
  /** How many groups are judged on their own. */
  groups: number;
  verdict: SloVerdict | null;
  /** How it stands, for a colleague. */
  sentence: string;
  health: HealthNote[];
  /** `false`: its source is none that Tidewatch reads. */
  evaluable: boolean;
  trend: TrendPoint[];
}

/** States of a monitor and of each of its verdicts. */
export type MonitorState = 'ok' | 'watch' | 'alarm' | 'not-enough-data' | 'error';

/** The kinds of rules that judge data and models. */
export type MonitorKind = 'DriftMonitor' | 'QualityMonitor' | 'PerformanceMonitor' | 'EmbeddingMonitor';

/** How the share of one cluster of vectors changed, and predictions that lie in it. */
export interface MovedCluster {
  cluster: number;
  /** Share of the window's vectors and of the baseline's. */
  share: number;
  referenceShare: number;
  pAdjusted: number;
  examples: string[];
}

/** One judgement of a monitor: a feature in a segment by one test, or one check. `n` and `m`: window and baseline. */
export interface MonitorVerdict {
  /** Unique within its monitor. */
  subject: string;
  /** What is judged, for the reader: `amount`, `amount · region=eu-1`. */
  title: string;
  state: MonitorState;
  reason: string;
  n: number;
  m: number;
  /** What the effect is called: `the KS distance D`. */
  effectName: string;
  statistic: number | null;
  statisticLow: number | null;
  /** `null` beside a lower end: the interval has no upper one. */
  statisticHigh: number | null;
  pValue: number | null;
  /** The p-value corrected for all tests of the run. */
  pAdjusted: number | null;
  /** 0 when it could not be computed. */
  alpha: number;
  minimumEffect: number;
  /** Metric and law of the p-value, such as `ks/exact`. */
  method: string;
  baseline: string;
  baselineVersion: number;
  window: { from: number; to: number };
  /** Late data changed it after it was first given. */
  revised: boolean;
  /** What {@link DistributionView} can be asked for; `null` where there is no distribution to draw. */
  plot: { variable: string; segment: string } | null;
  /** Of an alarm: what changed most, in full sentences. */
  note?: string;
  /** Of an embedding monitor: clusters that gained or lost, and predictions of the window that show the drift. */
  clusters?: MovedCluster[];
  examples?: string[];
}

/** A monitor with the worst of its last verdicts. `evaluatedAt` is `null` until it has run once. */
export interface MonitorView {
  name: string;
  kind: MonitorKind;
  model: string;
  service: string;
  region: string;
  owner: string;
  runbook: string;
  windowMs: number;
  everyMs: number;
  severity: Severity;
  baseline: string;
  state: MonitorState;
  reason: string;
  evaluatedAt: number | null;
  /** The worst first, at most 50. */
  verdicts: MonitorVerdict[];
  /** How many there are of the last run. */
  verdictsTotal: number;
}

/** One bar of a distribution: a range of values or a category, with its share in the window and in the baseline. */
export interface DistributionBin {
  /** `12.5 to 20`, `below 0`, `DE`, `null`. */
  label: string;
  current: number;
  reference: number;
  /** A cell for null, NaN and the like, and not for values. */
  special: boolean;
}

/** The distribution of a variable in a window beside its baseline. */
export interface DistributionView {
  variable: string;
  segment: string;
  type: 'numeric' | 'categorical';
  window: { from: number; to: number };
  baseline: string;
  baselineVersion: number;
  n: number;
  m: number;
  bins: DistributionBin[];
}

/** What became of one signal's items since the server started: received = stored + rejected + duplicate + pending. */
export interface SignalCounts {
  received: number;
  stored: number;
  rejected: number;
  duplicate: number;
  /** On disk, not stored yet. Includes `deadLettered`. */
  pending: number;
  deadLettered: number;
}

/** What waits on disk for ClickHouse. Times in ms. */
export interface JournalView {
  bytes: number;
  maxBytes: number;
  segments: number;
  oldestAgeMs: number | null;
  sinkFailingSince: number | null;
  deadLetters: { count: number; bytes: number };
  insertLatency: { count: number; lastMs: number; maxMs: number; meanMs: number | null };
}

/** What the server is, what it has stored and where it listens. */
export interface StatusView {
  version: string;
  startedAt: number;
  now: number;
  store: { kind: 'embedded' | 'server'; description: string };
  /** Stored by all processes; `null` while ClickHouse does not answer. */
  ingest: {
    pointsStored: number | null;
    predictionsStored: number | null;
    spansStored: number | null;
    logsStored: number | null;
    lastPointAt: number | null;
    lastPredictionAt: number | null;
    lastSpanAt: number | null;
    lastLogAt: number | null;
    /** `null` when this process takes no data. */
    process: { signals: Record<string, SignalCounts>; journal: JournalView } | null;
  };
  /** `otlpGrpc` is empty when the process takes no data. */
  endpoints: { otlpHttp: string; otlpGrpc: string; api: string };
  evaluation: { lastAt: number | null };
}

/** A list as the server sends it, with the server's clock at the time of the answer. */
export interface ListOf<T> {
  items: T[];
  now: number;
}
