import { describe, expect, test } from '@jest/globals';
import {
  described,
  LATENCY_SPEC,
  RATIO_SPEC,
  resolveAll,
  sliDocument,
  sloDocument,
  type RawDocument,
} from '../fixtures/slo-document.js';

const resolve = (...documents: RawDocument[]) => resolveAll(documents);
const RUNBOOK = 'https://wiki.example.com/runbooks/ranker';
const PAGE_TIER = '[{name: fast, long: 1h, short: 5m, burn: 14.4, severity: page}]';
const DAY_MS = 86_400_000;

describe('several objectives', () => {
  const objectives = (...names: (string | undefined)[]): RawDocument =>
    sloDocument({
      metadata: { displayName: 'Ranker' },
      spec: {
        objectives: names.map((displayName, index) => ({
          target: 0.99 + index / 1000,
          ...(displayName === undefined ? {} : { displayName }),
        })),
      },
    });

  test('are a definition each, named after them', () => {
    expect(
      resolve(objectives('Internal Objective', 'SLA (Österreich)')).slos.map((slo) => [
        slo.name,
        slo.displayName,
        slo.target,
      ]),
    ).toEqual([
      ['ranker-availability-internal-objective', 'Ranker: Internal Objective', 0.99],
      ['ranker-availability-sla-osterreich', 'Ranker: SLA (Österreich)', 0.991],
    ]);
  });

  test.each([
    ['without names', [undefined, undefined], ['1', '2']],
    ['of one name', ['Good', 'good', 'Better'], ['1', '2', 'better']],
    ['whose names hold no letter', ['***', 'Good'], ['1', 'good']],
    ['whose names are numbers', ['2', 'x'], ['1', 'x']],
    ['whose names are too long', ['x'.repeat(60), 'Good'], ['1', 'good']],
  ])('%s have numbers', (_name, names, parts) => {
    expect(resolve(objectives(...names)).slos.map((slo) => slo.name)).toEqual(
      parts.map((part) => `ranker-availability-${part}`),
    );
  });

  test('must leave room in the name of the document, and must not take that of another', () => {
    const long = objectives('a', 'b');
    (long.metadata as RawDocument).name = 'x'.repeat(62);
    expect(described(resolve(long).problems)).toEqual([
      expect.stringContaining('metadata.name: is too long for the names of its objectives'),
    ]);
    const other = sloDocument({ metadata: { name: 'ranker-availability-a' } });
    expect(described(resolve(objectives('a', 'b'), other).problems, false)).toEqual([
      '1 metadata.name: makes an SLO named ranker-availability-a, which another document makes too; rename one of them',
    ]);
  });

  test('share tiers, which each of them must be able to reach', () => {
    const document = objectives('a', 'b');
    document.metadata = {
      name: 'x',
      annotations: { 'tidewatch.dev/runbook': RUNBOOK, 'tidewatch.dev/tiers': PAGE_TIER },
    };
    (document.spec as RawDocument).objectives = [{ target: 0.9 }, { target: 0.999 }];
    expect(described(resolve(document).problems)).toEqual([
      'metadata.annotations.tidewatch.dev/tiers: tier fast could never fire: its burn is 14.4, and with a target of 0.9 a total outage burns 10 times too fast, which is the maximum',
    ]);
  });
});

describe('a composite', () => {
  const composite = (objectives: RawDocument[], spec: RawDocument = {}): RawDocument =>
    sloDocument({ spec: { indicator: undefined, objectives, ...spec } });
  const SHARED = [sliDocument('errors', RATIO_SPEC), sliDocument('latency', LATENCY_SPEC)];

  test('is one definition with a member for each objective', () => {
    const { slos, problems } = resolve(
      composite([
        { displayName: 'Answers', target: 0.999, indicatorRef: 'errors', compositeWeight: 3 },
        { target: 0.99, op: 'lte', value: 0.5, indicatorRef: 'latency' },
      ]),
      ...SHARED,
    );
    expect(problems).toEqual([]);
    expect(slos).toMatchObject([
      {
        name: 'ranker-availability',
        target: 0.99,
        members: [
          { name: 'answers', weight: 3, target: 0.999, sli: { kind: 'ratio' } },
          { name: 'latency', weight: 1, target: 0.99, sli: { kind: 'latency', threshold: 0.5 } },
        ],
      },
    ]);
  });

  test('of one objective is an ordinary SLO, whatever its weight', () => {
    const { slos, warnings } = resolve(
      composite([{ target: 0.99, indicatorRef: 'errors', compositeWeight: 2 }]),
      ...SHARED,
    );
    expect(slos[0]?.members).toMatchObject([{ name: '', weight: 1 }]);
    expect(described(warnings)).toEqual([
      'spec.objectives.0.compositeWeight: changes nothing: there is one objective only',
    ]);
  });

  test('in time slices has one kind of slices, and weights change nothing', () => {
    const objective = { target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: '1m' };
    const slices = { budgetingMethod: 'Timeslices' };
    const { slos, warnings } = resolve(
      composite(
        [
          { ...objective, indicatorRef: 'errors', compositeWeight: 2 },
          { ...objective, op: 'lt', value: 1, indicatorRef: 'latency' },
        ],
        slices,
      ),
      ...SHARED,
    );
    expect(slos).toHaveLength(1);
    expect(described(warnings)).toEqual([
      'spec.objectives.0.compositeWeight: changes nothing: a slice is bad as soon as one of the objectives is, whatever its weight',
    ]);
    const uneven = composite(
      [
        { ...objective, indicatorRef: 'errors' },
        {
          ...objective,
          timeSliceTarget: 0.8,
          timeSliceWindow: '5m',
          op: 'lt',
          value: 1,
          indicatorRef: 'latency',
        },
      ],
      slices,
    );
    expect(described(resolve(uneven, ...SHARED).problems)).toEqual([
      'spec.objectives.1.timeSliceWindow: must be that of the first objective: a composite SLO is counted in one kind of slices',
      'spec.objectives.1.timeSliceTarget: must be that of the other objectives: a composite SLO has one limit for its slices',
    ]);
  });

  test('with a member of another system is not evaluated', () => {
    const foreign = sliDocument('foreign', {
      ratioMetric: {
        good: { metricSource: { type: 'Prometheus', spec: { query: 'a' } } },
        total: { metricSource: { type: 'Prometheus', spec: { query: 'b' } } },
      },
    });
    const { slos, problems } = resolve(
      composite([
        { target: 0.99, indicatorRef: 'errors' },
        { target: 0.99, indicatorRef: 'foreign' },
      ]),
      ...SHARED,
      foreign,
    );
    expect(problems).toEqual([]);
    expect(slos[0]).toMatchObject({ tiers: [], noData: null });
  });
});

