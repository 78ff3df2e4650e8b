import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventCondition, SliEventQuery, SliEventSlice, VerdictRow } from '@tidewatch/store';
import { label, prediction } from '../harness/prediction-rows.js';
import { storeLogs, storeSpans } from '../harness/span-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeBlocks } from '../harness/store-blocks.js';

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;
const RANGE = { from: START, to: START + 60_000 };

const where = (field: string, op: EventCondition['op'], value: string | number): EventCondition => ({
  field,
  op,
  value,
});
const spans = (
  total: readonly EventCondition[],
  good: readonly EventCondition[],
  groupBy: readonly string[] = [],
  coldStarts: 'include' | 'exclude' = 'include',
): SliEventQuery => ({ sli: { kind: 'spans', total, good, bad: null, coldStarts }, groupBy });
const logs = (
  total: readonly EventCondition[],
  bad: readonly EventCondition[],
  groupBy: readonly string[] = [],
): SliEventQuery => ({ sli: { kind: 'logs', total, good: null, bad }, groupBy });
const predictions = (
  total: readonly EventCondition[],
  good: readonly EventCondition[],
  groupBy: readonly string[] = [],
  labelDelayMs = 0,
): SliEventQuery => ({ sli: { kind: 'predictions', total, good, bad: null, labelDelayMs }, groupBy });
const slice = (at: number, good: number, total: number, group: readonly string[] = []): SliEventSlice => ({
  group,
  start: START + at,
  good,
  total,
});

