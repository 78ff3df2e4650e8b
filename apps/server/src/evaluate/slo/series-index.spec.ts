import { describe, expect, test } from '@jest/globals';
import {
  GroupRegistry,
  type LabelMatcher,
  type RatioSli,
  type Sli,
  type SloDefinition,
} from '@tidewatch/slo';
import type { SliSeries } from '@tidewatch/store';
import { indexSeries, selectedMetrics } from './series-index.js';

const LABELS = ['code', 'region'];

const slo = (name: string, ...slis: Sli[]): SloDefinition =>
  ({
    name,
    members: slis.map((sli) => ({ name: '', sli, target: 0.99, weight: 1 })),
    groupBy: null,
  }) as unknown as SloDefinition;
const grouped = (definition: SloDefinition, limit = 10): SloDefinition => ({
  ...definition,
  groupBy: { labels: ['region'], limit },
});
const where = (label: string, op: LabelMatcher['op'], value: string): LabelMatcher => ({ label, op, value });
const ratio = (bad: readonly LabelMatcher[], total: readonly LabelMatcher[] = []): RatioSli => ({
  kind: 'ratio',
  good: null,
  bad: { metric: 'requests', match: bad },
  total: { metric: 'requests', match: total },
});

let hash = 0n;
const series = (labels: readonly string[], changes: Partial<SliSeries> = {}): SliSeries => ({
  ...{ hash: ++hash, metric: 'requests', type: 'sum', temporality: 'delta', monotonic: true, labels },
  ...changes,
});

const index = (
  slos: readonly SloDefinition[],
  found: readonly SliSeries[],
  registries = new Map<SloDefinition, GroupRegistry>(),
) => indexSeries(slos, found, LABELS, registries);

/** Each part as its series and what they count for. */
const parts = (result: ReturnType<typeof indexSeries>) =>
  result.parts.map(({ hashes, targets }) => [
    hashes.length,
    targets.map(({ slo: each, member, role, group }) => `${each.name}/${member}/${role}/${group}`),
  ]);

describe('what the SLOs ask for', () => {
  test('is asked for once, with the labels of their conditions and groups', () => {
    const latency = { kind: 'latency', threshold: 1, histogram: { metric: 'duration', match: [] } } as const;
    const slos = [slo('a', ratio([where('code', '=~', '5..')])), grouped(slo('b', ratio([]), latency))];
    expect(selectedMetrics(slos)).toEqual({ metrics: ['duration', 'requests'], labels: LABELS });
    expect(selectedMetrics([slo('c', { kind: 'foreign', sourceType: 'Any' })])).toEqual({
      metrics: [],
      labels: [],
    });
  });
});

