import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import { embeddingMonitorSchema, type EmbeddingMonitor, type EmbeddingVerdict } from '@tidewatch/drift';
import { openEmbeddingAnalysis, type EmbeddingAnalysis } from '@tidewatch/encoder';
import type { Prediction } from '@tidewatch/samples';
import { pino } from 'pino';
import { EmbeddingJudge } from '../../apps/server/src/evaluate/embedding/embedding-judge.js';
import { MonitorRunner } from '../../apps/server/src/evaluate/monitor-runner.js';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const MINUTE = 60_000;
const DIMENSION = 12;
/** The end of the first judged window: a whole number of windows, some hours ago. */
const END = Math.floor(Date.now() / (10 * MINUTE)) * 10 * MINUTE - 180 * MINUTE;
const random = seededRandom(77);

let ids = 0;
/** Samples with a vector each, spread over [from, to): two groups, `share` of them in the first, all moved by `shift`. */
function samples(
  model: string,
  [from, to]: readonly [number, number],
  count: number,
  { share = 0.5, shift = 0, dimension = DIMENSION, ...partial }: VectorLaw & Partial<Prediction> = {},
): Prediction[] {
  return Array.from({ length: count }, (_, index) => {
    const group = random() < share ? 3 : -3;
    const vector = Float32Array.from(
      { length: dimension },
      (_unused, column) => seededNormal(random) + shift + (column === 0 ? group : 0),
    );
    return prediction({
      predictionId: `p-${(ids += 1)}`,
      timestamp: from + Math.floor((index * (to - from)) / count),
      model,
      embeddings: { frame: vector },
      ...partial,
    });
  });
}

interface VectorLaw {
  readonly share?: number;
  readonly shift?: number;
  readonly dimension?: number;
}

const monitor = (model: string, spec: Record<string, unknown> = {}): EmbeddingMonitor =>
  embeddingMonitorSchema.parse({
    apiVersion: 'tidewatch.dev/v1',
    kind: 'EmbeddingMonitor',
    metadata: { name: `${model}-frames` },
    spec: {
      model,
      embedding: 'frame',
      baseline: { kind: 'rolling', length: '60m' },
      window: '10m',
      every: '5m',
      bucket: '5m',
      hold: '0s',
      clusters: 3,
      ...spec,
    },
  });

