import { median } from 'simple-statistics';
import type { OpenBackend } from '../harness/store-backends.js';
import { withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';

const METRICS = 40;
const SERVICES = 100;
const SERIES_PER_SERVICE = 5;
const HOURS = 14;
/** One point in 10 s. */
const POINTS_PER_HOUR = 360;
const SERIES_PER_METRIC = SERVICES * SERIES_PER_SERVICE;
/** 100.8 million in all. */
const POINTS_PER_METRIC = SERIES_PER_METRIC * HOURS * POINTS_PER_HOUR;
const METRICS_PER_INSERT = 4;

const RUNS = 15;
const DAY = "toDateTime64('2026-11-20 00:00:00', 9, 'UTC')";

/**
 * `query-hour`: median time of the average by minute of one metric over one hour, out of 100 million points, duplicates
 * removed, against the same rows in the exporter's order (service, metric, series, time), duplicates not removed.
 */
export async function benchQueryHour(): Promise<Figure[]> {
  return withEmbeddedStore(async (backend) => {
    await backend.raw(
      `CREATE TABLE exporter_order (ServiceName LowCardinality(String), MetricName LowCardinality(String), SeriesHash UInt64 CODEC(ZSTD(1)),
         TimeUnix DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)), Value Float64 CODEC(ZSTD(1)))
       ENGINE = MergeTree PARTITION BY toDate(TimeUnix) ORDER BY (ServiceName, MetricName, SeriesHash, TimeUnix)`,
    );
    for (let metric = 0; metric < METRICS; metric += METRICS_PER_INSERT) {
      await insertPoints(backend, metric);
    }
    await merged(backend);
    const hour = `TimeUnix >= ${DAY} + INTERVAL 7 HOUR AND TimeUnix < ${DAY} + INTERVAL 8 HOUR`;
    const byMinute = (from: string, metric: number): string =>
      `SELECT toStartOfMinute(TimeUnix) AS minute, avg(Value) AS value, count() AS points FROM ${from}
       WHERE ${from.startsWith('metric_points') ? "Project = 'default' AND " : ''}MetricName = 'metric.${metric}' AND ${hour}
       GROUP BY minute ORDER BY minute`;
    const ours: number[] = [];
    const baseline: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      // Another metric every time: what one run has read does not help the next.
      ours.push(await timed(backend, byMinute('metric_points FINAL', run)));
      baseline.push(await timed(backend, byMinute('exporter_order', run)));
    }
    return [
      figure({
        name: 'query-hour',
        value: median(ours),
        unit: 'ms',
        baseline: median(baseline),
        baselineName: "the exporter's ORDER BY, same rows",
        floor: { atMost: 150 },
      }),
    ];
  });
}

/** The points of some metrics, in the order of the key, so that inserting them sorts nothing. */
async function insertPoints(backend: OpenBackend, firstMetric: number): Promise<void> {
  const points = `
    SELECT
      ${firstMetric} + intDiv(number, ${POINTS_PER_METRIC}) AS metric,
      number % ${POINTS_PER_METRIC} AS rest,
      intDiv(rest, ${SERIES_PER_METRIC * POINTS_PER_HOUR}) AS hour,
      intDiv(rest % ${SERIES_PER_METRIC * POINTS_PER_HOUR}, ${POINTS_PER_HOUR}) AS series,
      ${DAY} + toIntervalMillisecond(hour * 3600000 + (rest % ${POINTS_PER_HOUR}) * 10000 + intHash32(number) % 51) AS at,
      intHash32(number + 1) % 100000 / 1000 AS value
    FROM numbers(${POINTS_PER_METRIC * METRICS_PER_INSERT})`;
  await backend.raw(
    `INSERT INTO metric_points (Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, ValueDouble, ValueKind, Flags)
     SELECT 'default', concat('metric.', toString(metric)), bitShiftLeft(toUInt64(series), 48) + metric, at, ${DAY}, value, 'double', 0
     FROM (${points})`,
  );
  await backend.raw(
    `INSERT INTO exporter_order
     SELECT concat('service-', toString(series % ${SERVICES})), concat('metric.', toString(metric)),
       bitShiftLeft(toUInt64(series), 48) + metric, at, value
     FROM (${points})`,
  );
}

/** Resolves when background merges have come to rest. */
async function merged(backend: OpenBackend): Promise<void> {
  for (let quiet = 0; quiet < 4;) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [row] = await backend.raw('SELECT count() AS running FROM system.merges');
    quiet = Number(row?.['running']) === 0 ? quiet + 1 : 0;
  }
}

async function timed(backend: OpenBackend, sql: string): Promise<number> {
  const start = performance.now();
  const rows = await backend.raw(sql);
  const milliseconds = performance.now() - start;
  const points = rows.reduce((sum, row) => sum + Number(row['points']), 0);
  if (rows.length !== 60 || points !== SERIES_PER_METRIC * POINTS_PER_HOUR) {
    throw new Error(
      `Expected 60 minutes of ${SERIES_PER_METRIC * POINTS_PER_HOUR} points, found ${rows.length} of ${points}.`,
    );
  }
  return milliseconds;
}
