import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PERFORMANCE_GROUPS, sumPerformance, type PerformanceSums } from '@tidewatch/drift';
import type { Label, Prediction } from '@tidewatch/samples';
import type { PerformanceQuery } from '@tidewatch/store';
import { label, prediction } from '../harness/prediction-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / HOUR) * HOUR - 5 * HOUR;
const WINDOW = { from: NOW - HOUR, to: NOW };

describe.each(STORE_BACKENDS)('predictions with their labels, $name', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const store = async (predictions: readonly Prediction[], labels: readonly Label[]) => {
    await storeBlocks(backend.store, backend.store.predictions.encode('default', predictions));
    await storeBlocks(backend.store, backend.store.labels.encode('default', labels));
  };
  const answer = (
    model: string,
    id: string,
    output: Partial<Prediction['prediction']>,
    partial: Partial<Prediction> = {},
  ): Prediction => {
    const plain = prediction({ predictionId: `${model}-${id}`, timestamp: WINDOW.from, model, ...partial });
    return { ...plain, prediction: { ...plain.prediction, ...output } };
  };
  const truth = (model: string, id: string, partial: Partial<Label> = {}): Label =>
    label({ predictionId: `${model}-${id}`, timestamp: WINDOW.from + HOUR, label: '', ...partial });
  const query = (model: string, partial: Partial<PerformanceQuery> = {}): PerformanceQuery => ({
    population: { model, service: '', region: '', where: {} },
    ranges: [WINDOW],
    maturityMs: 24 * HOUR,
    labelSource: '',
    positive: null,
    segments: [],
    ...partial,
  });
  const whole = async (asked: PerformanceQuery): Promise<PerformanceSums> => {
    const segments = await backend.store.performance.sums('default', asked);
    return sumPerformance(segments.find(({ segment }) => segment === '')?.groups ?? []);
  };

  test('two classes: confusion, scores, log loss and Brier of the positive class', async () => {
    await store(
      [
        answer('binary', 'tp', { label: 'fraud', score: 0.9 }),
        answer('binary', 'fp', { label: 'fraud', score: 0.7 }),
        answer('binary', 'fn', { label: 'fine', scores: { fraud: 0.2, fine: 0.8 } }),
        answer('binary', 'tn', { label: 'fine', score: 0.1 }),
        answer('binary', 'open', { label: 'fine', score: 0.1 }),
        answer('binary', 'odd', { label: 'fine', score: 7 }),
        // Only a score: it answers at one half.
        answer('binary', 'derived', { score: 0.3 }),
      ],
      [
        truth('binary', 'tp', { label: 'fraud' }),
        truth('binary', 'fp', { label: 'fine' }),
        truth('binary', 'fn', { label: 'fraud' }),
        truth('binary', 'tn', { label: 'fine' }),
        truth('binary', 'odd', { label: 'fine' }),
        truth('binary', 'derived', { label: 'fine' }),
        // Labels whose prediction never came, and of another project's prediction.
        truth('binary', 'never', { label: 'fraud' }),
      ],
    );
    const sums = await whole(query('binary', { positive: 'fraud' }));
    expect(sums).toMatchObject({ predictions: 7, labelled: 6, classified: 6, correct: 4 });
    expect(Object.fromEntries(sums.confusion)).toEqual({
      'fraud\0fraud': 1,
      'fraud\0other': 1,
      'other\0fraud': 1,
      'other\0other': 3,
    });
    expect(Object.fromEntries(sums.scores)).toEqual({
      [2 * 900 + 1]: { predictions: 1, labelled: 1, hits: 1, scores: 0.9 },
      [2 * 700 + 1]: { predictions: 1, labelled: 1, hits: 0, scores: 0.7 },
      [2 * 200]: { predictions: 1, labelled: 1, hits: 1, scores: 0.2 },
      [2 * 100]: { predictions: 2, labelled: 1, hits: 0, scores: 0.1 },
      [2 * 300]: { predictions: 1, labelled: 1, hits: 0, scores: 0.3 },
    });
    const likelihoods = [0.9, 0.3, 0.2, 0.9, 0.7];
    expect(sums.logLoss.count).toBe(5);
    expect(sums.logLoss.sum).toBeCloseTo(-likelihoods.reduce((sum, p) => sum + Math.log(p), 0), 12);
    expect(sums.brier.sum).toBeCloseTo(
      likelihoods.reduce((sum, p) => sum + (1 - p) ** 2, 0),
      12,
    );
  });

  test('several classes: the class with the largest score where none is named, confidence, segments', async () => {
    await store(
      [
        answer('multi', '1', { label: 'cat', scores: { cat: 0.6, dog: 0.3, cow: 0.1 } }, { region: 'eu' }),
        answer(
          'multi',
          '2',
          { scores: { cat: 0.2, dog: 0.7, cow: 0.1 } },
          { region: 'eu', tags: { k: 'a' } },
        ),
        answer('multi', '3', { label: 'cow' }, { region: 'us' }),
      ],
      [
        truth('multi', '1', { label: 'dog' }),
        truth('multi', '2', { label: 'dog' }),
        truth('multi', '3', { label: 'cow' }),
      ],
    );
    const asked = query('multi', { segments: ['region', 'k'] });
    const sums = await whole(asked);
    expect(sums).toMatchObject({ classified: 3, correct: 2, logLoss: { count: 2 } });
    expect(Object.fromEntries(sums.confusion)).toEqual({ 'cat\0dog': 1, 'dog\0dog': 1, 'cow\0cow': 1 });
    expect(sums.logLoss.sum).toBeCloseTo(-Math.log(0.3) - Math.log(0.7), 12);
    expect(sums.brier.sum).toBeCloseTo(0.36 + 0.49 + 0.01 + 0.04 + 0.09 + 0.01, 12);
    expect(Object.fromEntries(sums.scores)).toEqual({
      [2 * 600 + 1]: { predictions: 1, labelled: 1, hits: 0, scores: 0.6 },
      [2 * 700 + 1]: { predictions: 1, labelled: 1, hits: 1, scores: 0.7 },
    });
    const segments = await backend.store.performance.sums('default', asked);
    segments.forEach(({ groups }) => expect(groups).toHaveLength(PERFORMANCE_GROUPS));
    expect(segments.map(({ segment }) => segment).sort()).toEqual(['', 'k=a', 'region=eu', 'region=us']);
    const eu = sumPerformance(segments.find(({ segment }) => segment === 'region=eu')!.groups);
    expect(eu).toMatchObject({ classified: 2, correct: 1 });
  });

  test('values, their errors, and business outcomes', async () => {
    await store(
      [
        answer('value', '1', { value: 10 }),
        answer('value', '2', { value: 20 }),
        answer('value', '3', { value: 30 }),
      ],
      [
        truth('value', '1', { value: 12, outcomeValue: 5 }),
        truth('value', '2', { value: 19 }),
        truth('value', '3', { outcomeValue: -2 }),
      ],
    );
    const sums = await whole(query('value'));
    expect(sums).toMatchObject({
      labelled: 3,
      classified: 0,
      errors: { error: -1, absolute: 3, squared: 5, truth: { count: 2, mean: 15.5, m2: 24.5 } },
      outcome: { count: 2, sum: 3 },
    });
  });

  test('the last label within the maturity counts, of the source that is asked for, wherever it came first', async () => {
    await store(
      [answer('late', '1', { label: 'yes' }), answer('late', '2', { label: 'yes' })],
      [
        truth('late', '1', { label: 'no', timestamp: WINDOW.from + HOUR }),
        truth('late', '1', { label: 'yes', timestamp: WINDOW.from + 2 * HOUR }),
        truth('late', '1', { label: 'no', timestamp: WINDOW.from + 3 * HOUR, source: 'model' }),
        // Known before the prediction was made.
        truth('late', '2', { label: 'yes', timestamp: WINDOW.from - HOUR }),
      ],
    );
    const correct = async (partial: Partial<PerformanceQuery>) => {
      const { classified, correct: right } = await whole(query('late', partial));
      return [classified, right];
    };
    expect(await correct({})).toEqual([2, 1]);
    expect(await correct({ labelSource: 'annotator' })).toEqual([2, 2]);
    expect(await correct({ maturityMs: 2 * HOUR })).toEqual([2, 2]);
    expect(await correct({ maturityMs: 2 * HOUR - 1 })).toEqual([2, 1]);
    expect(await correct({ maturityMs: 0 })).toEqual([1, 1]);
    expect(await correct({ labelSource: 'nobody' })).toEqual([0, 0]);
    expect(await correct({ ranges: [] })).toEqual([0, 0]);
  });

  test('a thousand classes: those beyond the most frequent count as one, and accuracy is right all the same', async () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => i);
    await store(
      ids.map((i) => answer('classes', String(i), { label: `c${i % 1_000}` })),
      ids.map((i) => truth('classes', String(i), { label: `c${i % 2 === 0 ? i % 1_000 : 0}` })),
    );
    const sums = await whole(query('classes'));
    expect(sums).toMatchObject({ classified: 2_000, correct: 1_000 });
    expect(sums.confusion.size).toBeLessThan(2_000);
  });

  test('versions and variants', async () => {
    const of = (id: string, modelVersion: string, variant: string, timestamp = WINDOW.from) =>
      answer('arms', id, { label: 'yes' }, { modelVersion, variant, timestamp });
    await store([of('1', 'v1', 'a'), of('2', 'v1', 'b'), of('3', 'v2', 'a', WINDOW.from + 1)], []);
    expect(await backend.store.performance.arms('default', query('arms').population, WINDOW)).toEqual([
      { version: 'v2', variant: 'a', rows: 1, firstAt: WINDOW.from + 1, lastAt: WINDOW.from + 1 },
      { version: 'v1', variant: 'a', rows: 1, firstAt: WINDOW.from, lastAt: WINDOW.from },
      { version: 'v1', variant: 'b', rows: 1, firstAt: WINDOW.from, lastAt: WINDOW.from },
    ]);
    expect((await whole(query('arms', { versions: ['v1'] }))).predictions).toBe(2);
    expect((await whole(query('arms', { variants: ['a'], versions: ['v1'] }))).predictions).toBe(1);
    expect((await whole(query('arms', { versions: [] }))).predictions).toBe(0);
  });

  test('two variants on the same requests', async () => {
    const of = (
      id: string,
      variant: string,
      output: Partial<Prediction['prediction']>,
      partial: Partial<Prediction> = {},
    ) =>
      answer('paired', `${id}-${variant}`, output, {
        requestId: id,
        variant,
        inputHash: `h${id}`,
        ...partial,
      });
    await store(
      [
        of('1', 'fp32', { label: 'cat', score: 0.8 }),
        of('1', 'int8', { label: 'cat', score: 0.79 }),
        of('2', 'fp32', { label: 'cat', score: 0.6 }),
        of('2', 'int8', { label: 'dog', score: 0.55 }),
        of('3', 'fp32', { label: 'dog' }),
        of('3', 'int8', { label: 'cat' }),
        of('4', 'fp32', { value: 3 }),
        of('4', 'int8', { value: 5 }),
        // Nobody else answered it.
        of('5', 'int8', { label: 'cat' }),
        // Asked again: the first answer counts.
        answer(
          'paired',
          'again',
          { label: 'dog' },
          { requestId: '1', variant: 'int8', timestamp: WINDOW.to - 1 },
        ),
        answer('paired', 'none', { label: 'dog' }, { variant: 'int8' }),
      ],
      [
        // Of either variant's prediction, for the truth is that of the request.
        truth('paired', '1-fp32', { label: 'cat' }),
        truth('paired', '2-int8', { label: 'cat' }),
        truth('paired', '3-fp32', { label: 'cat' }),
      ],
    );
    const variants = {
      control: 'fp32',
      candidate: 'int8',
      by: 'request_id' as const,
      minimumEffect: 0.01,
      maximumDisagreement: 0.01,
      tolerance: 0.02,
    };
    const { population, maturityMs, labelSource } = query('paired');
    const asked = { population, maturityMs, labelSource, range: WINDOW, variants };
    const expected = {
      pairs: 4,
      classified: 3,
      disagreements: 2,
      numeric: 3,
      beyondTolerance: 2,
      largestDifference: 2,
      labelled: 3,
      onlyControl: 1,
      onlyCandidate: 1,
    };
    expect(await backend.store.performance.pairs('default', asked)).toEqual(expected);
    const byHash = { ...asked, variants: { ...variants, by: 'input_hash' as const } };
    expect(await backend.store.performance.pairs('default', byHash)).toEqual(expected);
    const nobody = { ...asked, variants: { ...variants, candidate: 'fp16' } };
    expect(await backend.store.performance.pairs('default', nobody)).toMatchObject({
      pairs: 0,
      largestDifference: 0,
    });
  });
});
