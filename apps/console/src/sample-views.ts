import type {
  MonitorVerdict,
  MonitorView,
  SignalCounts,
  SloView,
  SloVerdict,
  StatusView,
  TierVerdict,
} from './api.js';
import type { EncoderView } from './encoder-view.js';
import type { IncidentMember, IncidentNotification, IncidentView } from './incident-view.js';
import type { ProjectionView } from './projection-view.js';

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
    coverage: 1,
    and: null,
    ...part,
  };
}

/** A verdict on an SLO for tests: calm unless told otherwise. */
export function sampleSloVerdict(part: Partial<SloVerdict> = {}): SloVerdict {
  return {
    slo: 'ranker',
    group: '',
    state: 'ok',
    reason: '',
    sentence: '',
    frozenBecause: null,
    windowEnd: 0,
    evaluatedAt: 0,
    target: 0.999,
    period: { from: 0, to: 0, good: 999, total: 1000, ms: 28 * 86_400_000, coverage: 1 },
    sliValue: 0.9995,
    budgetRemaining: 0.5,
    timeToExhaustionMs: null,
    tiers: [sampleTier()],
    health: [],
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
    window: '28d',
    budgeting: 'Occurrences',
    groups: 1,
    trend: [],
    sentence: '',
    health: [],
    evaluable: true,
    verdict: verdict && sampleSloVerdict({ slo: name, ...verdict }),
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

/** A verdict on the vectors of `frame` for tests: ok unless told otherwise. `label` is what the test looks at. */
export function sampleEmbeddingVerdict(label: string, part: Partial<MonitorVerdict> = {}): MonitorVerdict {
  return sampleVerdict(`frame ${label}`, {
    subject: `frame/${label}`,
    effectName: `the effect by ${label}`,
    statistic: 0.04,
    statisticLow: 0.01,
    statisticHigh: 0.07,
    minimumEffect: 0.1,
    method: `${label}/permutation`,
    plot: null,
    clusters: [],
    examples: [],
    ...part,
  });
}

/** An embedding monitor in alarm for tests: the centre and two clusters have moved, the classifier sees nothing. */
export function sampleEmbeddingMonitor(name: string, part: Partial<MonitorView> = {}): MonitorView {
  const note =
    'Image features that changed most: brightness (D = 0.71) and sharpness (D = 0.44). Cluster 4 grew from 8.2 % to 23 % of the vectors, such as prediction frame-118.';
  const verdicts = [
    sampleEmbeddingVerdict('centroid', {
      state: 'alarm',
      reason: 'The centre of 400 vectors lies 2.31 times the spread from that of the baseline.',
      effectName: 'the shift of the centre in units of the spread',
      statistic: 2.31,
      statisticLow: 2.2,
      statisticHigh: null,
      pAdjusted: 1e-12,
      method: 'centroid/chi-square mixture',
      examples: ['frame-118', 'frame-120', 'frame-131', 'frame-140'],
      note,
    }),
    sampleEmbeddingVerdict('clusters', {
      state: 'alarm',
      reason: 'The shares of 12 clusters moved.',
      effectName: 'half the sum of changes in cluster shares',
      statistic: 0.21,
      statisticLow: 0.16,
      statisticHigh: 0.26,
      pAdjusted: 2e-9,
      method: 'clusters/chi-square',
      clusters: [
        {
          cluster: 4,
          share: 0.231,
          referenceShare: 0.082,
          pAdjusted: 1e-8,
          examples: ['frame-118', 'frame-131'],
        },
        { cluster: 9, share: 0.043, referenceShare: 0.121, pAdjusted: 0.001, examples: [] },
      ],
      note,
    }),
    sampleEmbeddingVerdict('classifier', { effectName: 'AUC above chance' }),
    sampleEmbeddingVerdict('brightness', {
      state: 'alarm',
      reason: 'The distribution of brightness moved.',
      effectName: 'the KS distance D',
      statistic: 0.71,
      statisticLow: 0.66,
      statisticHigh: 0.76,
      pAdjusted: 1e-30,
      method: 'ks/exact',
      note,
    }),
  ];
  return sampleMonitor(name, {
    kind: 'EmbeddingMonitor',
    model: 'vision',
    state: 'alarm',
    reason: `3 of 4 drifted against training version 1: frame centroid (2.31), frame brightness (D = 0.71) and frame clusters (0.21). ${note} The largest: the centre of 400 vectors lies 2.31 times the spread from that of the baseline.`,
    verdicts,
    verdictsTotal: verdicts.length,
    ...part,
  });
}

/** A view of vectors for tests: the baseline around zero, the window moved to the right. */
export function sampleProjection(part: Partial<ProjectionView> = {}): ProjectionView {
  return {
    embedding: 'frame',
    window: { from: 0, to: 3_600_000 },
    baseline: 'training',
    n: 3,
    m: 1_200,
    reference: [
      [-1, 0],
      [1, 0.5],
      [0, -0.5],
    ],
    current: [
      [2, 0],
      [3, 0.5],
      [2.5, -0.5],
    ],
    clusters: [
      { cluster: 1, x: 0, y: 0, share: 0.6, referenceShare: 0.7 },
      { cluster: 4, x: 2.5, y: 0, share: 0.231, referenceShare: 0.082 },
    ],
    shares: [0.41, 0.08],
    ...part,
  };
}

/** An encoder for tests: ready on the CPU unless told otherwise. */
export function sampleEncoder(name: string, part: Partial<EncoderView> = {}): EncoderView {
  return {
    name,
    owner: '',
    model: 'vision',
    input: 'frame',
    source: 'reference image',
    sha256: '5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef',
    dimension: 128,
    state: 'ready',
    problem: '',
    provider: 'cpu',
    device: '8 threads',
    rejected: [
      { provider: 'cuda', reason: 'libcudart.so.12 cannot be loaded' },
      { provider: 'webgpu', reason: 'no adapter' },
    ],
    queued: 0,
    encoded: 12_000,
    refused: 0,
    batches: 400,
    restarts: 0,
    residentBytes: 268_435_456,
    profile: null,
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
    resolvedBy: '',
    acknowledged: null,
    assignee: '',
    comments: [],
    marker: '',
    deploymentId: '',
    members: [],
    notifications: [],
    ...part,
  };
}

/** A rule of an incident for tests: it fires and may speak unless told otherwise. */
export function sampleMember(name: string, part: Partial<IncidentMember> = {}): IncidentMember {
  return {
    name,
    severity: 'ticket',
    condition: 'firing',
    summary: '',
    since: 0,
    phase: 'firing',
    suppressed: null,
    ownSeverity: 'ticket',
    aspect: 'availability',
    owner: '',
    runbook: '',
    facts: {},
    evidence: { firstStep: '', chart: null, canaryPlan: null, sampleSet: '' },
    ...part,
  };
}

/** A message that arrived at the first attempt, for tests. */
export function sampleNotification(
  receiver: string,
  part: Partial<IncidentNotification> = {},
): IncidentNotification {
  return {
    id: `i:1:${receiver}`,
    receiver,
    channel: 'pagerduty',
    action: 'trigger',
    why: 'opened',
    severity: 'page',
    explanation: [],
    outcome: 'delivered',
    dueAt: 0,
    at: 0,
    deliveredAt: 0,
    attempts: 1,
    reason: '',
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
