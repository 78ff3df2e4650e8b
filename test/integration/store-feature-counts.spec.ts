import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededNormal, seededRandom } from '@tidewatch/core';
import {
  addCounted,
  cellCount,
  countValues,
  emptyCounted,
  gridFromCategories,
  gridFromQuantiles,
  type Counted,
  type Grid,
  type Population,
  type SampleValue,
} from '@tidewatch/drift';
import type { Prediction } from '@tidewatch/samples';
import { momentsOf } from '@tidewatch/stats';
import { asSent, MAX_SEGMENT_VALUES, type CountedVariable, type CountStream } from '@tidewatch/store';
import { prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const BUCKET = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 2 * 3_600_000;
const POPULATION: Population = { model: 'ranker', service: '', region: '', where: {} };

const random = seededRandom(31);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

const GRIDS: Readonly<Record<string, Grid>> = {
  age: gridFromQuantiles(Array.from({ length: 101 }, (_, i) => -2 + i * 0.04)),
  country: gridFromCategories([
    ['DE', 5],
    ['FR', 3],
    ['true', 1],
  ]),
  vip: gridFromCategories([
    ['true', 5],
    ['false', 3],
  ]),
  constant: gridFromQuantiles([5, 5]),
  'feature:output:odd': gridFromQuantiles([0, 1]),
  'output:label': gridFromCategories([
    ['yes', 5],
    ['no', 3],
  ]),
  'output:score': gridFromQuantiles([0, 0.25, 0.5, 0.75, 1]),
  'output:confidence': gridFromQuantiles([0, 0.5, 1]),
  'output:boxes': gridFromQuantiles([0, 1, 2, 3]),
  'output:box_label': gridFromCategories([
    ['car', 5],
    ['dog', 3],
  ]),
  'output:reject_share': gridFromQuantiles([0, 0.5, 1]),
  'attribution:age': gridFromQuantiles([-1, 0, 1]),
};

/** The values of a sample by variable, as a person would read them off. */
function valuesOf(sample: Prediction): Record<string, SampleValue[]> {
  const { numeric, text, boolean } = sample.features;
  const one = (name: string): SampleValue[] => [numeric[name] ?? text[name] ?? boolean[name] ?? null];
  const { label, score, scores, detections, rejectedCount } = sample.prediction;
  return {
    age: one('age'),
    country: one('country'),
    vip: one('vip'),
    constant: one('constant'),
    'feature:output:odd': one('output:odd'),
    'output:label': [label === '' ? null : label],
    'output:score': [score],
    'output:confidence': [Object.keys(scores).length > 0 ? Math.max(...Object.values(scores)) : score],
    'output:boxes': [detections === null ? null : detections.length],
    'output:box_label': (detections ?? []).map((box) => box.label),
    'output:reject_share': [
      detections === null || rejectedCount === null
        ? null
        : rejectedCount / Math.max(1, rejectedCount + detections.length),
    ],
    'attribution:age': [sample.attributions['age'] ?? null],
  };
}

function drawSample(index: number, at: number, session: string): Prediction {
  const age = pick<SampleValue>([
    seededNormal(random),
    seededNormal(random),
    9,
    'NaN',
    '-Infinity',
    'old',
    true,
    null,
    undefined,
  ]);
  const numeric: Record<string, number> = { 'output:odd': random() * 2 };
  const text: Record<string, string> = {};
  const boolean: Record<string, boolean> = {};
  const nulls: string[] = [];
  const put = (name: string, value: SampleValue): void => {
    if (typeof value === 'number') numeric[name] = value;
    else if (typeof value === 'string') text[name] = value;
    else if (typeof value === 'boolean') boolean[name] = value;
    else if (value === null) nulls.push(name);
  };
  put('age', age);
  put('country', pick<SampleValue>(['DE', 'FR', 'XX', true, 7, null]));
  put('vip', pick<SampleValue>([true, false, 'maybe']));
  put('constant', pick<SampleValue>([5, 5, 5.5]));
  const boxes = Math.floor(random() * 4);
  return prediction({
    predictionId: `p-${index}`,
    timestamp: at,
    sessionId: session,
    modelVersion: pick(['1', '2']),
    variant: pick(['stable', 'canary']),
    region: pick(['eu', 'us', '']),
    tags: random() < 0.7 ? { camera: pick(['7', '8']) } : {},
    features: { numeric, text, boolean, nulls },
    prediction: {
      label: pick(['yes', 'no', 'perhaps', '']),
      score: pick([random(), null]),
      value: null,
      scores: random() < 0.5 ? { yes: random(), no: random() } : {},
      detections:
        random() < 0.6
          ? Array.from({ length: boxes }, () => ({
              label: pick(['car', 'dog', 'cow']),
              score: random(),
              box: [0, 0, 1, 1] as const,
            }))
          : null,
      rejectedCount: random() < 0.5 ? Math.floor(random() * 5) : null,
    },
    attributions: random() < 0.8 ? { age: seededNormal(random) } : {},
  });
}

/** What SQL must have counted: buckets in time order within a session, absent values as null. */
function expectedCounts(samples: readonly Prediction[], segment: string): Map<string, Counted> {
  const within = samples.filter((sample) => segmentsOf(sample).includes(segment));
  const byBucket = new Map<string, Prediction[]>();
  for (const sample of within) {
    const key = JSON.stringify([Math.floor(sample.timestamp / BUCKET), sample.sessionId]);
    byBucket.set(key, [...(byBucket.get(key) ?? []), sample]);
  }
  return new Map(
    Object.entries(GRIDS).map(([variable, grid]) => {
      const parts = [...byBucket.values()].map((ofBucket) =>
        countValues(
          grid,
          ofBucket
            .sort((a, b) => a.timestamp - b.timestamp || (a.predictionId < b.predictionId ? -1 : 1))
            .flatMap((sample) => valuesOf(sample)[variable]!),
        ),
      );
      return [variable, parts.reduce(addCounted, emptyCounted(grid))];
    }),
  );
}

const segmentsOf = ({ region, tags }: Prediction): string[] => [
  '',
  ...(region === '' ? [] : [`region=${region}`]),
  ...(tags['camera'] === undefined ? [] : [`camera=${tags['camera']}`]),
];

describe.each(STORE_BACKENDS)('feature counts, $name', ({ open }) => {
  let backend: OpenBackend;
  let stream: CountStream;
  const samples = Array.from({ length: 900 }, (_, i) =>
    drawSample(i, BASE + Math.floor(random() * 5 * BUCKET), pick(['', 's1', 's2'])),
  );
  const range = { from: BASE, to: BASE + 5 * BUCKET };

  const sums = (ranges = [range], more = {}) =>
    backend.store.featureCounts.sums('default', stream, { ranges, ...more });
  const find = (all: readonly CountedVariable[], variable: string, segment = '', index = 0) =>
    all.find((each) => each.variable === variable && each.segment === segment && each.range === index);
  const store = (rows: readonly Prediction[]) =>
    storeBlocks(backend.store, backend.store.predictions.encode('default', rows));

  beforeAll(async () => {
    backend = await open();
    await store(samples);
    const profiles = Object.entries(GRIDS).map(([variable, grid]) => ({
      variable,
      type: grid.type === 'numeric' ? ('numeric' as const) : ('text' as const),
      grid,
      counted: emptyCounted(grid),
    }));
    const baseline = { model: 'ranker', name: 'cells', source: 'test', sha256: '', rows: 0, profiles };
    const { version } = await backend.store.baselines.save('default', baseline);
    stream = {
      stream: 'monitor',
      ...asSent(POPULATION),
      grid: { name: 'cells', version },
      segments: ['region', 'camera'],
      bucketMs: BUCKET,
    };
    await backend.store.featureCounts.count('default', stream, range);
  }, 120_000);
  afterAll(() => backend.close());

  test('every cell, moment and pair is that of the values themselves', async () => {
    const all = await sums();
    for (const [variable, expected] of expectedCounts(samples, '')) {
      const found = find(all, variable)!;
      expect([variable, [...found.counts]]).toEqual([variable, [...expected.counts]]);
      if (variable !== 'output:box_label') {
        expect([variable, found.lag]).toEqual([variable, expected.lag]);
      }
      const moments = expected.moments;
      if (moments !== null && moments.count > 0) {
        expect(found.moments.count).toBe(moments.count);
        expect([found.moments.min, found.moments.max].map((x) => x.toFixed(9))).toEqual(
          [moments.min, moments.max].map((x) => x.toFixed(9)),
        );
        for (const key of ['mean', 'm2', 'm3', 'm4'] as const) {
          expect(found.moments[key]).toBeCloseTo(moments[key], 6);
        }
      }
    }
  });

  test('so is every segment, and buckets of a part of the time are a part of the sum', async () => {
    const parts = [
      { from: BASE, to: BASE + 2 * BUCKET },
      { from: BASE + 2 * BUCKET, to: BASE + 5 * BUCKET },
    ];
    const all = await sums(parts);
    for (const segment of ['region=eu', 'camera=8']) {
      for (const [variable, expected] of expectedCounts(samples, segment)) {
        const [a, b] = [find(all, variable, segment, 0)!, find(all, variable, segment, 1)!];
        expect([variable, [...a.counts.map((count, i) => count + b.counts[i]!)]]).toEqual([
          variable,
          [...expected.counts],
        ]);
      }
    }
    expect(new Set(all.map(({ segment }) => segment))).toEqual(
      new Set(['', 'region=eu', 'region=us', 'camera=7', 'camera=8']),
    );
  });

  test('versions, variants, variables and segments narrow a sum', async () => {
    const [one] = await sums([range], {
      versions: ['1'],
      variants: ['canary'],
      variables: ['age'],
      segments: [''],
    });
    const chosen = samples.filter(
      ({ modelVersion, variant }) => modelVersion === '1' && variant === 'canary',
    );
    expect([...one!.counts]).toEqual([...expectedCounts(chosen, '').get('age')!.counts]);
    const arms = await backend.store.featureCounts.arms('default', stream, range);
    expect(arms).toHaveLength(4);
    expect(arms.reduce((sum, arm) => sum + arm.rows, 0)).toBe(samples.length);
  });

  test('a late sample, a changed one and a rerun: the latest count of a bucket is the only one', async () => {
    expect(await backend.store.featureCounts.countedUntil('default', stream)).toBe(range.to);
    const changed = {
      ...samples[0]!,
      receivedAt: samples[0]!.receivedAt + 5_000,
      modelVersion: '3',
      region: 'mars',
    };
    const late = drawSample(10_000, BASE + 10, '');
    await store([changed, late]);
    await backend.store.featureCounts.count('default', stream, { from: BASE, to: range.to });
    await backend.store.featureCounts.count('default', stream, { from: BASE, to: range.to });
    const now = [changed, late, ...samples.slice(1)];
    const all = await sums();
    for (const segment of ['', 'region=mars', `region=${samples[0]!.region || 'eu'}`]) {
      const expected = expectedCounts(now, segment).get('age')!;
      expect([segment, [...find(all, 'age', segment)!.counts]]).toEqual([segment, [...expected.counts]]);
    }
  });

  test('an empty range is counted too; another stream has nothing', async () => {
    const later = { from: range.to, to: range.to + 3 * BUCKET };
    await backend.store.featureCounts.count('default', stream, later);
    expect(await backend.store.featureCounts.countedUntil('default', stream)).toBe(later.to);
    expect(await sums([later])).toEqual([]);
    const other = { ...stream, stream: 'other' };
    expect(await backend.store.featureCounts.countedUntil('default', other)).toBeNull();
    expect(await backend.store.featureCounts.sums('default', other, { ranges: [range] })).toEqual([]);
    expect(await sums([])).toEqual([]);
  });

  test('a tag filter counts only what it lets through', async () => {
    const filtered = {
      ...stream,
      stream: 'camera 7',
      population: { ...POPULATION, where: { camera: ['7'], absent: ['', 'x'] } },
    };
    await backend.store.featureCounts.count('default', filtered, range);
    const [age] = await backend.store.featureCounts.sums('default', filtered, {
      ranges: [range],
      variables: ['age'],
      segments: [''],
    });
    const stored = await backend.store.variables.count('default', filtered.population, range);
    expect(age!.counts.reduce((sum, count) => sum + count, 0)).toBe(stored);
    expect(stored).toBeGreaterThan(200);
  });

  test('a dimension with more values than are kept shares the rest', async () => {
    const at = BASE + 20 * BUCKET;
    const users = Array.from({ length: MAX_SEGMENT_VALUES + 50 }, (_, i) => `u${String(i).padStart(3, '0')}`);
    await store(
      users.flatMap((user, i) =>
        [0, 1]
          .slice(i < MAX_SEGMENT_VALUES ? 0 : 1)
          .map((k) => ({ ...drawSample(20_000 + 2 * i + k, at, ''), tags: { user } })),
      ),
    );
    const crowded = { ...stream, stream: 'crowded', segments: ['user'] };
    await backend.store.featureCounts.count('default', crowded, { from: at, to: at + BUCKET });
    const all = await backend.store.featureCounts.sums('default', crowded, {
      ranges: [{ from: at, to: at + BUCKET }],
      variables: ['age'],
    });
    expect(all).toHaveLength(MAX_SEGMENT_VALUES + 2);
    expect(find(all, 'age', 'user=other')!.counts.reduce((sum, count) => sum + count, 0)).toBe(50);
  });

  test('what samples have of each variable is enough to make cells', async () => {
    const found = await backend.store.variables.sampled('default', asSent(POPULATION), [range]);
    const byName = new Map(found.map((each) => [each.variable, each]));
    const numbers = samples.flatMap(({ features }) => features.numeric['constant'] ?? []);
    const constant = byName.get('constant')!;
    expect([constant.quantiles.length, constant.quantiles[0], constant.quantiles.at(-1)]).toEqual([
      1_001, 5, 5.5,
    ]);
    expect(constant.mean).toBeCloseTo(momentsOf(numbers).mean, 1);
    expect(byName.get('vip')).toMatchObject({ boolean: false, numbers: 0 });
    expect(
      byName
        .get('output:label')!
        .categories.map(([name]) => name)
        .sort(),
    ).toEqual(['no', 'perhaps', 'yes']);
    expect([...byName.keys()]).toEqual([...byName.keys()].sort());
    expect(byName.has('feature:output:odd')).toBe(true);
    expect(await backend.store.variables.sampled('default', asSent(POPULATION), [])).toEqual([]);
  });

  test('profiles come back as they were', async () => {
    const profiles = await backend.store.baselines.profiles('default', {
      model: 'ranker',
      name: 'cells',
      version: 1,
    });
    expect(profiles.map(({ variable, grid }) => [variable, grid])).toEqual(
      Object.entries(GRIDS).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    expect(profiles.every(({ grid, counted }) => counted.counts.length === cellCount(grid))).toBe(true);
  });
});
