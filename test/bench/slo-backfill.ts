import { floorTime } from '@tidewatch/core';
import type { RatioSli } from '@tidewatch/slo';
import { ProjectSlos } from '../../apps/server/src/evaluate/slo/project-slos.js';
import { sloDefinition } from '../harness/slo-definition.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const DAYS = 30;
/** One point in 10 s. */
const POINTS_PER_DAY = 8_640;
/** 30 days of them are 100 million points. */
const SERIES = Math.ceil(100_000_000 / (DAYS * POINTS_PER_DAY));

/** How often memory is looked at. */
const LOOK_MS = 50;

/**
 * `backfill`: how long it takes to count 30 days of one SLO over 100 million raw points of cumulative counters, newest first, as the
 * evaluator does for a new SLO. Baseline: one query that adds up the same increases without keeping slices.
 *
 * `backfill-memory`: what the process grows by meanwhile.
 */
export async function benchBackfill(): Promise<Figure[]> {
  return withEmbeddedStore(async (backend) => {
    const now = floorTime(Date.now(), 10 * SECOND);
    await writeHistory(backend, now);
    await merged(backend);
    const single = await timed(() => countAtOnce(backend, now));
    const idle = process.memoryUsage.rss();
    let peak = idle;
    const looking = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), LOOK_MS);
    const milliseconds = await timed(() => backfill(backend, now));
    clearInterval(looking);
    return [
      figure({
        name: 'backfill',
        value: milliseconds / 1_000,
        unit: 's',
        baseline: single / 1_000,
        baselineName: 'one query that adds up the increases of a day, for each day',
        floor: { atMost: 30 },
      }),
      figure({
        name: 'backfill-memory',
        value: (peak - idle) / 1e6,
        unit: 'MB',
        baseline: idle / 1e6,
        baselineName: 'resident memory before',
        floor: { atMost: 500 },
      }),
    ];
  });
}

async function backfill(backend: OpenBackend, now: number): Promise<void> {
  const sli: RatioSli = {
    kind: 'ratio',
    good: { metric: 'bench.requests', match: [{ label: 'outcome', op: '=', value: 'good' }] },
    bad: null,
    total: { metric: 'bench.requests', match: [] },
  };
  const project = new ProjectSlos(backend.store, 'default');
  const [state] = await project.update([sloDefinition(sli)], now, now);
  while (await project.lookBack(now));
  const { good = 0, total = 0 } = state?.evidence('').period.counts[0] ?? {};
  // Each series rises by 2 with every point, from its second point on.
  const expected = 2 * SERIES * (DAYS * POINTS_PER_DAY - 1);
  if (state?.evidence('').period.coverage !== 1 || total !== expected || good >= total) {
    throw new Error(`Expected ${expected} events in the whole period, counted ${good} of ${total}.`);
  }
}

/** Day by day: at once the engine would sort 100 million rows in memory. */
async function countAtOnce(backend: OpenBackend, now: number): Promise<void> {
  for (let day = 0; day < DAYS; day++) {
    await backend.raw(
      `SELECT sum(increase) FROM (
         SELECT ValueInt - lagInFrame(ValueInt, 1, ValueInt) OVER (PARTITION BY SeriesHash ORDER BY TimeUnix
           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS increase
         FROM metric_points WHERE Project = 'default' AND MetricName = 'bench.requests'
           AND TimeUnix >= fromUnixTimestamp64Milli(${now - (day + 1) * DAY}) AND TimeUnix < fromUnixTimestamp64Milli(${now - day * DAY}))`,
    );
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function writeHistory(backend: OpenBackend, now: number): Promise<void> {
  for (let day = 0; day <= DAYS; day++) {
    const date = Math.floor((now - day * DAY) / DAY);
    await backend.raw(
      `INSERT INTO metric_series (Project, Day, MetricName, SeriesHash, MetricType, AggregationTemporality, IsMonotonic, ServiceName, Attributes)
       SELECT 'default', toDate(${date}), 'bench.requests', cityHash64(number), 'sum', 'cumulative', true, 'bench',
         map('outcome', if(number % 10 = 0, 'bad', 'good'), 'instance', toString(number))
       FROM numbers(${SERIES})`,
    );
  }
  for (let day = 0; day < DAYS; day++) {
    // In the order of the key, so that inserting sorts nothing.
    await backend.raw(
      `INSERT INTO metric_points (Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, ValueInt, ValueKind)
       SELECT 'default', 'bench.requests', cityHash64(intDiv(number, ${POINTS_PER_DAY})),
         fromUnixTimestamp64Milli(${now - (day + 1) * DAY} + toInt64(number % ${POINTS_PER_DAY}) * 10000),
         toDateTime64('2026-01-01 00:00:00', 9), 2 * toInt64(${(DAYS - day - 1) * POINTS_PER_DAY} + number % ${POINTS_PER_DAY}), 'int'
       FROM numbers(${SERIES * POINTS_PER_DAY})`,
    );
  }
}

/** Resolves when background merges have come to rest. */
async function merged(backend: OpenBackend): Promise<void> {
  for (let quiet = 0; quiet < 4;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [row] = await backend.raw('SELECT count() AS running FROM system.merges');
    quiet = Number(row?.['running']) === 0 ? quiet + 1 : 0;
  }
}
