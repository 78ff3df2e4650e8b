/** Rows of one table, as JSONEachRow takes them. */
export type SeedRows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

const MINUTE = 60_000;

/** `2026-11-20 12:00:00.000`, UTC, as ClickHouse reads it. */
export function clickhouseTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

const day = (ms: number): string => clickhouseTime(ms).slice(0, 10);

interface SeriesSeed {
  readonly hash: string;
  readonly metric: string;
  readonly type: 'sum' | 'histogram';
  readonly temporality: 'delta' | 'cumulative';
  readonly service: string;
  readonly unit?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly project?: string;
}

function series(seed: SeriesSeed, end: number) {
  return {
    Project: seed.project ?? 'default',
    Day: day(end),
    MetricName: seed.metric,
    SeriesHash: seed.hash,
    MetricType: seed.type,
    AggregationTemporality: seed.temporality,
    IsMonotonic: true,
    MetricUnit: seed.unit ?? '',
    ServiceName: seed.service,
    Attributes: seed.attributes ?? {},
  };
}

function point(hash: string, metric: string, at: number, start: number, value: number, project = 'default') {
  return {
    Project: project,
    MetricName: metric,
    SeriesHash: hash,
    TimeUnix: clickhouseTime(at),
    StartTimeUnix: clickhouseTime(start),
    Value: value,
    ValueInt: String(value),
    ValueKind: 'int',
    Flags: 0,
  };
}

function histogram(
  hash: string,
  at: number,
  start: number,
  bounds: readonly number[],
  counts: readonly number[],
) {
  return {
    Project: 'default',
    MetricName: 'inference.request.duration',
    SeriesHash: hash,
    TimeUnix: clickhouseTime(at),
    StartTimeUnix: clickhouseTime(start),
    Count: counts.reduce((sum, count) => sum + count, 0),
    Sum: null,
    BucketCounts: counts,
    ExplicitBounds: bounds,
    Flags: 0,
  };
}

/**
 * Telemetry of three services. `ranker` sends deltas from two instances, one block of it stored twice; `embedder` sends
 * cumulative values in milliseconds and restarts once; `late` belongs to another project.
 */
function metrics(end: number): SeedRows {
  const at = (minutesAgo: number) => end - minutesAgo * MINUTE + 15_000;
  const longAgo = end - 600 * MINUTE;
  const ranker = { 'model.name': 'ranker-v1' };
  const embedder = { model_name: 'clip' };
  const duration = 'inference.request.duration';
  const seconds = [0.1, 0.25, 0.5, 1];
  const milliseconds = [100, 500];
  const first = histogram('1', at(30), at(31), seconds, [60, 20, 15, 4, 1]);
  return {
    metric_series: [
      ...['1', '2'].map((hash) =>
        series(
          {
            hash,
            metric: duration,
            type: 'histogram',
            temporality: 'delta',
            service: 'ranker',
            unit: 's',
            attributes: ranker,
          },
          end,
        ),
      ),
      series(
        {
          hash: '3',
          metric: duration,
          type: 'histogram',
          temporality: 'cumulative',
          service: 'embedder',
          unit: 'ms',
          attributes: embedder,
        },
        end,
      ),
      ...['14', '15', '17'].map((hash) =>
        series(
          {
            hash,
            metric: 'inference.requests',
            type: 'sum',
            temporality: 'cumulative',
            service: 'embedder',
            attributes: embedder,
          },
          end,
        ),
      ),
      ...['11', '12'].map((hash) =>
        series(
          {
            hash,
            metric: 'inference.requests',
            type: 'sum',
            temporality: 'delta',
            service: 'ranker',
            attributes: ranker,
          },
          end,
        ),
      ),
      series(
        {
          hash: '13',
          metric: 'inference.errors',
          type: 'sum',
          temporality: 'delta',
          service: 'ranker',
          attributes: { ...ranker, 'error.type': 'timeout' },
        },
        end,
      ),
      series(
        {
          hash: '14',
          metric: 'inference.requests',
          type: 'sum',
          temporality: 'cumulative',
          service: 'embedder',
          attributes: embedder,
        },
        end,
      ),
      series(
        {
          hash: '15',
          metric: 'inference.requests',
          type: 'sum',
          temporality: 'cumulative',
          service: 'embedder',
          attributes: embedder,
        },
        end,
      ),
      series(
        {
          hash: '16',
          metric: 'inference.requests',
          type: 'sum',
          temporality: 'delta',
          service: 'late',
          project: 'other',
        },
        end,
      ),
    ],
    metric_histograms: [
      first,
      first,
      histogram('2', at(30), at(31), seconds, [40, 30, 20, 8, 2]),
      // The first point of an old series says nothing about this hour; then growth; then a restart from zero.
      histogram('3', at(30), longAgo, milliseconds, [10, 0, 0]),
      histogram('3', at(29), longAgo, milliseconds, [30, 10, 0]),
      histogram('3', at(28), at(29) + 1_000, milliseconds, [4, 4, 2]),
    ],
    metric_points: [
      point('11', 'inference.requests', at(30), at(31), 120),
      point('11', 'inference.requests', at(30), at(31), 120),
      point('12', 'inference.requests', at(30), at(31), 60),
      point('11', 'inference.requests', at(29), at(30), 60),
      point('13', 'inference.errors', at(30), at(31), 9),
      // 600 before the range's first bucket, so that the first bucket has a predecessor.
      point('14', 'inference.requests', end - 60 * MINUTE - 45_000, longAgo, 600),
      point('14', 'inference.requests', at(60), longAgo, 630),
      point('14', 'inference.requests', at(59), longAgo, 750),
      // Fell without a new start time: counts from zero.
      point('14', 'inference.requests', at(58), longAgo, 90),
      // A series born inside the range counts from its start (a point flagged as empty does not count); one with an
      // unknown start counts from its first point.
      point('15', 'inference.requests', at(50), at(51), 300),
      { ...point('15', 'inference.requests', at(50) + 1_000, at(51), 7), Flags: 1 },
      point('17', 'inference.requests', at(40), at(40), 500),
      point('17', 'inference.requests', at(39), at(40), 560),
      point('16', 'inference.requests', at(30), at(31), 6_000, 'other'),
      // The interval still being filled.
      point('11', 'inference.requests', end + 1_000, end, 6_000),
    ],
    ingest_batches: [
      {
        Project: 'default',
        Process: 'p1',
        Token: 't1',
        Table: 'metric_points',
        Day: day(end),
        MinTime: clickhouseTime(end),
        MaxTime: clickhouseTime(end),
        Rows: 5,
        StoredAt: clickhouseTime(end - 42_000),
      },
      {
        Project: 'default',
        Process: 'p1',
        Token: 't0',
        Table: 'metric_points',
        Day: day(end),
        MinTime: clickhouseTime(end),
        MaxTime: clickhouseTime(end),
        Rows: 5,
        StoredAt: clickhouseTime(end - 90_000),
      },
    ],
  };
}

