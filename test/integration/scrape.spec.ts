import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type * as Chdb from 'chdb';
import { EXPOSITIONS, expositionText } from '../../libs/scrape/fixtures/expositions.js';
import {
  endlessRoute,
  gzipRoute,
  hangingRoute,
  negotiatedRoute,
  startExpositionServer,
  textRoute,
  type ExpositionServer,
} from '../../libs/scrape/fixtures/exposition-server.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

let targets: ExpositionServer;
let server: TestServer;
let session: Chdb.Session;
let isShrunk = false;

interface TargetState {
  readonly name: string;
  readonly state: string;
  readonly samplesScraped: number;
  readonly samplesKept: number;
  readonly series: number;
  readonly error: { readonly code: string; readonly reason: string } | null;
  readonly problems: readonly string[];
}

function rule(name: string, spec: string): string {
  return `apiVersion: tidewatch.dev/v1
kind: ScrapeTarget
metadata: {name: ${name}}
spec: {url: '${targets.url}/${name}', interval: 1s, ${spec}}
`;
}

const FAILING = { hang: 'timeout', endless: 'too-large', broken: 'status', garbage: 'malformed' } as const;

beforeAll(async () => {
  targets = await startExpositionServer();
  for (const { preset, file } of EXPOSITIONS) {
    targets.route(`/${preset}`, textRoute(expositionText(file)));
  }
  // Exemplars older than retention are not stored.
  const openMetrics = expositionText('vllm.openmetrics').replace('1763715703.251', `${Date.now() / 1_000}`);
  targets.route('/vllm', negotiatedRoute(expositionText('vllm.prom'), openMetrics));
  targets.route('/kserve', gzipRoute(expositionText('kserve.prom')));
  targets.route(
    '/shrinking',
    textRoute(
      () => `# TYPE shrinking_total counter\nshrinking_total{x="1"} 7\n${isShrunk ? '' : 'gone 1\n'}`,
    ),
  );
  targets.route('/hang', hangingRoute);
  targets.route('/endless', endlessRoute);
  targets.route('/broken', (_, response) => response.writeHead(500).end());
  targets.route('/garbage', textRoute('this is\nno exposition\n'));
  server = await startTestServer({
    rules: {
      'presets.yaml': EXPOSITIONS.map(({ preset }) =>
        rule(preset, `preset: ${preset}, labels: {region: eu-1}`),
      ).join('---\n'),
      'shrinking.yaml': rule('shrinking', 'labels: {service: shrinker}'),
      'failing.yaml': Object.keys(FAILING)
        .map((name) => rule(name, 'limits: {bytes: 100000}'))
        .join('---\n'),
    },
    environment: { TIDEWATCH_OTLP_GRPC_PORT: '0', TIDEWATCH_FLUSH_INTERVAL: '100ms' },
  });
  // CommonJS on purpose: jest gives an ES import of a native module a second copy.
  const { Session } = createRequire(import.meta.url)('chdb') as typeof Chdb;
  session = new Session(path.join(server.dataDir, 'clickhouse'));
  await eventually('the first scrape of every target', async () =>
    (await states()).every(({ state }) => state !== 'pending'),
  );
  await server.server.ingest?.journal.flushed();
});

afterAll(async () => {
  session.close();
  await server.stop();
  await targets.stop();
  removeFolders();
});

async function states(): Promise<TargetState[]> {
  const answer = (await (await fetch(`${server.api}/api/v1/scrape-targets`)).json()) as {
    items: TargetState[];
  };
  return answer.items;
}

async function stateOf(name: string): Promise<TargetState | undefined> {
  return (await states()).find((state) => state.name === name);
}

/** Rows of a query over what the server has stored. */
async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const result = await session.queryAsync(
    `${sql} SETTINGS output_format_json_quote_64bit_integers = 1, output_format_json_quote_denormals = 1`,
    { format: 'JSONEachRow' },
  );
  return result
    .text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Points of a service joined with their series. */
function points(table: string, columns: string, where: string): Promise<Record<string, unknown>[]> {
  return rows(`SELECT ${columns} FROM ${table} AS p
    INNER JOIN (SELECT DISTINCT SeriesHash, ServiceName, Attributes, ResourceAttributes, MetricType, AggregationTemporality, IsMonotonic, MetricUnit
      FROM metric_series) AS s USING (SeriesHash) WHERE ${where}`);
}

