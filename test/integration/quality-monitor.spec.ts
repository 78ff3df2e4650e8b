import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import { qualityMonitorSchema, type QualityMonitor, type QualityVerdict } from '@tidewatch/drift';
import type { Prediction } from '@tidewatch/samples';
import type { Store } from '@tidewatch/store';
import { pino } from 'pino';
import { MonitorRunner } from '../../apps/server/src/evaluate/monitor-runner.js';
import { QualityJudge } from '../../apps/server/src/evaluate/quality/quality-judge.js';
import { deployment, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const WINDOW = 10 * MINUTE;
const END = Math.floor(Date.now() / WINDOW) * WINDOW - 12 * WINDOW;
const random = seededRandom(5);

let ids = 0;
function samples(
  model: string,
  from: number,
  to: number,
  count: number,
  partial: (i: number) => Partial<Prediction> = () => ({}),
): Prediction[] {
  return Array.from({ length: count }, (_, i) =>
    prediction({
      predictionId: `q-${(ids += 1)}`,
      timestamp: from + Math.floor((i * (to - from)) / count),
      model,
      modelVersion: '7',
      tags: { camera: String(i % 4) },
      features: features({ age: random() * 80 }, { country: i % 3 === 0 ? 'DE' : 'FR' }),
      ...partial(i),
    }),
  );
}
const features = (
  numeric: Record<string, number>,
  text: Record<string, string> = {},
  nulls: string[] = [],
) => ({
  numeric,
  text,
  boolean: {},
  nulls,
});

const monitor = (model: string, spec: Record<string, unknown> = {}): QualityMonitor =>
  qualityMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'QualityMonitor',
    metadata: { name: `${model}-data` },
    spec: {
      model,
      baseline: { kind: 'rolling', length: '80m' },
      window: '10m',
      every: '5m',
      bucket: '5m',
      hold: '0s',
      minimumSamples: 100,
      ...spec,
    },
  });

