import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const MINUTE = 60_000;
const NOW = Date.now();
const random = seededRandom(3);

const rule = (kind: string, name: string, spec: Record<string, unknown>): string =>
  `${JSON.stringify({ apiVersion: 'tidewatch.dev/v1', kind, metadata: { name, owner: 'ml' }, spec })}\n`;

const shared = { model: 'fraud', window: '10m', every: '1m', bucket: '1m', hold: '0s', minimumSamples: 100 };

interface View {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly reason: string;
  readonly evaluatedAt: number | null;
  readonly verdicts: readonly { subject: string; state: string; title: string; plot: unknown }[];
}

/** Ten minutes of good answers every ten minutes, but for the last ones, of which the accuracy falls from 0.9 to 0.6. */
function traffic(): { predictions: unknown[]; labels: unknown[] } {
  const predictions: unknown[] = [];
  const labels: unknown[] = [];
  for (let i = 0; i < 12_000; i += 1) {
    const timestamp = NOW - 120 * MINUTE + Math.floor((i * 120 * MINUTE) / 12_000);
    const late = timestamp > NOW - 20 * MINUTE;
    const score = Math.min(0.999, Math.max(0.001, 0.5 + 0.3 * seededNormal(random)));
    const predicted = score >= 0.5 ? 'fraud' : 'fine';
    const right = random() < (late ? 0.6 : 0.9);
    predictions.push({
      prediction_id: `p${i}`,
      timestamp,
      model: 'fraud',
      features: {
        amount: seededNormal(random) + (late ? 1 : 0),
        ...(late && i % 5 === 0 ? {} : { country: 'DE' }),
      },
      prediction: { label: predicted, score },
      tags: { channel: i % 2 === 0 ? 'shop' : 'web' },
    });
    labels.push({
      prediction_id: `p${i}`,
      timestamp: timestamp + 1_000,
      label: right ? predicted : predicted === 'fraud' ? 'fine' : 'fraud',
    });
  }
  return { predictions, labels };
}