describe('serving systems', () => {
  test.each(EXPOSITIONS)('$preset is up, all of it kept', async ({ preset }) => {
    const state = await stateOf(preset);
    expect(state).toMatchObject({ state: 'up', error: null, problems: [] });
    expect(state?.samplesKept).toBe((state?.samplesScraped ?? 0) - (preset === 'dcgm' ? 2 : 0));
  });

  test('their series are in the tables of pushed metrics, with the labels of the rule', async () => {
    const series = await rows(`SELECT ServiceName AS service, uniqExact(SeriesHash) AS series,
      any(ResourceAttributes['cloud.region']) AS region, any(ResourceAttributes['job']) AS job
      FROM metric_series WHERE ResourceAttributes['cloud.region'] = 'eu-1' GROUP BY service ORDER BY service`);
    // The series of the exposition and the four about the scrape.
    const expected = { bentoml: 27, dcgm: 26, kserve: 23, 'ray-serve': 105, triton: 41, vllm: 19 };
    expect(series).toEqual(
      Object.entries(expected).map(([service, count]) => ({
        service,
        series: String(count + 4),
        region: 'eu-1',
        job: service,
      })),
    );
  });

  test('counters, gauges, histograms and summaries have their values', async () => {
    expect(
      await points(
        'metric_points',
        'DISTINCT Value, AggregationTemporality, IsMonotonic, toUnixTimestamp64Nano(StartTimeUnix) AS start',
        "ServiceName = 'vllm' AND MetricName = 'vllm:request_success_total' AND Attributes['finished_reason'] = 'stop'",
      ),
    ).toMatchObject([
      {
        Value: 20_117,
        AggregationTemporality: 'cumulative',
        IsMonotonic: true,
        start: '1763712103123456700',
      },
    ]);
    expect(
      await points(
        'metric_histograms',
        'DISTINCT Count, Sum, BucketCounts, MetricUnit',
        "ServiceName = 'kserve' AND MetricName = 'request_predict_seconds' AND Attributes['model.name'] = 'iris'",
      ),
    ).toMatchObject([
      {
        Count: '40',
        Sum: 0.8789130109971666,
        MetricUnit: 's',
        BucketCounts: ['2', '5', '22', '9', '2', ...Array<string>(10).fill('0')],
      },
    ]);
    expect(
      await points(
        'metric_summaries',
        'DISTINCT Count, Sum, Quantiles',
        "ServiceName = 'triton' AND MetricName = 'nv_inference_request_summary_us' AND Attributes['model.name'] = 'ranker'",
      ),
    ).toMatchObject([{ Count: '52', Sum: 608_657, Quantiles: [0.5, 0.9, 0.95, 0.99, 0.999] }]);
    expect(
      await points(
        'metric_exemplars',
        'DISTINCT TraceId, SpanId, FilteredAttributes, p.Value AS Value',
        "ServiceName = 'vllm'",
      ),
    ).toEqual([
      {
        TraceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        SpanId: '00f067aa0ba902b7',
        FilteredAttributes: { request_id: 'r-9' },
        Value: 0.0163,
      },
    ]);
  });
});

describe('targets that fail', () => {
  test.each(Object.entries(FAILING))('%s is down: %s', async (name, reason) => {
    expect(await stateOf(name)).toMatchObject({
      state: 'down',
      series: 0,
      error: { code: `scrape.${reason}` },
    });
    const stored = await points(
      'metric_points',
      'DISTINCT MetricName AS name, Value',
      `ServiceName = '${name}'`,
    );
    expect(stored).toEqual(expect.arrayContaining([{ name: 'up', Value: 0 }]));
    expect(new Set(stored.map((row) => row['name']))).toEqual(
      new Set([
        'up',
        'scrape_duration_seconds',
        'scrape_samples_scraped',
        'scrape_samples_post_metric_relabeling',
      ]),
    );
  });

  test('the duration says how long the target that hangs was waited for', async () => {
    const [row] = await points(
      'metric_points',
      'min(Value) AS shortest',
      "ServiceName = 'hang' AND MetricName = 'scrape_duration_seconds'",
    );
    expect(row?.['shortest']).toBeGreaterThan(0.99);
  });
});

test('a series that is gone, and one whose rule is gone, end with a flag and without a value', async () => {
  isShrunk = true;
  const isEnded = (name: string) =>
    eventually(`the end of ${name}`, async () => {
      await server.server.ingest?.journal.flushed();
      return (
        (
          await points(
            'metric_points',
            'MetricName',
            `ServiceName = 'shrinker' AND MetricName = '${name}' AND bitAnd(Flags, 1) = 1`,
          )
        ).length > 0
      );
    });
  await isEnded('gone');
  writeFileSync(path.join(server.rulesDir, 'shrinking.yaml'), '');
  expect(server.server.reloadRules()).toBeNull();
  await isEnded('shrinking_total');
  await isEnded('up');
  expect(await stateOf('shrinking')).toBeUndefined();
  expect((await stateOf('vllm'))?.state).toBe('up');
});