/** Verdicts of two SLOs and two drift monitors, some of them written twice. */
function verdicts(end: number): SeedRows {
  const slo = (rule: string, minutesAgo: number, rest: Readonly<Record<string, unknown>>) => ({
    Project: 'default',
    Kind: 'SLO',
    Rule: rule,
    Subject: '',
    WindowEnd: clickhouseTime(end - minutesAgo * MINUTE),
    EvaluatedAt: clickhouseTime(end - minutesAgo * MINUTE + 500),
    Service: 'ranker',
    Model: 'ranker-v1',
    Target: 0.999,
    Tiers: ['page-fast', 'ticket-slow'],
    TierThresholds: [14.4, 1],
    Reason: 'as seeded',
    ...rest,
  });
  const drift = (
    feature: string,
    minutesAgo: number,
    state: string,
    rest: Readonly<Record<string, unknown>> = {},
  ) => ({
    Project: 'default',
    Kind: 'DriftMonitor',
    Rule: 'ranker-inputs',
    Subject: feature,
    WindowEnd: clickhouseTime(end - minutesAgo * MINUTE),
    EvaluatedAt: clickhouseTime(end - minutesAgo * MINUTE + 500),
    State: state,
    Service: 'ranker',
    Model: 'ranker-v1',
    Method: 'ks-two-sample',
    SampleSize: 5_000,
    BaselineSize: 20_000,
    Threshold: 1.2e-7,
    MinimumEffect: 0.03,
    Baseline: 'training-2026-11',
    Reason: `seeded as ${state}`,
    ...rest,
  });
  const superseded = slo('ranker-availability', 10, {
    State: 'ok',
    BudgetRemaining: 0.9,
    TierStates: ['ok', 'ok'],
    TierLongBurns: [99, 99],
    TierShortBurns: [99, 99],
    TierBadEvents: [1, 1],
  });
  return {
    verdicts: [
      { ...superseded, EvaluatedAt: clickhouseTime(end - 10 * MINUTE) },
      slo('ranker-availability', 10, {
        State: 'breach',
        BudgetRemaining: 0.4,
        TierStates: ['ok', 'firing'],
        TierLongBurns: [7.2, 2.5],
        TierShortBurns: [28.8, 2],
        TierBadEvents: [40, 90],
      }),
      slo('ranker-availability', 5, {
        State: 'breach',
        BudgetRemaining: 0.25,
        TierStates: ['firing', 'firing'],
        TierLongBurns: [18.5, 3.25],
        TierShortBurns: [21.6, 4],
        TierBadEvents: [120, 240],
      }),
      // No event in the window: no burn rate.
      slo('clip-latency', 5, {
        State: 'frozen',
        Service: 'embedder',
        Model: 'clip',
        BudgetRemaining: null,
        TierStates: ['frozen', 'ok'],
        TierLongBurns: ['nan', 0.5],
        TierShortBurns: ['nan', 0.25],
        TierBadEvents: [0, 3],
      }),
      drift('age', 10, 'ok', { Statistic: 0.01, PValue: 0.4 }),
      drift('age', 5, 'alarm', { Statistic: 0.125, StatisticLow: 0.1, StatisticHigh: 0.15, PValue: 1e-12 }),
      drift('income', 10, 'watch', { Statistic: 0.04, PValue: 1e-9 }),
      drift('income', 5, 'ok', { Statistic: 0.02, PValue: 0.2 }),
      drift('country', 5, 'not-enough-data', { SampleSize: 12 }),
    ],
  };
}

/** The telemetry and the verdicts that the dashboards read, for the hour that ends at `end` (ms, a whole minute). */
export function dashboardSeed(end: number): SeedRows {
  return { ...metrics(end), ...verdicts(end) };
}