describe('time slices', () => {
  const sliced = (objective: RawDocument, changes: { annotations?: RawDocument; method?: string } = {}) =>
    sloDocument({
      metadata: {
        annotations: { 'tidewatch.dev/runbook': RUNBOOK, ...changes.annotations },
      },
      spec: {
        budgetingMethod: changes.method ?? 'Timeslices',
        objectives: [{ target: 0.99, ...objective }],
      },
    });

  test.each([
    [
      sliced({ timeSliceTarget: 0.95, timeSliceWindow: '5m' }),
      { method: 'Timeslices', sliceMs: 300_000, sliceTarget: 0.95, emptySlices: 'ignore' },
    ],
    [
      sliced(
        { timeSliceTarget: 1, timeSliceWindow: '20s' },
        { annotations: { 'tidewatch.dev/empty-slices': 'bad' } },
      ),
      { method: 'Timeslices', sliceMs: 20_000, sliceTarget: 1, emptySlices: 'bad' },
    ],
    [
      sliced({ timeSliceWindow: '6h' }, { method: 'RatioTimeslices' }),
      { method: 'RatioTimeslices', sliceMs: 21_600_000, emptySlices: 'ignore' },
    ],
    [
      sliced(
        { timeSliceWindow: '1d' },
        { method: 'RatioTimeslices', annotations: { 'tidewatch.dev/tiers': 'none' } },
      ),
      { method: 'RatioTimeslices', sliceMs: DAY_MS, emptySlices: 'ignore' },
    ],
  ])('are read', (document, budgeting) => {
    const { slos, problems } = resolve(document);
    expect(problems).toEqual([]);
    expect(slos[0]?.budgeting).toEqual(budgeting);
  });

  test.each<[string, RawDocument, string]>([
    [
      'without length',
      sliced({ timeSliceTarget: 0.9 }),
      'spec.objectives.0.timeSliceWindow: is missing; it must be the length of a time slice, such as 1m',
    ],
    [
      'without target',
      sliced({ timeSliceWindow: '1m' }),
      'spec.objectives.0.timeSliceTarget: is missing; it must be the share of good events from which a slice is good',
    ],
    [
      'where events are counted',
      sliced({ timeSliceWindow: '1m' }, { method: 'Occurrences' }),
      'spec.objectives.0.timeSliceWindow: belongs to the Timeslices budgeting methods, and budgetingMethod is Occurrences',
    ],
    [
      'that may be empty, where events are counted',
      sliced({}, { method: 'Occurrences', annotations: { 'tidewatch.dev/empty-slices': 'good' } }),
      'metadata.annotations.tidewatch.dev/empty-slices: needs budgetingMethod Timeslices or RatioTimeslices',
    ],
    [
      'that are empty in an unknown way',
      sliced(
        { timeSliceTarget: 0.9, timeSliceWindow: '1m' },
        { annotations: { 'tidewatch.dev/empty-slices': 'fine' } },
      ),
      'metadata.annotations.tidewatch.dev/empty-slices: must be ignore, good or bad, and is "fine"',
    ],
  ])('%s', (_name, document, message) => {
    const { slos, problems } = resolve(document);
    expect(slos).toEqual([]);
    expect(described(problems)).toEqual([expect.stringContaining(message)]);
  });

  test('must fit into the time window', () => {
    const document = sliced({ timeSliceTarget: 0.9, timeSliceWindow: '2h' });
    (document.spec as RawDocument).timeWindow = [{ duration: '25h', isRolling: true }];
    expect(described(resolve(document).problems)).toEqual([
      'spec.objectives.0.timeSliceWindow: is 2h, and the time window of 1d1h is not made of whole slices of that length',
    ]);
  });
});