describe('series', () => {
  test('that count for the same are one part', () => {
    const bad = slo('a', ratio([where('code', '=~', '5..')]));
    const found = [
      series(['500', 'eu']),
      series(['503', 'us']),
      series(['200', 'eu']),
      series(['404', 'eu']),
    ];
    expect(parts(index([bad], found))).toEqual([
      [2, ['a/0/bad/', 'a/0/total/']],
      [2, ['a/0/total/']],
    ]);
  });

  test('are told apart by temporality and metric, and by form', () => {
    const all = slo('a', ratio([where('code', '=', '500')]));
    const found = [
      series(['200', '']),
      series(['200', ''], { temporality: 'cumulative' }),
      series(['200', ''], { type: 'histogram', monotonic: false }),
      series(['200', ''], { metric: 'other' }),
    ];
    const result = index([all], found);
    expect(result.parts.map(({ form, temporality, metric }) => [form, temporality, metric])).toEqual([
      ['sum', 'delta', 'requests'],
      ['sum', 'cumulative', 'requests'],
      ['histogram', 'delta', 'requests'],
    ]);
    expect(result.faults.size).toBe(0);
  });

  test('of several SLOs and members share parts where they agree', () => {
    const slos = [slo('a', ratio([]), ratio([where('code', '=', '500')])), slo('b', ratio([]))];
    expect(parts(index(slos, [series(['200', '']), series(['500', ''])]))).toEqual([
      [1, ['a/0/bad/', 'a/0/total/', 'a/1/total/', 'b/0/bad/', 'b/0/total/']],
      [1, ['a/0/bad/', 'a/0/total/', 'a/1/bad/', 'a/1/total/', 'b/0/bad/', 'b/0/total/']],
    ]);
  });

  test('have their group, and those beyond the limit share one', () => {
    const limited = grouped(slo('a', ratio([where('code', '=', '500')])), 1);
    const registry = new GroupRegistry(1);
    const found = [series(['200', 'eu']), series(['200', 'us']), series(['200', 'ap'])];
    const result = index([limited], found, new Map([[limited, registry]]));
    expect(parts(result)).toEqual([
      [1, ['a/0/total/region="eu"']],
      [2, ['a/0/total/(other)']],
    ]);
    expect(registry.overflow).toBe(2);
  });

  test('that are missing are named by their metric, but for errors, of which there may be none', () => {
    const gone: RatioSli = { ...ratio([]), total: { metric: 'gone', match: [] } };
    const none = slo('none', ratio([where('code', '=', '999')]));
    const result = index([slo('a', gone), none, slo('fine', ratio([]))], [series(['200', ''])]);
    expect([...result.missing].map(([{ name }, metrics]) => [name, metrics])).toEqual([['a', ['gone']]]);
  });

  test('are found by equal labels as by looking at all of them', () => {
    const found = ['200', '404', '500', ''].flatMap((code) =>
      ['eu', 'us', ''].map((region) => series([code, region])),
    );
    const matchers = ['', '500', 'eu'].flatMap((value) =>
      LABELS.flatMap((label) => [
        where(label, '=', value),
        where(label, '!=', value),
        where(label, '=~', value),
      ]),
    );
    for (const first of matchers) {
      for (const second of matchers) {
        const result = index([slo('a', ratio([where('code', '=', 'x')], [first, second]))], found);
        const expected = found.filter(({ labels }) =>
          [first, second].every(({ label, op, value }) => {
            const own = labels[LABELS.indexOf(label)];
            return op === '!=' ? own !== value : own === value;
          }),
        );
        expect(result.parts.flatMap(({ hashes }) => hashes).sort()).toEqual(
          expected.map((each) => each.hash).sort(),
        );
      }
    }
  });
});

describe('series from which any number would be wrong make their SLO not countable, and no other', () => {
  const latency: Sli = { kind: 'latency', threshold: 1, histogram: { metric: 'requests', match: [] } };
  test.each<[string, Sli, Partial<SliSeries>, string]>([
    [
      'a gauge',
      ratio([]),
      { type: 'gauge' },
      '1 series of requests are of type gauge, and this SLI needs a counter (a monotonic sum) or a histogram.',
    ],
    ['a summary', ratio([]), { type: 'summary' }, 'are of type summary'],
    [
      'a sum that may fall',
      ratio([]),
      { monotonic: false },
      'are sums that may also fall, and this SLI needs a counter.',
    ],
    [
      'an unknown temporality',
      ratio([]),
      { temporality: 'unspecified' },
      'do not say whether they are delta or cumulative',
    ],
    ['a counter where a histogram belongs', latency, {}, 'are of type sum, and this SLI needs a histogram'],
    [
      'a histogram of unknown temporality',
      latency,
      { type: 'histogram', temporality: 'unspecified' },
      'do not say whether',
    ],
  ])('%s', (_what, sli, changes, message) => {
    const wrong = slo('wrong', sli);
    const fine = slo('fine', {
      ...ratio([]),
      total: { metric: 'b', match: [] },
      bad: { metric: 'b', match: [] },
    });
    const result = index([wrong, fine], [series(['200', ''], changes), series(['200', ''], { metric: 'b' })]);
    expect(result.faults.get(wrong)).toMatchObject({
      ...{ code: 'slo.selector-type', message: expect.stringContaining(message), hint: expect.any(String) },
    });
    expect(result.faults.get(fine)).toBeUndefined();
    expect(parts(result)).toEqual([[1, ['fine/0/bad/', 'fine/0/total/']]]);
  });

  test('also when only one of its selectors finds them', () => {
    const mixed = slo('mixed', ratio([where('code', '=', '500')]));
    const gauge = series(['200', ''], { type: 'gauge' });
    const result = index([mixed], [series(['500', '']), gauge]);
    expect(result.faults.has(mixed)).toBe(true);
    expect(result.parts).toEqual([]);
  });
});
