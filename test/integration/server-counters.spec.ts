import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const OUTCOMES = ['received', 'stored', 'rejected', 'duplicate'] as const;
type Counts = Record<(typeof OUTCOMES)[number] | 'pending', number>;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ environment: { TIDEWATCH_FLUSH_INTERVAL: '100ms' } });
});
afterAll(async () => {
  await server.stop();
  removeFolders();
});

const JSON_TYPE = { 'Content-Type': 'application/json' };
const post = (path: string, body: string) =>
  fetch(`${server.otlp}${path}`, { method: 'POST', body, headers: JSON_TYPE });

/** Two good points and one from far ahead. */
function metrics(request: number): string {
  const at = Date.now();
  const points = [0, 1, 3_600_000].map((ahead) => ({
    timeUnixNano: `${at + ahead}000000`,
    asInt: '1',
    attributes: [{ key: 'request', value: { intValue: String(request % 20) } }],
  }));
  return JSON.stringify({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'load', gauge: { dataPoints: points } }] }] }],
  });
}

function logs(request: number): string {
  const logRecords = [{ body: { stringValue: `line ${request}` } }, { severityNumber: 99 }];
  return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
}

/** One good row and one without a model. */
const predictions = (request: number) =>
  JSON.stringify([{ prediction_id: `p-${request}`, model: 'ranker', features: { age: request } }, {}]);

/** The samples of `GET /metrics` by name and labels. */
async function exposed(): Promise<Map<string, number>> {
  const response = await fetch(`${server.api}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, name = '', value = ''] = /^(.+) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

function countsOf(samples: Map<string, number>, signal: string): Counts {
  const of = (outcome: string) =>
    samples.get(`tidewatch_ingest_items_total{signal="${signal}",outcome="${outcome}"}`) ?? NaN;
  return {
    ...(Object.fromEntries(OUTCOMES.map((outcome) => [outcome, of(outcome)])) as Counts),
    pending: samples.get(`tidewatch_ingest_items_pending{signal="${signal}"}`) ?? NaN,
  };
}

describe('under load', () => {
  const looks: Counts[] = [];
  let isSending = true;

  beforeAll(async () => {
    const look = async () => {
      while (isSending) {
        const samples = await exposed();
        looks.push(...['metrics', 'logs', 'predictions'].map((signal) => countsOf(samples, signal)));
      }
    };
    const looking = look();
    for (let round = 0; round < 40; round += 1) {
      const requests = Array.from({ length: 10 }, (_, index) => round * 10 + index).flatMap((request) => {
        const sent = [
          post('/v1/metrics', metrics(request)),
          post('/v1/logs', logs(request)),
          post('/v1/predictions', predictions(request)),
        ];
        // Every fifth request is sent twice at the same time, as by a client that lost the answer.
        return request % 5 === 0 ? [...sent, post('/v1/predictions', predictions(request))] : sent;
      });
      const answers = await Promise.all(requests);
      expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    }
    isSending = false;
    await looking;
    await server.stored();
  }, 60_000);

  test('received = stored + rejected + duplicate + pending, whenever one looks', () => {
    expect(looks.length).toBeGreaterThan(50);
    // Something must have been on its way in some of them, or nothing was shown.
    expect(looks.some(({ pending }) => pending > 0)).toBe(true);
    const wrong = looks.filter(
      ({ received, stored, rejected, duplicate, pending }) =>
        received !== stored + rejected + duplicate + pending,
    );
    expect(wrong).toEqual([]);
  });

  test('in the end everything is accounted for, and what is stored can be read', async () => {
    const samples = await exposed();
    expect(countsOf(samples, 'metrics')).toEqual({
      received: 1_200,
      stored: 800,
      rejected: 400,
      duplicate: 0,
      pending: 0,
    });
    expect(countsOf(samples, 'predictions')).toEqual({
      received: 960,
      stored: 400,
      rejected: 400,
      duplicate: 160,
      pending: 0,
    });
    const { ingest } = (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
      ingest: Record<string, number>;
    };
    expect(ingest['predictionsStored']).toBe(400);
    expect(ingest['pointsStored']).toBe(800);
  });

  test('the rest of what an operator asks for is there', async () => {
    const samples = await exposed();
    expect(samples.get('tidewatch_insert_duration_seconds_count')).toBeGreaterThan(0);
    expect(samples.get('tidewatch_insert_duration_seconds_bucket{le="+Inf"}')).toBe(
      samples.get('tidewatch_insert_duration_seconds_count'),
    );
    expect(samples.get('tidewatch_journal_oldest_age_seconds')).toBe(0);
    expect(samples.get('tidewatch_journal_bytes')).toBeLessThan(
      samples.get('tidewatch_journal_max_bytes') ?? 0,
    );
    expect(samples.get('tidewatch_admission_bytes')).toBe(0);
    expect(samples.get('tidewatch_series_cache_entries')).toBe(20);
    expect(samples.get('tidewatch_ingest_requests_total{signal="metrics",transport="http",code="200"}')).toBe(
      400,
    );
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
    expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });
});
