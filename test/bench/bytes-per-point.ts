import type { OpenBackend } from '../harness/store-backends.js';
import { bytesPerRow, withEmbeddedStore } from './embedded-store.js';
import { figure, type Figure } from './figure.js';

const SERIES = 2_000;
/** Six hours at one point in 10 s: rows are ordered by hour first, so that a day is four times the same. */
const POINTS = 6 * 360;
const BASE = "toDateTime64('2026-11-20 00:00:00', 9, 'UTC')";

/**
 * The points: series `sid`, time `at` with 50 ms of jitter in whole milliseconds. Odd series are integer counters that
 * rise by 0 to 199; even ones are gauges of three decimals, a slow wave under uniform noise.
 */
const POINTS_SQL = `
  SELECT
    number % ${SERIES} AS sid,
    cityHash64(sid) AS hash,
    concat('metric.', toString(sid % 20)) AS name,
    intDiv(number, ${SERIES}) AS k,
    ${BASE} + toIntervalMillisecond(k * 10000 + cityHash64(number, 1) % 51) AS at,
    sid % 2 = 1 AS isInt,
    toInt64(if(isInt, sid * 1000 + k * 100 + cityHash64(number, 3) % 100, 0)) AS integer,
    if(isInt, 0, round(50 + 40 * sin(k / 500 + sid) + (cityHash64(number, 2) % 10000) / 1000 - 5, 3)) AS double
  FROM numbers(${SERIES * POINTS})`;

/**
 * `bytes-per-point`: bytes on disk per number point after merging, indexes and marks included, against the exporter's
 * tables with the same points.
 */
export async function benchBytesPerPoint(): Promise<Figure[]> {
  return withEmbeddedStore(async (backend) => {
    await backend.raw(
      `INSERT INTO metric_points (Project, MetricName, SeriesHash, TimeUnix, StartTimeUnix, ValueDouble, ValueInt, ValueKind, Flags)
       SELECT 'default', name, hash, at, ${BASE}, double, integer, if(isInt, 'int', 'double'), 0 FROM (${POINTS_SQL})`,
    );
    await storeWide(backend);
    for (const table of ['metric_points', 'wide_gauge', 'wide_sum']) {
      await backend.raw(`OPTIMIZE TABLE ${table} FINAL`);
    }
    return [
      figure({
        name: 'bytes-per-point',
        value: await bytesPerRow(backend, ['metric_points']),
        unit: 'B',
        baseline: await bytesPerRow(backend, ['wide_gauge', 'wide_sum']),
        baselineName: "the exporter's gauge and sum tables",
        floor: { atMost: 4 },
      }),
    ];
  });
}

/** collector-contrib, exporter/clickhouseexporter/internal/sqltemplates, with the key it had until 2026. */
async function storeWide(backend: OpenBackend): Promise<void> {
  const maps = ['ResourceAttributes', 'ScopeAttributes', 'Attributes'];
  const columns = [
    ...maps.map((name) => `${name} Map(LowCardinality(String), String) CODEC(ZSTD(1))`),
    ...[
      'ResourceSchemaUrl',
      'ScopeName',
      'ScopeVersion',
      'ScopeSchemaUrl',
      'MetricDescription',
      'MetricUnit',
    ].map((name) => `${name} String CODEC(ZSTD(1))`),
    'ScopeDroppedAttrCount UInt32 CODEC(ZSTD(1))',
    'ServiceName LowCardinality(String) CODEC(ZSTD(1))',
    'MetricName String CODEC(ZSTD(1))',
    'StartTimeUnix DateTime64(9) CODEC(Delta, ZSTD(1))',
    'TimeUnix DateTime64(9) CODEC(Delta, ZSTD(1))',
    'Value Float64 CODEC(ZSTD(1))',
    'Flags UInt32 CODEC(ZSTD(1))',
    'Exemplars Nested (FilteredAttributes Map(LowCardinality(String), String), TimeUnix DateTime64(9), Value Float64, SpanId String, TraceId String) CODEC(ZSTD(1))',
    ...maps.flatMap((name) =>
      ['Keys', 'Values'].map(
        (part) => `INDEX ${name}${part} map${part}(${name}) TYPE bloom_filter(0.01) GRANULARITY 1`,
      ),
    ),
  ];
  const table = (name: string, more: readonly string[]): string =>
    `CREATE TABLE ${name} (${[...columns, ...more].join(', ')}) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
     ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix))
     SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1`;
  await backend.raw(table('wide_gauge', []));
  await backend.raw(table('wide_sum', ['AggregationTemporality Int32', 'IsMonotonic Bool']));
  const shared = `
    map('service.name', service, 'cloud.region', 'eu-1', 'deployment.environment.name', 'prod') AS ResourceAttributes,
    map('model.name', 'ranker', 'model.version', '1.4.2', 'stage', toString(sid % 5), 'pod', concat('pod-', toString(sid))) AS Attributes,
    'scope' AS ScopeName, '1.0.0' AS ScopeVersion, service AS ServiceName, name AS MetricName, '1' AS MetricUnit,
    ${BASE} AS StartTimeUnix, at AS TimeUnix`;
  const source = `FROM (SELECT *, concat('service-', toString(sid % 10)) AS service FROM (${POINTS_SQL}))`;
  const names =
    'ResourceAttributes, Attributes, ScopeName, ScopeVersion, ServiceName, MetricName, MetricUnit, StartTimeUnix, TimeUnix, Value';
  await backend.raw(`INSERT INTO wide_gauge (${names}) SELECT ${shared}, double ${source} WHERE NOT isInt`);
  await backend.raw(
    `INSERT INTO wide_sum (${names}, AggregationTemporality, IsMonotonic) SELECT ${shared}, toFloat64(integer), 2, true ${source} WHERE isInt`,
  );
}
