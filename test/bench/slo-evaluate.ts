import { floorTime } from '@tidewatch/core';
import type { SloDefinition } from '@tidewatch/slo';
import { pino } from 'pino';
import { quantileSorted } from 'simple-statistics';
import { EventCounter } from '../../apps/server/src/evaluate/slo/event-counter.js';
import { SloEvaluator } from '../../apps/server/src/evaluate/slo/slo-evaluator.js';
import { sliceKeysOf } from '../../apps/server/src/evaluate/slice-key.js';
import { SloGauges } from '../../apps/server/src/telemetry/slo-gauges.js';
import { sloDefinition } from '../harness/slo-definition.js';
import type { OpenBackend } from '../harness/store-backends.js';
import { withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Half of them count counters, half histograms. */
const SLOS = 1_000;
const GROUPS = 10;
const HISTORY_MS = 40 * MINUTE;
/** What each series reports, and what windows move by. */
const STEP_MS = 10 * SECOND;
const WARM_UP = 6;
const ROUNDS = 60;
/** Prints what each round ran, for profiling. */
const TRACE = process.env['BENCH_TRACE'] !== undefined;
/** SLOs evaluated one by one for the baseline. */
const ALONE = 10;

/**
 * `evaluate-slos`: p99 of a round over 1,000 SLOs with 10 groups each and 8 windows, embedded engine: counting what came in the last 10 s,
 * moving the windows, judging, writing. Baseline: counting and adding up the windows of each SLO by queries of its own, as many times over.
 *
 * `evaluate-slos-queries`: the most statements that a round ran.
 */
export async function benchEvaluateSlos(): Promise<Figure[]> {
  const statements: string[] = [];
  return withEmbeddedStore(
    async (backend) => {
      const start = floorTime(Date.now(), STEP_MS) - 10 * MINUTE;
      await writeSeries(backend, start);
      await writePoints(backend, start - HISTORY_MS, start);
      const slos = definitions();
      const evaluator = new SloEvaluator(backend.store, pino({ level: 'error' }), new SloGauges());
      const milliseconds: number[] = [];
      let most = 0;
      for (let round = -WARM_UP; round < ROUNDS; round++) {
        const horizon = start + (round + WARM_UP + 1) * STEP_MS;
        await writePoints(backend, horizon - STEP_MS, horizon);
        statements.length = 0;
        const began = performance.now();
        await evaluator.evaluate(slos, {
          now: horizon + 2 * SECOND,
          horizon,
          stale: false,
          isMember: () => false,
          conditions: () => new Map(),
        });
        const took = performance.now() - began;
        if (TRACE) {
          process.stderr.write(
            `${round} ${(began % 1e6).toFixed(0)} ${took.toFixed(0)} ms ${statements.join(' ')}\n`,
          );
        }
        if (round >= 0) {
          milliseconds.push(took);
          most = Math.max(most, statements.length);
        } else if (round === -WARM_UP) {
          await evaluator.lookBack(horizon + 2 * SECOND, Infinity);
        }
      }
      const alone = await evaluateAlone(backend, slos.slice(0, ALONE), start + (WARM_UP + ROUNDS) * STEP_MS);
      milliseconds.sort((a, b) => a - b);
      return [
        figure({
          name: 'evaluate-slos',
          value: quantileSorted(milliseconds, 0.99),
          unit: 'ms',
          baseline: (alone.milliseconds / ALONE) * SLOS,
          baselineName: 'each SLO counted and added up by queries of its own',
          floor: { atMost: 2_000 },
        }),
        figure({
          name: 'evaluate-slos-queries',
          value: most,
          unit: 'statements',
          baseline: (alone.statements / ALONE) * SLOS,
          baselineName: 'each SLO counted and added up by queries of its own',
          floor: { atMost: 20 },
        }),
      ];
    },
    (tag) => statements.push(TRACE ? `${tag}@${(performance.now() % 1e6).toFixed(0)}` : tag),
  );

  async function evaluateAlone(
    backend: OpenBackend,
    slos: readonly SloDefinition[],
    end: number,
  ): Promise<{ milliseconds: number; statements: number }> {
    const counter = new EventCounter(backend.store);
    statements.length = 0;
    const began = performance.now();
    for (const slo of slos) {
      const range = { from: floorTime(end - MINUTE, MINUTE), to: end };
      await counter.count('default', [slo], { range, sliceMs: STEP_MS, source: 'raw' }, new Map());
      const windows = [
        ...new Set(slo.tiers.flatMap(({ longMs, shortMs }) => [longMs, shortMs])),
        slo.periodMs,
      ];
      await backend.store.sloSlices.sums('default', {
        slos: sliceKeysOf(slo),
        windows: windows.map((length) => ({ from: end - length, to: end })),
        ages: { now: end, hoursUntil: floorTime(end, HOUR) },
      });
    }
    return { milliseconds: performance.now() - began, statements: statements.length };
  }
}

function definitions(): SloDefinition[] {
  return Array.from({ length: SLOS }, (_, index) => {
    const service = `service-${index}`;
    const match = [{ label: 'service', op: '=' as const, value: service }];
    const changes = { name: service, service, groupBy: { labels: ['shard'], limit: 100 } };
    return sloDefinition(
      index % 2 === 0
        ? {
            kind: 'ratio',
            good: null,
            bad: { metric: 'bench.errors', match },
            total: { metric: 'bench.requests', match },
          }
        : { kind: 'latency', histogram: { metric: 'bench.duration', match }, threshold: 0.25 },
      changes,
    );
  });
}

/** Series of the days that matter: two cumulative counters, or a delta histogram, per service and shard. */
async function writeSeries(backend: OpenBackend, start: number): Promise<void> {
  const days = [start - 24 * HOUR, start, start + 24 * HOUR].map((at) => Math.floor(at / (24 * HOUR)));
  for (const day of days) {
    await backend.raw(
      `INSERT INTO metric_series (Project, Day, MetricName, SeriesHash, MetricType, AggregationTemporality, IsMonotonic,
         ServiceName, ResourceAttributes, Attributes)
       SELECT 'default', toDate(${day}), metric, ${hashOf('metric', 'service', 'shard')},
         if(metric = 'bench.duration', 'histogram', 'sum'), if(metric = 'bench.duration', 'delta', 'cumulative'),
         metric != 'bench.duration', concat('service-', toString(service)),
         map('service.name', concat('service-', toString(service))), map('shard', toString(shard))
       FROM (${combinations()})`,
    );
  }
}

/** Rows (service, shard, metric). */
function combinations(): string {
  return `SELECT intDiv(number, ${GROUPS}) AS service, number % ${GROUPS} AS shard,
      arrayJoin(if(service % 2 = 0, ['bench.requests', 'bench.errors'], ['bench.duration'])) AS metric
    FROM numbers(${SLOS * GROUPS})`;
}

function hashOf(metric: string, service: string, shard: string): string {
  return `cityHash64(${metric}, ${service}, ${shard})`;
}

/** Points every 10 s in (from, to], and the news of them. About 20 requests per point, one in a thousand fails. */
async function writePoints(backend: OpenBackend, from: number, to: number): Promise<void> {
  const steps = (to - from) / STEP_MS;
  const at = `fromUnixTimestamp64Milli(${from} + toInt64(step) * ${STEP_MS} - 1 - toInt64(intHash32(service * 10 + shard) % 9000))`;
  const series = `SELECT * FROM (${combinations()}) AS series CROSS JOIN (SELECT number + 1 AS step FROM numbers(${steps})) AS steps`;
  await backend.raw(
    `INSERT INTO metric_points (Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, ValueInt, ValueKind)
     SELECT 'default', metric, ${hashOf('metric', 'service', 'shard')}, ${at}, toDateTime64('2026-01-01 00:00:00', 9),
       intDiv(toInt64(toUnixTimestamp(${at})), if(metric = 'bench.requests', 1, 1000)) * 2, 'int'
     FROM (${series}) WHERE metric != 'bench.duration'`,
  );
  await backend.raw(
    `INSERT INTO metric_histograms (Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, Count, BucketCounts, ExplicitBounds)
     SELECT 'default', metric, ${hashOf('metric', 'service', 'shard')}, ${at}, ${at}, 20, [5, 5, 9, intHash32(step * 7919 + service) % 50 = 0, 0],
       [0.05, 0.1, 0.25, 0.5]
     FROM (${series}) WHERE metric = 'bench.duration'`,
  );
  await backend.raw(
    `INSERT INTO ingest_batches (Project, Process, Token, Table, Day, MinTime, MaxTime, Rows, StoredAt)
     SELECT 'default', 'bench', concat('${to}-', name), name, toDate(fromUnixTimestamp64Milli(${to})), fromUnixTimestamp64Milli(${from}),
       fromUnixTimestamp64Milli(${to} - 1), 1, fromUnixTimestamp64Milli(${to} + 1000)
     FROM (SELECT arrayJoin(['metric_points', 'metric_histograms']) AS name)`,
  );
}