describe('embedding monitors on stored vectors', () => {
  let backend: OpenBackend;
  let analysis: EmbeddingAnalysis;
  const logger = pino({ level: 'silent' });
  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
    analysis = openEmbeddingAnalysis({ logger });
  }, 60_000);
  afterAll(async () => {
    await analysis.close();
    await backend.close();
  });

  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));
  const runner = () =>
    new MonitorRunner(backend.store, logger, new EmbeddingJudge(backend.store, analysis, logger));
  const verdictsOf = async (rule: EmbeddingMonitor, end: number): Promise<EmbeddingVerdict[]> => {
    const rows = await backend.store.verdicts.history('default', {
      kind: 'EmbeddingMonitor',
      rule: rule.name,
      subject: null,
      range: { from: end, to: end + 1 },
    });
    return rows.map((row) => JSON.parse(row.document) as EmbeddingVerdict);
  };
  const judged = async (rule: EmbeddingMonitor, end: number) => {
    const signals = await runner().evaluate([rule], Date.now(), end);
    return { signals, verdicts: await verdictsOf(rule, end) };
  };
  const state = (verdicts: readonly EmbeddingVerdict[], test: string) =>
    verdicts.find(({ subject }) => subject === `frame/${test}`)?.state;

  test('a baseline that goes on is ok; a group that grows is an alarm that names its cluster', async () => {
    await store(samples('steady', [END - 70 * MINUTE, END], 700));
    const rule = monitor('steady');
    const quiet = await judged(rule, END);
    expect(quiet.verdicts.map(({ subject }) => subject).sort()).toEqual([
      'frame/centroid',
      'frame/clusters',
      'frame/distance',
      'frame/mmd',
    ]);
    expect(new Set(quiet.verdicts.map((verdict) => verdict.state))).toEqual(new Set(['ok']));
    expect(quiet.signals[0]).toMatchObject({ condition: 'ok', kind: 'EmbeddingMonitor' });

    await store(samples('steady', [END, END + 10 * MINUTE], 200, { share: 0.95 }));
    const { signals, verdicts } = await judged(rule, END + 10 * MINUTE);
    expect(state(verdicts, 'clusters')).toBe('alarm');
    const clusters = verdicts.find(({ embeddingTest }) => embeddingTest === 'clusters')!.clusters;
    expect(clusters.find(({ share, referenceShare }) => share > referenceShare)?.examples[0]).toMatch(
      /^p-\d+$/,
    );
    expect(signals[0]).toMatchObject({ condition: 'firing', member: 'EmbeddingMonitor/steady-frames' });
    expect(signals[0]?.summary).toMatch(/Cluster \d (grew|shrank) from \d+/);
  });

  test('sums outlive the vectors: a fixed baseline judges by them when its vectors are gone', async () => {
    const far = END - 70 * MINUTE;
    await store(samples('outlived', [far, far + 60 * MINUTE], 600));
    await store(samples('outlived', [END - 10 * MINUTE, END], 200));
    const rule = monitor('outlived', {
      baseline: {
        kind: 'range',
        from: new Date(far).toISOString(),
        to: new Date(far + 60 * MINUTE).toISOString(),
      },
    });
    expect(state((await judged(rule, END)).verdicts, 'mmd')).toBe('ok');
    // What retention does after a week.
    await backend.raw(
      `ALTER TABLE embeddings DELETE WHERE Model = 'outlived' AND Timestamp < fromUnixTimestamp64Milli(${END - 10 * MINUTE}) SETTINGS mutations_sync = 2`,
    );
    await store(samples('outlived', [END, END + 10 * MINUTE], 200, { shift: 0.8 }));
    const { verdicts } = await judged(rule, END + 10 * MINUTE);
    expect(state(verdicts, 'centroid')).toBe('alarm');
    expect(state(verdicts, 'mmd')).toBe('not-enough-data');
    expect(verdicts.find(({ embeddingTest }) => embeddingTest === 'centroid')).toMatchObject({
      n: 200,
      m: 600,
    });
  });

  test('vectors of another dimension are not compared, and one encoder that changes its dimension is an error', async () => {
    await store(samples('changed', [END - 70 * MINUTE, END - 10 * MINUTE], 600));
    await store(samples('changed', [END - 10 * MINUTE, END], 200, { dimension: 20 }));
    const { verdicts } = await judged(monitor('changed'), END);
    expect(verdicts).toHaveLength(1);
    expect(verdicts[0]).toMatchObject({ subject: 'frame/vectors', state: 'error' });
    expect(verdicts[0]!.reason).toContain('with 20 dimensions and the baseline');
  });

  test('vectors of another dimension among the others are left out, and told of', async () => {
    await store(samples('mixed', [END - 70 * MINUTE, END], 700));
    await store(samples('mixed', [END - 9 * MINUTE, END], 30, { dimension: 20 }));
    const { verdicts } = await judged(monitor('mixed'), END);
    expect(state(verdicts, 'centroid')).toBe('ok');
    const leftOut = verdicts.find(({ subject }) => subject === 'frame/left-out');
    expect(leftOut?.reason).toMatch(
      /^30 of 130 vectors of the window come from the service itself with 20 dimensions/,
    );
  });

  test('few vectors are not judged, and nothing at all is not an error', async () => {
    await store(samples('sparse', [END - 70 * MINUTE, END - 10 * MINUTE], 600));
    await store(samples('sparse', [END - 10 * MINUTE, END], 12));
    const { verdicts } = await judged(monitor('sparse'), END);
    expect(verdicts).toMatchObject([
      {
        state: 'not-enough-data',
        reason: 'The window has only 12 vectors of "frame", and the rule asks for 100.',
      },
    ]);
    expect((await judged(monitor('nothing'), END)).verdicts).toMatchObject([
      { state: 'not-enough-data', reason: 'The window has no vectors of "frame".' },
    ]);
  });

  test('the other variant of the same minutes is a baseline', async () => {
    const last = [END - 10 * MINUTE, END] as const;
    await store(samples('split', last, 300, { variant: 'stable' }));
    await store(samples('split', last, 300, { variant: 'canary', shift: 1 }));
    const { verdicts } = await judged(
      monitor('split', { baseline: { kind: 'concurrent', variant: 'stable' } }),
      END,
    );
    expect(state(verdicts, 'centroid')).toBe('alarm');
    expect(verdicts[0]).toMatchObject({ n: 300, m: 300 });
  });

  test('vectors that come late revise the verdict and raise no signal', async () => {
    await store(samples('late', [END - 70 * MINUTE, END], 700));
    const rule = monitor('late');
    const evaluator = runner();
    await evaluator.evaluate([rule], Date.now(), END);
    expect(state(await verdictsOf(rule, END), 'centroid')).toBe('ok');
    await store(samples('late', [END - 9 * MINUTE, END - MINUTE], 400, { shift: 1.5 }));
    expect(await evaluator.evaluate([rule], Date.now(), END)).toEqual([]);
    const revised = await verdictsOf(rule, END);
    expect(revised.find(({ embeddingTest }) => embeddingTest === 'centroid')).toMatchObject({
      state: 'alarm',
      revised: true,
      n: 500,
    });
  });

  test('a restarted server goes on in the same space', async () => {
    await store(samples('restarted', [END - 70 * MINUTE, END + 5 * MINUTE], 750));
    const rule = monitor('restarted');
    const [first, second] = [await judged(rule, END), await judged(rule, END + 5 * MINUTE)];
    expect(first.verdicts[0]!.baselineVersion).toBe(1);
    expect(second.verdicts[0]!.baselineVersion).toBe(1);
    expect(second.verdicts[0]!.m).toBeGreaterThan(500);
  });
});
