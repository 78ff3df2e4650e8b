import type {
  IncidentView,
  MonitorVerdict,
  MonitorView,
  SignalCounts,
  SloView,
  SloVerdict,
  StatusView,
  TierVerdict,
} from './api.js';

/** A tier verdict for tests: calm unless told otherwise. */
export function sampleTier(part: Partial<TierVerdict> = {}): TierVerdict {
  return {
    name: 'page-fast',
    severity: 'page',
    state: 'ok',
    longMs: 3_600_000,
    shortMs: 300_000,
    threshold: 14.4,
    longBurn: 0.4,
    shortBurn: 0.3,
    badEvents: 12,
    totalEvents: 30_000,
    ...part,
  };
}

/** An SLO for tests, with a calm verdict unless told otherwise; `verdict: null` is one that was never judged. */
export function sampleSlo(name: string, verdict: Partial<SloVerdict> | null = {}): SloView {
  return {
    name,
    displayName: '',
    description: '',
    service: 'ranker-api',
    region: '',
    model: '',
    owner: '',
    runbook: '',
    target: 0.999,
    sli: 'ratio',
    periodMs: 28 * 86_400_000,
    trend: [],
    verdict: verdict && {
      slo: name,
      group: '',
      state: 'ok',
      reason: '',
      windowEnd: 0,
      evaluatedAt: 0,
      target: 0.999,
      period: { good: 999, total: 1000, ms: 28 * 86_400_000 },
      sliValue: 0.9995,
      budgetRemaining: 0.5,
      timeToExhaustionMs: null,
      tiers: [sampleTier()],
      ...verdict,
    },
  };
}

/** A verdict for tests: ok unless told otherwise. */
export function sampleVerdict(title: string, part: Partial<MonitorVerdict> = {}): MonitorVerdict {
  return {
    subject: `${title}/ks`,
    title,
    state: 'ok',
    reason: '',
    n: 1000,
    m: 1000,
    effectName: 'the KS distance D',
    statistic: 0.01,
    statisticLow: 0,
    statisticHigh: 0.05,
    pValue: 0.8,
    pAdjusted: 0.9,
    alpha: 1e-5,
    minimumEffect: 0.03,
    method: 'ks/finite-n',
    baseline: 'training',
    baselineVersion: 1,
    window: { from: 0, to: 1 },
    revised: false,
    plot: { variable: title, segment: '' },
    ...part,
  };
}

/** A monitor for tests: ok unless told otherwise. */
export function sampleMonitor(name: string, part: Partial<MonitorView> = {}): MonitorView {
  return {
    name,
    kind: 'DriftMonitor',
    model: 'ranker',
    service: '',
    region: '',
    owner: '',
    runbook: '',
    windowMs: 3_600_000,
    everyMs: 300_000,
    severity: 'ticket',
    baseline: 'training',
    state: 'ok',
    reason: '',
    evaluatedAt: 0,
    verdicts: [],
    verdictsTotal: 0,
    ...part,
  };
}

/** An open ticket for tests. */
export function sampleIncident(id: string, part: Partial<IncidentView> = {}): IncidentView {
  return {
    id,
    status: 'open',
    severity: 'ticket',
    summary: '',
    service: '',
    region: '',
    model: '',
    generation: 1,
    openedAt: 0,
    updatedAt: 0,
    resolvedAt: null,
    members: [],
    notifications: [],
    ...part,
  };
}

/** Counts of one signal for tests: nothing has arrived unless told otherwise. */
export function sampleCounts(part: Partial<SignalCounts> = {}): SignalCounts {
  return { received: 0, stored: 0, rejected: 0, duplicate: 0, pending: 0, deadLettered: 0, ...part };
}

/** What a server has taken in, for tests: an empty journal. */
export function sampleProcess(
  signals: Record<string, SignalCounts>,
): NonNullable<StatusView['ingest']['process']> {
  return {
    signals,
    journal: {
      bytes: 0,
      maxBytes: 4_294_967_296,
      segments: 0,
      oldestAgeMs: null,
      sinkFailingSince: null,
      deadLetters: { count: 0, bytes: 0 },
      insertLatency: { count: 0, lastMs: 0, maxMs: 0, meanMs: null },
    },
  };
}

/** The status of a server that started at 0 and has stored nothing, for tests. */
export function sampleStatus(part: Partial<StatusView> = {}): StatusView {
  return {
    version: '0.1.0',
    startedAt: 0,
    now: 0,
    store: { kind: 'embedded', description: '' },
    ingest: {
      pointsStored: 0,
      predictionsStored: 0,
      spansStored: 0,
      logsStored: 0,
      lastPointAt: null,
      lastPredictionAt: null,
      lastSpanAt: null,
      lastLogAt: null,
      process: null,
    },
    endpoints: {
      otlpHttp: 'http://127.0.0.1:4318',
      otlpGrpc: 'http://127.0.0.1:4317',
      api: 'http://127.0.0.1:8080',
    },
    evaluation: { lastAt: null },
    ...part,
  };
}
