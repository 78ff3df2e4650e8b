import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { GaugeQuery, MetricQuery, MetricValues } from '@tidewatch/store';
import { storeLines } from '../harness/metric-rows.js';
import type { NumberLine, SeriesLine } from '../harness/metric-rows.js';
import { referenceIncreases } from '../harness/reference-increase.js';
import { STORE_BACKENDS } from '../harness/store-backends.js';
import type { OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const BASE = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3 * 3_600_000;
const PROJECT = 'semantics';

/** Seconds since BASE in nanoseconds. */
const nano = (seconds: number): bigint => BigInt(BASE + seconds * 1000) * 1_000_000n;

let nextHash = 1n;
const series = (metric: string, partial: Partial<SeriesLine> = {}): SeriesLine => ({
  project: PROJECT,
  metric,
  hash: nextHash++,
  type: 'sum',
  temporality: 'cumulative',
  ...partial,
});

/**
 * Points as `at:value@start`, times in seconds since BASE, start `?` unknown (0). A value that ends in `n` is an integer,
 * one that ends in `!` carries the flag "no recorded value".
 */
function lines(of: SeriesLine, points: string): NumberLine[] {
  return points.split(' ').map((point) => {
    const match = /^(-?\d+):(-?[\d.]+|NaN|Infinity)([n!]?)@(-?\d+|\?)$/.exec(point);
    const [, at = '', value = '', kind = '', start = ''] = match ?? [];
    return {
      series: of,
      time: nano(Number(at)),
      start: start === '?' ? 0n : nano(Number(start)),
      value: kind === 'n' ? BigInt(value) : Number(value),
      flags: kind === '!' ? 1 : 0,
    };
  });
}

interface Case {
  readonly name: string;
  /** Points of one series each. */
  readonly streams: readonly (readonly [of: Partial<SeriesLine>, points: string])[];
  /** `minute=increase`, of the ten minutes from BASE. */
  readonly expected: string;
}

const cumulative = {} as const;
const delta = { temporality: 'delta' } as const;
const upDown = { monotonic: false } as const;
const one = (name: string, of: Partial<SeriesLine>, points: string, expected: string): Case => ({
  name,
  streams: [[of, points]],
  expected,
});

const CASES: readonly Case[] = [
  one('delta: the increase is the sum of the points', delta, '0:3@-60 30:5@0 60:2@30', '0=8 1=2'),
  one('delta: a gap between points adds nothing', delta, '0:3@-60 400:5@390', '0=3 6=5'),
  one('delta: no recorded value is not a point', delta, '0:3@-60 10:7!@0 20:1@0', '0=4'),
  one(
    'cumulative: each point adds its difference',
    cumulative,
    '-60:3@-7200 0:8@-7200 60:10@-7200',
    '0=5 1=2',
  ),
  one('a first point that began in sight counts whole', cumulative, '10:3@0 70:8@0', '0=3 1=5'),
  one(
    'a first point that began before the range, within the look-back, counts whole',
    cumulative,
    '10:3@-300',
    '0=3',
  ),
  one(
    'a first point with an old start does not leak its history',
    cumulative,
    '10:1000000n@-7200 70:1000004n@-7200',
    '0=0 1=4',
  ),
  one('an unknown start (0): the first point adds nothing', cumulative, '10:500@? 70:507@?', '0=0 1=7'),
  one(
    'a start equal to the time is unknown; the next start, equal to that time, is no reset',
    cumulative,
    '10:500@10 70:503@10',
    '0=0 1=3',
  ),
  one('a start after the time is unknown', cumulative, '10:500@20 70:503@80', '0=0 1=3'),
  one('a fall is a reset: the new value counts whole', cumulative, '-10:100@? 10:4@? 70:9@?', '0=4 1=5'),
  one(
    'a new start is a reset although the value rose',
    cumulative,
    '-10:10@-7200 70:25@40 130:26@40',
    '1=25 2=1',
  ),
  one('a start that becomes known within the stream is no reset', cumulative, '-10:10@? 50:25@-7200', '0=15'),
  one('a start that becomes known after the last point is one', cumulative, '-10:10@? 50:25@0', '0=25'),
  one('a start that is lost is no reset', cumulative, '-10:10@-7200 50:25@?', '0=15'),
  one('a sum that may fall: a fall counts as such', upDown, '-10:10@-7200 10:4@-7200 70:9@-7200', '0=-6 1=5'),
  one('a sum that may fall: a new start counts whole', upDown, '-10:10@-7200 10:4@5', '0=4'),
  one('a gap within the look-back is bridged', cumulative, '-100:5@-7200 490:9@-7200', '8=4'),
  one(
    'after a gap beyond the look-back an old series adds nothing',
    cumulative,
    '-200:5@-7200 401:9@-7200 461:10@-7200',
    '6=0 7=1',
  ),
  one(
    'out of order: the order of arrival does not matter',
    cumulative,
    '130:9@0 10:2@0 70:5@0',
    '0=2 1=3 2=4',
  ),
  one('a duplicate changes nothing', cumulative, '10:2@0 70:5@0 70:5@0 10:2@0', '0=2 1=3'),
  one('a duplicate delta changes nothing', delta, '10:2@0 10:2@0', '0=2'),
  one(
    'no recorded value ends a series and never counts as 0',
    cumulative,
    '-10:50@-7200 10:0!@-7200 70:53@-7200',
    '1=3',
  ),
  one(
    'a new start after no recorded value is a reset',
    cumulative,
    '-10:50@-7200 10:0!@-7200 70:53@60',
    '1=53',
  ),
  one(
    'NaN and infinities are passed over',
    cumulative,
    '-10:4@-7200 10:NaN@-7200 20:Infinity@-7200 70:6@-7200',
    '1=2',
  ),
  one(
    'integers beyond 2^53 are exact',
    cumulative,
    '-10:4611686018427387905n@? 10:4611686018427387908n@?',
    '0=3',
  ),
  one('integers and doubles of one series', cumulative, '-10:3n@? 10:4.5@? 70:6n@?', '0=1.5 1=1.5'),
  {
    name: 'mixed temporalities: each series by its own rule, then the sum',
    streams: [
      [delta, '10:3n@0 20:5n@10 30:2n@20'],
      [cumulative, '-10:3n@? 10:8n@? 20:2n@?'],
    ],
    expected: '0=17',
  },
  {
    name: 'one series falling while another rises is never netted',
    streams: [
      [cumulative, '-10:100@? 10:101@?'],
      [cumulative, '-10:50@? 10:1@?'],
    ],
    expected: '0=2',
  },
];

describe('what metrics mean', () => {
  let backend: OpenBackend;
  const stored = CASES.map(({ streams }, index) =>
    streams.flatMap(([of, points]) => lines(series(`case.${index}`, of), points)),
  );
  const level = { type: 'gauge', temporality: 'unspecified' } as const;
  const rest = [
    ...['200', '500', '200'].flatMap((code, index) =>
      lines(series('by.code', { attributes: { code, pod: `p${index}` } }), `-10:0n@? 10:${index + 1}n@?`),
    ),
    ...lines(
      series('gauge', { ...level, attributes: { pod: 'a' } }),
      '0:1.5@? 30:4@? 45:NaN@? 50:0!@? 60:7@? 130:0!@?',
    ),
    ...lines(series('gauge', { ...level, attributes: { pod: 'b' } }), '10:10@? 70:20@?'),
    ...lines(series('in.flight', upDown), '0:5@-7200 30:3@-7200'),
    ...lines(series('plain.gauge', level), '0:1@?'),
    ...lines(series('undecided', { temporality: 'unspecified' }), '0:1@?'),
  ];

  beforeAll(async () => {
    backend = await STORE_BACKENDS[0]!.open();
    await storeLines(backend, { numbers: [...stored.flat(), ...rest] });
  }, 60_000);
  afterAll(() => backend.close());

  const query = (metric: string, more: Partial<MetricQuery> = {}): MetricQuery => ({
    selector: { metric, match: [] },
    range: { from: BASE, to: BASE + 10 * MINUTE },
    step: MINUTE,
    ...more,
  });
  const increase = (metric: string, more: Partial<MetricQuery> = {}) =>
    backend.store.metricQueries.increase(PROJECT, query(metric, more));
  /** `minute=value`, per series. */
  const values = ({ series: found }: MetricValues): string[] =>
    found.map(({ points }) => points.map(({ at, value }) => `${(at - BASE) / MINUTE}=${value}`).join(' '));

  describe('the increase of a sum', () => {
    test.each(CASES.map((each, index) => [each.name, index] as const))('%s', async (_name, index) => {
      expect(values(await increase(`case.${index}`))).toEqual([CASES[index]!.expected]);
    });

    test('the expected numbers are those of a slow, exact computation from the points', () => {
      for (const [index, { name, expected }] of CASES.entries()) {
        const steps = new Map<number, bigint>();
        for (const { time, eighths } of referenceIncreases(stored[index]!)) {
          const step = Number((time - nano(-600)) / 60_000_000_000n) - 10;
          if (step >= 0) {
            steps.set(step, (steps.get(step) ?? 0n) + eighths);
          }
        }
        const inOrder = [...steps].sort(([a], [b]) => a - b);
        expect([name, inOrder.map(([step, eighths]) => `${step}=${Number(eighths) / 8}`).join(' ')]).toEqual([
          name,
          expected,
        ]);
      }
    });

    test('an integer result is there exactly, a result with doubles is not called exact', async () => {
      const named = (text: string): string => `case.${CASES.findIndex(({ name }) => name.includes(text))}`;
      const large = await increase(named('2^53'));
      expect(large.series[0]?.points[0]?.integer).toBe(3n);
      const mixed = await increase(named('integers and doubles'));
      expect(mixed.series[0]?.points.map(({ integer }) => integer)).toEqual([null, null]);
    });

    test('series are put together by the labels asked for; an absent label is empty', async () => {
      const { series: found } = await increase('by.code', { by: ['code', 'region'] });
      expect(found.map(({ labels, points }) => [labels, points[0]?.integer])).toEqual([
        [{ code: '200', region: '' }, 4n],
        [{ code: '500', region: '' }, 2n],
      ]);
      const match = [{ label: 'code', op: '=', value: '500' }] as const;
      const { series: chosen } = await increase('by.code', { selector: { metric: 'by.code', match } });
      expect(chosen.map(({ labels, points }) => [labels, points[0]?.value])).toEqual([[{}, 2]]);
    });

    test('a rate is the increase per second of the step, without extrapolation; a cut step by its own length', async () => {
      const range = { from: BASE, to: BASE + 30_000 };
      const whole = await backend.store.metricQueries.rate(PROJECT, query('by.code'));
      const cut = await backend.store.metricQueries.rate(PROJECT, query('by.code', { range }));
      expect([values(whole), values(cut)]).toEqual([['0=0.1'], ['0=0.2']]);
    });

    test('any steps and ranges agree: an increase belongs to the step that holds its point', async () => {
      const sum = (result: MetricValues, from = BASE): number =>
        result.series
          .flatMap(({ points }) => points)
          .reduce((all, { at, value }) => (at >= from ? all + value : all), 0);
      for (const index of CASES.keys()) {
        const fine = await increase(`case.${index}`, { step: 1000 });
        const whole = await increase(`case.${index}`, { step: 10 * MINUTE });
        const late = await increase(`case.${index}`, {
          range: { from: BASE + MINUTE, to: BASE + 10 * MINUTE },
        });
        expect([sum(fine), sum(late)]).toEqual([sum(whole), sum(fine, BASE + MINUTE)]);
      }
    });

    test.each([
      ['a gauge', 'plain.gauge'],
      ['a sum of unknown temporality', 'undecided'],
    ])('%s is refused', async (_name, metric) => {
      await expect(increase(metric)).rejects.toMatchObject({ code: 'store.selector-type' });
    });

    test('a metric that does not exist has no series; an empty range is refused', async () => {
      expect((await increase('nothing')).series).toEqual([]);
      await expect(increase('by.code', { range: { from: BASE, to: BASE } })).rejects.toMatchObject({
        code: 'store.query-range',
      });
    });
  });

  describe('gauges', () => {
    const levels = async (more: Partial<GaugeQuery>, metric = 'gauge') =>
      values(await backend.store.metricQueries.gauge(PROJECT, { ...query(metric), ...more }));

    test.each([
      ['avg', '0=2.75 1=7'],
      ['min', '0=1.5 1=7'],
      ['max', '0=4 1=7'],
      // The series ended at 50 s: what it was before that is not its last value of the minute.
      ['last', '1=7'],
    ] as const)('%s per step and series; flags and NaN are no values', async (over, expected) => {
      expect(await levels({ over, by: ['pod'] })).toEqual([expected, '0=10 1=20']);
    });

    test.each([
      ['sum', '0=12.75 1=27'],
      ['avg', '0=6.375 1=13.5'],
      ['min', '0=2.75 1=7'],
      ['max', '0=10 1=20'],
    ] as const)('%s over series', async (across, expected) => {
      expect(await levels({ across })).toEqual([expected]);
    });

    test('a cumulative sum that may fall is a level too; sums of increases are refused', async () => {
      expect(await levels({ over: 'last' }, 'in.flight')).toEqual(['0=3']);
      await expect(levels({}, 'case.0')).rejects.toMatchObject({ code: 'store.selector-type' });
    });
  });

  test('storing everything again, in other parts and order, changes no number', async () => {
    const all = async () =>
      Promise.all([
        ...CASES.map((_each, index) => increase(`case.${index}`)),
        increase('by.code', { by: ['code'] }),
        ...(['avg', 'min', 'max', 'last'] as const).map((over) =>
          backend.store.metricQueries.gauge(PROJECT, { ...query('gauge'), over }),
        ),
      ]);
    const before = await all();
    const again = [...stored.flat(), ...rest].reverse();
    await storeLines(backend, { numbers: again.filter((_line, index) => index % 2 === 0) });
    await storeLines(backend, { numbers: again });
    expect(await all()).toEqual(before);
  });
});