describe.each(STORE_BACKENDS)('events of SLIs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const count = (project: string, queries: readonly SliEventQuery[], range = RANGE, sliceMs = 10_000) =>
    backend.store.sliEvents.count(project, queries, range, sliceMs);

  test('a span counts once, in the slice in which it ends, whenever it arrives', async () => {
    const first = [
      // Begins before the range; ends exactly on a boundary, hence in the slice that begins there.
      { id: 1, at: START - 5_000, durationMs: 15_000, status: 1 },
      { id: 2, at: START + 9_000, durationMs: 999, status: 2 },
      // Ends exactly at the end of the range: outside.
      { id: 3, at: START + 59_000, durationMs: 1_000 },
      // Ends exactly at its beginning: inside.
      { id: 4, at: START - 1_000, durationMs: 1_000 },
      // Ended before it.
      { id: 5, at: START - 2_000, durationMs: 1_999 },
      // Longer than any span that counts.
      { id: 6, at: START - HOUR, durationMs: HOUR + 30_000 },
      { id: 7, at: START - HOUR + 30_000, durationMs: HOUR },
    ];
    await storeSpans(backend.store, 'ends', first);
    await storeSpans(backend.store, 'ends', first);
    const query = spans([where('service', '=', 'ranker')], [where('status', '!=', 'error')]);
    const expected = [slice(0, 1, 2), slice(10_000, 1, 1), slice(30_000, 1, 1)];
    expect(await count('ends', [query])).toEqual([expected]);
    await storeSpans(backend.store, 'ends', [{ id: 8, at: START + 30_000, durationMs: 1 }]);
    expect(await count('ends', [query], RANGE, 60_000)).toEqual([[slice(0, 4, 5)]]);
    expect(await count('other project', [query])).toEqual([[]]);
  });

  test('conditions on every field of a span', async () => {
    const resource = {
      'service.name': 'ranker',
      'cloud.region': 'eu-1',
      'service.version': '1.2',
      cell: 'a',
    };
    await storeSpans(backend.store, 'span fields', [
      { id: 1, at: START, durationMs: 300, resource, status: 1, attributes: { tenant: 't1', rows: '12' } },
      { id: 2, at: START, durationMs: 301, resource, kind: 3, attributes: { 'cloud.region': 'us-1' } },
      {
        id: 3,
        at: START,
        durationMs: 299,
        resource: { 'service.name': 'other' },
        status: 2,
        name: 'GET /health\nsecond line',
        attributes: { 'gen_ai.request.model': 'llm', tenant: "t'2\\", rows: 'NaN' },
      },
    ]);
    const good = async (...conditions: EventCondition[]) => {
      const [answer] = await count('span fields', [spans([], conditions)]);
      const [only] = answer as readonly SliEventSlice[];
      expect(only?.total).toBe(3);
      return only?.good;
    };
    expect(await good(where('duration', '<=', 0.3))).toBe(2);
    expect(await good(where('duration', '<', 0.3))).toBe(1);
    expect(await good(where('duration', '>=', '0.3'))).toBe(2);
    expect(await good(where('duration', '>', 0.3))).toBe(1);
    expect(await good(where('region', '=', 'eu-1'))).toBe(1);
    expect(await good(where('region', '=', 'us-1'))).toBe(1);
    expect(await good(where('region', '!=', 'eu-1'))).toBe(2);
    expect(await good(where('version', '=', '1.2'))).toBe(2);
    expect(await good(where('environment', '=', ''))).toBe(3);
    expect(await good(where('model', '=', 'llm'))).toBe(1);
    expect(await good(where('service', '=~', 'rank.*'))).toBe(2);
    expect(await good(where('service', '=~', 'rank'))).toBe(0);
    expect(await good(where('name', '!~', 'GET .*'))).toBe(2);
    expect(await good(where('kind', '=', 'server'))).toBe(2);
    expect(await good(where('status', '=', 'unset'))).toBe(1);
    expect(await good(where('attribute.tenant', '=', "t'2\\"))).toBe(1);
    expect(await good(where('attribute.rows', '>', 11))).toBe(1);
    expect(await good(where('attribute.rows', '<', 1e9))).toBe(1);
    expect(await good(where('resource.cell', '=', 'a'))).toBe(2);
    expect(await good(where('attribute.cell', '=', 'a'))).toBe(0);
    expect(await good(where('status', '=', 'ok'), where('duration', '<', 1))).toBe(1);
    expect(await good()).toBe(3);
  });

  test('groups are the values of labels; a query that fails does not spoil the others', async () => {
    const [grouped, unknown, bad, alone] = await count('span fields', [
      spans([], [where('status', '!=', 'error')], ['region', 'tenant']),
      spans([where('colour', '=', 'red')], []),
      spans([where('name', '=~', '(')], []),
      spans([where('service', '=', 'other')], []),
    ]);
    expect(grouped).toEqual([
      slice(0, 0, 1, ['', "t'2\\"]),
      slice(0, 1, 1, ['eu-1', 't1']),
      slice(0, 1, 1, ['us-1', '']),
    ]);
    expect(unknown).toMatchObject({ code: 'store.sli-field' });
    expect(bad).toMatchObject({ code: 'store.query' });
    expect(alone).toEqual([slice(0, 1, 1)]);
  });

  test('more queries than fit one statement', async () => {
    const queries = Array.from({ length: 45 }, (_, index) =>
      spans([where('duration', '<', 0.29 + index / 1000)], []),
    );
    const answers = await count('span fields', queries);
    const totals = answers.map((answer) => (answer as readonly SliEventSlice[])[0]?.total ?? 0);
    expect(totals).toEqual(
      Array.from({ length: 45 }, (_, index) => [299, 300, 301].filter((d) => d < 290 + index).length),
    );
  });

  test('log records, two equal ones are two', async () => {
    const record = {
      at: START + 10_000,
      severity: 17,
      severityText: 'ERROR',
      body: 'CUDA out of memory',
      event: 'oom',
    };
    await storeLogs(backend.store, 'logs', [
      record,
      record,
      { at: START + 9_999.999, severity: 9, body: 'fine', attributes: { tenant: 'a' } },
      { at: START + 60_000, severity: 21, body: 'too late' },
    ]);
    const answers = await count('logs', [
      logs([where('service', '=', 'ranker')], [where('severity', '>=', 17)]),
      logs(
        [where('body', '=~', '.*out of memory')],
        [where('event', '=', 'oom'), where('severity_text', '=', 'ERROR')],
      ),
      logs([], [where('attribute.tenant', '=', 'a')], ['tenant']),
    ]);
    expect(answers).toEqual([
      [slice(0, 1, 1), slice(10_000, 0, 2)],
      [slice(10_000, 0, 2)],
      [slice(10_000, 2, 2, ['']), slice(0, 0, 1, ['a'])],
    ]);
  });

  test('prediction samples, each one event; what is sent again replaces', async () => {
    const sample = (id: string, at: number, partial: Partial<Parameters<typeof prediction>[0]> = {}) =>
      prediction({ predictionId: id, timestamp: START + at, ...partial });
    const samples = [
      sample('a', 0, { latencyMs: 100, sampleWeight: 50, tags: { tenant: 'x' } }),
      sample('b', 9_999, { latencyMs: 150, status: 'error', errorType: 'timeout', region: 'eu-1' }),
      sample('c', 10_000, {
        latencyMs: NaN,
        features: { numeric: { rows: 3 }, text: { ua: '7' }, boolean: { hot: true }, nulls: [] },
      }),
      sample('d', 10_001, {
        modelVersion: '2',
        prediction: { label: 'cat', score: 0.5, value: 7, scores: {}, detections: null, rejectedCount: null },
      }),
      sample('e', 10_002, { model: 'other' }),
    ];
    const { predictions: repository } = backend.store;
    await storeBlocks(backend.store, repository.encode('samples', samples), 'samples');
    await storeBlocks(
      backend.store,
      repository.encode('samples', [
        sample('b', 9_999, {
          latencyMs: 99,
          status: 'error',
          errorType: 'timeout',
          receivedAt: START + 90_000,
        }),
      ]),
      'samples',
    );
    const ranker = [where('model', '=', 'ranker')];
    const answers = await count('samples', [
      predictions(ranker, [where('latency_ms', '<=', 99)]),
      predictions(ranker, [where('latency_ms', '=', '')], ['tenant']),
      predictions(ranker, [where('status', '=', 'ok')]),
      predictions(
        [...ranker, where('feature.rows', '>', 2)],
        [where('feature.hot', '=', 'true'), where('feature.ua', '=', '7')],
      ),
      predictions(ranker, [where('feature.ua', '>', 1)]),
      predictions(
        [where('label', '=', 'cat')],
        [where('score', '>=', 0.5), where('value', '=', '7'), where('model_version', '=', '2')],
      ),
      predictions(ranker, [where('tag.tenant', '=', 'x'), where('error_type', '=', '')]),
    ]);
    expect(answers).toEqual([
      [slice(0, 1, 2), slice(10_000, 0, 2)],
      [slice(0, 0, 1, ['']), slice(10_000, 2, 2, ['']), slice(0, 0, 1, ['x'])],
      [slice(0, 1, 2), slice(10_000, 2, 2)],
      [slice(10_000, 1, 1)],
      [slice(0, 0, 2), slice(10_000, 0, 2)],
      [slice(10_000, 1, 1)],
      [slice(0, 1, 2), slice(10_000, 0, 2)],
    ]);
  });

  test('correct is told from labels that were known in time; samples without one do not count', async () => {
    const output = (cls: string) => ({
      label: cls,
      score: null,
      value: null,
      scores: {},
      detections: null,
      rejectedCount: null,
    });
    const samples = ['right', 'wrong', 'unlabelled', 'late', 'revised'].map((id) =>
      prediction({ predictionId: id, timestamp: START, prediction: output('approve') }),
    );
    const truth = (id: string, at: number, cls: string) =>
      label({ predictionId: id, timestamp: START + at, label: cls });
    await storeBlocks(backend.store, backend.store.predictions.encode('truth', samples), 'truth');
    await storeBlocks(
      backend.store,
      backend.store.labels.encode('truth', [
        truth('right', 1_000, 'approve'),
        truth('wrong', 1_000, 'deny'),
        truth('late', HOUR + 1, 'approve'),
        truth('revised', 1_000, 'deny'),
        truth('revised', 2_000, 'approve'),
      ]),
      'truth',
    );
    const correct = [where('correct', '=', 'true')];
    const answers = await count('truth', [
      predictions([where('model', '=', 'ranker')], correct, [], HOUR),
      predictions([where('model', '=', 'ranker')], correct, [], 1_500),
      predictions([where('model', '=', 'ranker')], correct, [], 2 * HOUR),
      predictions([where('correct', '=', 'false')], [], [], HOUR),
      predictions([], []),
    ]);
    expect(answers).toEqual([
      [slice(0, 2, 3)],
      [slice(0, 1, 3)],
      [slice(0, 3, 4)],
      [slice(0, 1, 1)],
      [slice(0, 5, 5)],
    ]);
  });

  test('window ends of a monitor', async () => {
    const verdict = (at: number, subject: string, state: string, partial: Partial<VerdictRow> = {}) => ({
      ...EMPTY_VERDICT,
      windowEnd: START + at,
      evaluatedAt: START + at,
      subject,
      state,
      ...partial,
    });
    await backend.store.verdicts.write('verdicts', [
      verdict(0, 'age', 'ok'),
      verdict(0, 'income', 'alarm'),
      verdict(10_000, 'age', 'watch'),
      verdict(10_000, 'income', 'not-enough-data'),
      verdict(20_000, 'age', 'not-enough-data'),
      verdict(20_000, 'income', 'error'),
      verdict(30_000, 'age', 'alarm'),
      verdict(30_000, 'age', 'ok', { evaluatedAt: START + 90_000 }),
      verdict(40_000, '', 'alarm', { kind: 'SLO' }),
      verdict(50_000, 'age', 'alarm', { rule: 'another' }),
    ]);
    const answers = await count('verdicts', [
      { sli: { kind: 'verdicts', monitor: 'inputs', subject: '' }, groupBy: [] },
      { sli: { kind: 'verdicts', monitor: 'inputs', subject: 'age' }, groupBy: ['model'] },
    ]);
    expect(answers).toEqual([
      [slice(0, 0, 1), slice(10_000, 1, 1), slice(30_000, 1, 1)],
      [slice(0, 1, 1, ['ranker']), slice(10_000, 1, 1, ['ranker']), slice(30_000, 1, 1, ['ranker'])],
    ]);
  });
});

const EMPTY_VERDICT: Omit<VerdictRow, 'windowEnd' | 'evaluatedAt' | 'subject' | 'state'> = {
  kind: 'DriftMonitor',
  rule: 'inputs',
  reason: '',
  severity: '',
  service: '',
  region: '',
  model: 'ranker',
  modelVersion: '',
  owner: '',
  method: '',
  sampleSize: 0,
  baselineSize: 0,
  statistic: null,
  statisticLow: null,
  statisticHigh: null,
  pValue: null,
  threshold: null,
  minimumEffect: null,
  baseline: '',
  baselineVersion: 0,
  windowStart: START,
  target: null,
  budgetRemaining: null,
  tiers: [],
  tierStates: [],
  tierThresholds: [],
  tierLongBurns: [],
  tierShortBurns: [],
  tierBadEvents: [],
  document: '',
};