describe('quality monitors on stored samples', () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
  }, 60_000);
  afterAll(() => backend.close());

  const logger = pino({ level: 'silent' });
  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const verdictsAt = async (rule: QualityMonitor, end: number): Promise<QualityVerdict[]> => {
    const rows = await backend.store.verdicts.history('default', {
      kind: 'QualityMonitor',
      rule: rule.name,
      subject: null,
      range: { from: end, to: end + 1 },
    });
    return rows.map((row) => JSON.parse(row.document) as QualityVerdict);
  };
  /** Runs the monitor once for the window that ends at `END`. */
  const run = async (rule: QualityMonitor, from: Store = backend.store) => {
    const runner = new MonitorRunner(backend.store, logger, new QualityJudge(from));
    const [signal] = await runner.evaluate([rule], END + MINUTE, END);
    const verdicts = await verdictsAt(rule, END);
    return {
      signal,
      verdicts,
      alarms: verdicts
        .filter(({ state }) => state === 'alarm')
        .map(({ subject }) => subject)
        .sort(),
      of: (subject: string) => verdicts.find((each) => each.subject === subject),
    };
  };
  const baseline = (model: string) => samples(model, END - 9 * WINDOW, END - WINDOW, 8_000);

  test('good data raises nothing', async () => {
    await store([...baseline('good'), ...samples('good', END - WINDOW, END, 1_000)]);
    const rule = monitor('good', { checks: { silent: { dimensions: ['camera'] } } });
    const { alarms, signal, verdicts } = await run(rule);
    expect(alarms).toEqual([]);
    expect(verdicts.filter(({ state }) => state === 'error')).toEqual([]);
    expect(signal).toMatchObject({ condition: 'ok', kind: 'QualityMonitor' });
    expect(signal?.summary).toMatch(/^good-data: \d+ of \d+ checks pass\.$/);
  });

  test('nulls, a new category, a dark camera, a vanished and a new feature, each named', async () => {
    const broken = samples('broken', END - WINDOW, END, 1_000, (i) => ({
      tags: { camera: String(i % 3) },
      features: features(
        i % 10 === 0 ? { height: 1 } : { age: random() * 80, height: 1 },
        { country: i % 5 === 0 ? 'XX' : 'FR' },
        i % 10 === 0 ? ['age'] : [],
      ),
    }));
    await store([
      ...samples('broken', END - 9 * WINDOW, END - WINDOW, 8_000, (i) => ({
        features: features({ age: random() * 80, weight: 70 }, { country: i % 3 === 0 ? 'DE' : 'FR' }),
      })),
      ...broken,
    ]);
    const { alarms, of, signal } = await run(
      monitor('broken', { checks: { silent: { dimensions: ['camera'] } } }),
    );
    expect(alarms).toEqual([
      'missing/age',
      'missing/weight',
      'newCategories/country',
      'schema/height',
      'schema/weight',
      'silent/camera=3',
      'vanishedCategories/country',
    ]);
    expect(of('missing/age')).toMatchObject({ statistic: 0.1, n: 1_000, m: 8_000 });
    expect(signal).toMatchObject({ condition: 'firing', severity: 'ticket' });
  });

  test('mixed types, values beyond the limits, repeated ids and a clock that runs ahead', async () => {
    const mixed = samples('mixed', END - WINDOW, END, 1_000, (i) => ({
      predictionId: `mixed-${i % 900}`,
      receivedAt: END - 30 * MINUTE,
      features:
        i % 4 === 0
          ? features({}, { age: 'unknown', country: 'FR' })
          : features({ age: 150 }, { country: 'FR' }),
    }));
    await store([...baseline('mixed'), ...mixed]);
    const rule = monitor('mixed', {
      checks: { vanishedCategories: false, range: { limits: { age: { max: 120 } } } },
    });
    const { alarms, of } = await run(rule);
    expect(alarms).toEqual(['clock/ahead', 'duplicates/prediction-id', 'range/age:limits', 'type/age']);
    expect(of('type/age')?.statistic).toBeCloseTo(0.25, 12);
    expect(of('duplicates/prediction-id')?.statistic).toBeCloseTo(0.1, 12);
  });

  test('features that the rule does not watch are none of its business', async () => {
    await store([...baseline('chosen'), ...samples('chosen', END - WINDOW, END, 1_000)]);
    const { alarms, verdicts } = await run(monitor('chosen', { features: ['age'], outputs: 'none' }));
    expect(alarms).toEqual([]);
    expect(verdicts.filter(({ variable }) => variable === 'country')).toEqual([]);
  });

  test('an empty window after traffic: volume and freshness', async () => {
    await store(baseline('silence'));
    const { alarms, of } = await run(monitor('silence', { checks: { freshness: { maximum: '5m' } } }));
    expect(alarms).toEqual(['freshness/samples', 'volume/samples']);
    expect(of('missing/age')).toMatchObject({ state: 'not-enough-data' });
  });

  test('a model that nobody ever sent samples of', async () => {
    const { signal, verdicts } = await run(monitor('nobody'));
    expect(signal?.condition).toBe('unknown');
    expect(new Set(verdicts.map(({ state }) => state))).toEqual(new Set(['not-enough-data']));
  });

  test('one version with two checksums', async () => {
    await store([...baseline('twins'), ...samples('twins', END - WINDOW, END, 1_000)]);
    const deployed = ['aaaa', 'bbbb'].map((sha256, i) => {
      const plain = deployment({ deploymentId: `twins-${i}`, timestamp: END - 5 * WINDOW });
      return { ...plain, model: 'twins', modelVersion: '7', artifact: { ...plain.artifact, sha256 } };
    });
    await storeBlocks(backend.store, backend.store.deployments.encode('default', deployed));
    expect((await run(monitor('twins'))).alarms).toEqual(['checksums/7']);
  });

  test('a query that fails is the error of its checks, and the others are judged', async () => {
    await store([...baseline('partly'), ...samples('partly', END - WINDOW, END, 100)]);
    const lame = {
      ...backend.store,
      quality: { ...backend.store.quality, jobs: () => Promise.reject(new Error('out of memory')) },
    };
    const { of, alarms } = await run(monitor('partly'), lame);
    expect(of('jobs/samples')).toMatchObject({
      state: 'error',
      reason: 'The check of batch job could not be made: out of memory.',
    });
    expect(alarms).toEqual(['volume/samples']);
  });

  test('late samples change what was said', async () => {
    await store([...baseline('late'), ...samples('late', END - WINDOW, END, 100)]);
    const rule = monitor('late', { checks: { missing: false } });
    const runner = new MonitorRunner(backend.store, logger, new QualityJudge(backend.store));
    await runner.evaluate([rule], Date.now(), END);
    const volume = async () => (await verdictsAt(rule, END)).find(({ check }) => check === 'volume');
    expect(await volume()).toMatchObject({ state: 'alarm', n: 100, revised: false });
    await store(samples('late', END - WINDOW, END, 900));
    await runner.evaluate([rule], Date.now(), END);
    expect(await volume()).toMatchObject({ state: 'ok', n: 1_000, revised: true });
  });
});