describe('monitors of a running server', () => {
  let server: TestServer;
  let views: readonly View[];

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${server.api}/api/v1/monitors${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as T;
  };
  const send = async (path: string, rows: readonly unknown[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += 2_000) {
      const response = await fetch(`${server.api}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson' },
        body: rows
          .slice(at, at + 2_000)
          .map((row) => JSON.stringify(row))
          .join('\n'),
      });
      expect(response.status).toBe(200);
    }
  };

  /** A histogram a minute, of answers that take twice as long in the end. */
  const sendLatencies = async (): Promise<void> => {
    const dataPoints = Array.from({ length: 120 }, (_, i) => {
      const time = NOW - (120 - i) * MINUTE;
      return {
        startTimeUnixNano: `${time - MINUTE}000000`,
        timeUnixNano: `${time}000000`,
        count: '60',
        explicitBounds: [10, 20, 40, 80],
        bucketCounts: i < 100 ? ['10', '20', '20', '10', '0'] : ['0', '10', '20', '20', '10'],
      };
    });
    const histogram = { aggregationTemporality: 1, dataPoints };
    const response = await fetch(`${server.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'fraud-api' } }] },
            scopeMetrics: [{ metrics: [{ name: 'inference.duration', unit: 'ms', histogram }] }],
          },
        ],
      }),
    });
    expect(response.status).toBe(200);
  };

  beforeAll(async () => {
    const rolling = { kind: 'rolling', length: '60m', gap: '20m' };
    server = await startTestServer({
      rules: {
        'rules.yaml': [
          rule('DriftMonitor', 'inputs', { ...shared, baseline: rolling }),
          rule('QualityMonitor', 'data', { ...shared, baseline: rolling, checks: { volume: false } }),
          rule('PerformanceMonitor', 'answers', {
            ...shared,
            baseline: rolling,
            maturity: '1m',
            positive: 'fraud',
            segments: ['channel'],
          }),
          rule('DriftMonitor', 'truth', { ...shared, baseline: rolling, truth: { maturity: '1m' } }),
          rule('DriftMonitor', 'latency', {
            ...shared,
            baseline: rolling,
            ...{ features: 'none', outputs: 'none' },
            metrics: [{ metric: 'inference.duration', match: { 'service.name': 'fraud-api' } }],
          }),
        ].join('---\n'),
      },
    });
    const { predictions, labels } = traffic();
    await send('predictions', predictions);
    await send('labels', labels);
    await sendLatencies();
    await server.stored();
    const deadline = Date.now() + 60_000;
    do {
      await new Promise((resolve) => setTimeout(resolve, 250));
      views = (await get<{ items: View[] }>('')).items;
    } while (
      !views.every(({ evaluatedAt, state }) => evaluatedAt !== null && state !== 'not-enough-data') &&
      Date.now() < deadline
    );
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  const view = (name: string): View => views.find((each) => each.name === name)!;

  test('monitors of all kinds are listed with their worst verdicts first', () => {
    expect(views.map(({ name, kind, state }) => [name, kind, state])).toEqual([
      ['inputs', 'DriftMonitor', 'alarm'],
      ['data', 'QualityMonitor', 'alarm'],
      ['answers', 'PerformanceMonitor', 'alarm'],
      ['truth', 'DriftMonitor', 'ok'],
      ['latency', 'DriftMonitor', 'alarm'],
    ]);
    expect(view('inputs').verdicts[0]).toMatchObject({
      title: 'amount',
      plot: { variable: 'amount', segment: '' },
    });
    expect(view('data').verdicts[0]).toMatchObject({
      subject: 'missing/country',
      title: 'country, missing',
      plot: { variable: 'country', segment: '' },
    });
    expect(view('answers').verdicts.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(['accuracy', 'recall{channel=web}']),
    );
    expect(view('answers').verdicts[0]).toMatchObject({ state: 'alarm', plot: null });
    expect(view('answers').reason).toContain('metrics are worse');
  });

  test('a numeric verdict is tested on kept samples, value by value', async () => {
    const { verdict, exact } = await get<{
      verdict: { statistic: number };
      exact: { statistic: number; pValue: number; method: string; n: number; m: number };
    }>('/inputs/explanation?subject=amount/ks');
    expect(exact.method).toBe('exact');
    expect(Math.min(exact.n, exact.m)).toBeGreaterThan(200);
    expect(exact.pValue).toBeLessThan(1e-10);
    // Two standard errors of D on some hundred values.
    expect(Math.abs(exact.statistic - verdict.statistic)).toBeLessThan(0.12);
  });

  test('a histogram is plotted at its bounds, and a truth by its labels', async () => {
    const variable = 'metric:inference.duration{service.name=fraud-api}';
    expect(view('latency').verdicts[0]).toMatchObject({ subject: `${variable}/ks`, plot: { variable } });
    const latency = await get<{ bins: { label: string; current: number; reference: number }[]; n: number }>(
      `/latency/distribution?variable=${encodeURIComponent(variable)}`,
    );
    expect(latency.bins.map(({ label }) => label)).toEqual([
      'up to 10',
      '10 to 20',
      '20 to 40',
      '40 to 80',
      'above 80',
    ]);
    expect(latency.bins[0]).toMatchObject({ current: 0, reference: expect.closeTo(1 / 6, 6) as unknown });
    const explained = await get<{ examples: unknown[]; verdict: { state: string } }>(
      `/latency/explanation?subject=${encodeURIComponent(`${variable}/ks`)}`,
    );
    expect(explained).toMatchObject({ examples: [], verdict: { state: 'alarm' } });
    const truth = await get<{ bins: { label: string; current: number }[] }>(
      '/truth/distribution?variable=truth:label',
    );
    expect(truth.bins.map(({ label }) => label).sort()).toEqual(['fine', 'fraud']);
    const unknown = await fetch(`${server.api}/api/v1/monitors/latency/distribution?variable=metric:other`);
    expect(unknown.status).toBe(404);
  });

  test('a verdict of missing values is explained by samples', async () => {
    const { examples } = await get<{ examples: { predictionId: string; value: unknown }[] }>(
      '/data/explanation?subject=missing/country',
    );
    expect(examples).toHaveLength(10);
    expect(
      examples.every(({ value, predictionId }) => value === null && Number(predictionId.slice(1)) % 5 === 0),
    ).toBe(true);
    const metric = await get<{ examples: unknown[]; verdict: { metric: string } }>(
      '/answers/explanation?subject=accuracy',
    );
    expect(metric).toMatchObject({ examples: [], verdict: { metric: 'accuracy', against: 'baseline' } });
  });

  test('the report of a performance monitor has every metric, the confusion and the calibration', async () => {
    const report = await get<{
      window: { from: number; to: number };
      segments: { segment: string; metrics: { name: string; value: number; low: number; high: number }[] }[];
      confusion: { classes: string[]; counts: number[][] };
      calibration: unknown[];
    }>('/answers/performance');
    expect(report.segments.map(({ segment }) => segment).sort()).toEqual(['', 'channel=shop', 'channel=web']);
    const whole = report.segments.find(({ segment }) => segment === '')!;
    const accuracy = whole.metrics.find(({ name }) => name === 'accuracy')!;
    expect(accuracy.low).toBeLessThan(0.6);
    expect(accuracy.high).toBeGreaterThan(0.6);
    expect(whole.metrics.map(({ name }) => name)).toEqual([
      'accuracy',
      'precision',
      'recall',
      'f1',
      'falsePositiveRate',
      'rocAuc',
      'logLoss',
      'brier',
      'calibrationError',
    ]);
    expect(report.confusion.classes.sort()).toEqual(['fraud', 'other']);
    expect(report.calibration.length).toBeGreaterThan(5);
  });

  test('cohorts compare equal maturities', async () => {
    const { items } = await get<{
      items: { maturities: { maturityMs: number; labelled: number; predictions: number }[] }[];
    }>('/answers/cohorts?windows=3');
    expect(items).toHaveLength(3);
    items.forEach(({ maturities }) => {
      expect(maturities.map(({ maturityMs }) => maturityMs)).toEqual([15_000, 30_000, 60_000]);
      // Labels come a second after the prediction.
      maturities.forEach(({ labelled, predictions }) => expect(labelled).toBe(predictions));
    });
  });

  test('the estimate does not see what scores do not show, and its back-test says so', async () => {
    const { estimate, backTest } = await get<{
      estimate: { accuracy?: number; off?: string };
      backTest: { windows: { estimated: number; realised: number }[]; meanError: number | null };
    }>('/answers/estimate');
    expect(estimate.accuracy).toBeGreaterThan(0.8);
    expect(backTest.windows.length).toBeGreaterThan(3);
    expect(backTest.windows.at(-1)!.estimated - backTest.windows.at(-1)!.realised).toBeGreaterThan(0.2);
    expect(backTest.windows[0]!.estimated - backTest.windows[0]!.realised).toBeLessThan(0.06);
  });

  test('leading signals, and what is asked of the wrong monitor', async () => {
    expect(await get('/answers/leading-signals?subject=accuracy')).toMatchObject({ subject: 'accuracy' });
    const wrong = await fetch(`${server.api}/api/v1/monitors/inputs/performance`);
    expect(wrong.status).toBe(404);
    expect(await wrong.json()).toMatchObject({
      detail: expect.stringContaining(
        'Monitor inputs is a DriftMonitor; this is asked of a PerformanceMonitor.',
      ) as unknown,
    });
    const plot = await fetch(`${server.api}/api/v1/monitors/answers/distribution?variable=amount`);
    expect(plot.status).toBe(404);
  });
});
