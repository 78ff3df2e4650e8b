import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seededRandom } from '@tidewatch/core';
import {
  measureSeries,
  measuresOf,
  metricConditionSchema,
  metricMonitorSchema,
  requestKey,
  type MeasuredGroups,
  type MeasureRequest,
  type RawSeries,
  type SloDefinition,
} from '@tidewatch/slo';
import type { MetricQueries } from '@tidewatch/store';
import { pino } from 'pino';
import { MeasureReader } from '../../apps/server/src/evaluate/metric/measure-reader.js';
import { MetricMonitorRunner } from '../../apps/server/src/evaluate/metric/metric-monitor-runner.js';
import { readConditions } from '../../apps/server/src/evaluate/metric/read-conditions.js';
import { EMPTY_VERDICT_FIELDS } from '../../apps/server/src/evaluate/verdict-rows.js';
import { storeLines, type HistogramLine, type NumberLine, type SeriesLine } from '../harness/metric-rows.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BASE = Math.floor(Date.now() / HOUR) * HOUR - 10 * HOUR;
const PROJECT = 'measures';
const random = seededRandom(11);

/** Points every ten seconds, give or take, with some missing for a while. */
function times(gaps = true): number[] {
  const at: number[] = [];
  for (let time = BASE; time < BASE + 9 * HOUR; time += 10_000 + Math.floor(random() * 2_000)) {
    if (gaps && random() < 0.002) {
      time += 15 * MINUTE;
    }
    at.push(time);
  }
  return at;
}

/** Counters that begin anew now and then, gauges that wander, and histograms. */
function everything(): RawSeries[] {
  const gpus = ['0', '1'];
  const counters = ['requests', 'errors'].flatMap((metric) =>
    gpus.map((gpu): RawSeries => {
      let value = 0;
      const points = times().map((at) => {
        value = random() < 0.001 ? 0 : value + Math.floor(random() * (metric === 'errors' ? 2 : 20));
        return { at, value };
      });
      return { type: 'counter', metric, labels: { gpu, code: gpu }, startedAt: null, points };
    }),
  );
  const gauges = gpus.map((gpu): RawSeries => {
    let value = 100;
    const points = times().map((at) => ({ at, value: (value += random() - 0.45) }));
    return { type: 'gauge', metric: 'level', labels: { gpu }, startedAt: null, points };
  });
  const histogram: RawSeries = {
    type: 'histogram',
    metric: 'duration',
    labels: {},
    startedAt: null,
    bounds: [0.1, 0.2, 0.5],
    points: times(false).map((at, index) => ({
      at,
      counts: [8, 4, 2, 1].map((count) => count * index),
      sum: index * 2,
    })),
  };
  return [...counters, ...gauges, histogram];
}

function stored(all: readonly RawSeries[]): { numbers: NumberLine[]; histograms: HistogramLine[] } {
  const numbers: NumberLine[] = [];
  const histograms: HistogramLine[] = [];
  const nano = (at: number): bigint => BigInt(at) * 1_000_000n;
  for (const [index, each] of all.entries()) {
    const series: SeriesLine = {
      project: PROJECT,
      metric: each.metric,
      hash: BigInt(index + 1),
      type: each.type === 'counter' ? 'sum' : each.type,
      temporality: each.type === 'gauge' ? 'unspecified' : 'cumulative',
      monotonic: each.type === 'counter',
      attributes: each.labels,
    };
    if (each.type === 'histogram') {
      const { bounds } = each;
      histograms.push(
        ...each.points.map(({ at, counts, sum }) => ({
          ...{ series, time: nano(at), start: 0n, bounds, counts },
          ...(sum === null ? {} : { sum }),
        })),
      );
    } else {
      numbers.push(...each.points.map(({ at, value }) => ({ series, time: nano(at), start: 0n, value })));
    }
  }
  return { numbers, histograms };
}

const condition = (written: Record<string, unknown>) =>
  metricConditionSchema.parse({ window: '5m', above: 0, ...written });

/** Every measure, windows from raw points and from buckets, now and before. */
const REQUESTS: readonly MeasureRequest[] = measuresOf(
  ...[
    { rate: 'requests' },
    { count: 'requests', window: '1m' },
    { count: 'requests', match: { code: { matches: '[0-3]' } }, window: '7h' },
    { ratio: { numerator: { metric: 'errors' }, denominator: { metric: 'requests' } } },
    { ratio: { numerator: { metric: 'absent' }, denominator: { metric: 'requests' } } },
    { quantile: 0.5, metric: 'duration' },
    { quantile: 0.95, metric: 'duration', comparedWith: '1h' },
    { mean: 'duration' },
    { share: 'duration', bound: 0.2 },
    { share: 'duration', bound: 0.3, side: 'above' },
    { gauge: 'level' },
    { gauge: 'level', over: 'max', across: 'min' },
    { gauge: 'level', over: 'last', across: 'sum', window: '30s' },
    { slope: 'level', window: '1h', across: 'max' },
    { slope: 'level', window: '8h' },
    { timeToLimit: 'level', limit: 1e6, window: '2h' },
    { count: 'absent' },
  ].map(condition),
);

const flat = (groups: MeasuredGroups): [string, string, number, number][] =>
  [...groups].flatMap(([key, values]) =>
    [...values].map(([group, found]): [string, string, number, number] => [
      key,
      group,
      found?.value ?? Number.NaN,
      found?.low ?? Number.NaN,
    ]),
  );

const all = everything();

describe.each(STORE_BACKENDS)('measures of stored series, $name', ({ open }) => {
  let backend: OpenBackend;
  let reader: MeasureReader;

  beforeAll(async () => {
    backend = await open();
    await storeLines(backend, stored(all));
    reader = new MeasureReader(backend.store);
  });

  afterAll(() => backend.close());

  test.each([
    ['all together, at a full minute', [], BASE + 8 * HOUR + 30 * MINUTE],
    ['by a label, between minutes', ['gpu'], BASE + 8 * HOUR + 10_000],
    ['by two labels, one of which nothing carries', ['gpu', 'region'], BASE + 9 * HOUR],
  ])('are those of the same series in memory: %s', async (_name, labels, windowEnd) => {
    const expected = flat(measureSeries(all, REQUESTS, labels, windowEnd));
    const { groups, failures } = await reader.read(PROJECT, REQUESTS, labels, windowEnd);
    expect([...failures]).toEqual([]);
    const found = flat(groups);
    const name = (row: [string, string, number, number]): string => `${row[0]} ${row[1]}`;
    expect(found.map(name).sort()).toEqual(expected.map(name).sort());
    expect(expected.length).toBeGreaterThan(14);
    for (const row of expected) {
      const other = found.find((each) => name(each) === name(row))!;
      const close = (value: number): unknown =>
        Number.isFinite(value)
          ? expect.closeTo(value, 9 - Math.ceil(Math.log10(Math.abs(value) + 1)))
          : value;
      expect([name(row), other[2], other[3]]).toEqual([name(row), close(row[2]), close(row[3])]);
    }
  });

  test('requests that need the same numbers share a query', async () => {
    let queries = 0;
    const { metricQueries } = backend.store;
    const counted = <Result>(result: Result): Result => {
      queries += 1;
      return result;
    };
    const counting: MetricQueries = {
      increase: (...query) => counted(metricQueries.increase(...query)),
      rate: (...query) => counted(metricQueries.rate(...query)),
      gauge: (...query) => counted(metricQueries.gauge(...query)),
      distribution: (...query) => counted(metricQueries.distribution(...query)),
    };
    const shared = measuresOf(
      condition({ rate: 'requests' }),
      condition({ count: 'requests' }),
      condition({ ratio: { numerator: { metric: 'errors' }, denominator: { metric: 'requests' } } }),
      condition({ quantile: 0.5, metric: 'duration' }),
      condition({ quantile: 0.99, metric: 'duration' }),
      condition({ mean: 'duration' }),
    );
    await new MeasureReader({ metricQueries: counting }).read(PROJECT, shared, [], BASE + HOUR);
    expect(queries).toBe(3);
  });

  test('a metric of the wrong kind fails alone', async () => {
    const [wrong, right] = measuresOf(condition({ mean: 'requests' }), condition({ rate: 'requests' }));
    const { groups, failures } = await reader.read(PROJECT, [wrong!, right!], [], BASE + HOUR);
    expect([...failures.keys()]).toEqual([requestKey(wrong!)]);
    expect([...groups.keys()]).toEqual([requestKey(right!)]);
  });

  test('the conditions of tiers, by group', async () => {
    const tier = (name: string, and: unknown) => ({
      name,
      and: and === null ? null : metricConditionSchema.parse(and),
    });
    const slo = {
      labels: { project: PROJECT },
      groupBy: { labels: ['gpu'], limit: 10 },
      tiers: [
        tier('plain', null),
        tier('slow', { quantile: 0.95, metric: 'duration', window: '5m', above: 0.1 }),
        tier('other', { count: 'requests', match: { gpu: '1' }, window: '5m', above: 0 }),
        tier('unknown', { count: 'absent', window: '5m', above: 0 }),
      ],
    } as unknown as SloDefinition;
    const bare = { ...slo, groupBy: null, tiers: slo.tiers.slice(0, 1) } as SloDefinition;
    const conditions = await readConditions(reader, [slo, bare], BASE + HOUR);
    expect(conditions(slo, 'gpu="1"')).toEqual(
      new Map([
        ['slow', true],
        ['other', true],
        ['unknown', null],
      ]),
    );
    expect(conditions(slo, 'gpu="0"').get('other')).toBeNull();
    expect(conditions(bare, '')).toEqual(new Map());
  });

  test('a runner pages beside an SLO that burns, writes its verdicts, and goes on after a start', async () => {
    const monitor = metricMonitorSchema.parse({
      apiVersion: 'tidewatch.dev/v1',
      kind: 'MetricMonitor',
      metadata: { name: 'busy', runbook: 'https://example.com/busy', labels: { project: PROJECT } },
      spec: {
        service: 'ranker-api',
        levels: { page: { when: { rate: 'requests', window: '5m', above: 0 }, hold: '30s' } },
      },
    });
    const horizon = BASE + HOUR;
    const logger = pino({ level: 'silent' });
    const runner = new MetricMonitorRunner(backend.store, logger);
    const severities = async (of: MetricMonitorRunner, at: number): Promise<string[]> =>
      (await of.evaluate([monitor], Date.now(), at)).map(
        ({ signal }) => `${signal.condition} ${signal.severity}`,
      );
    expect(await severities(runner, horizon)).toEqual(['ok page']);
    expect(await severities(runner, horizon + 5_000)).toEqual([]);
    expect(await severities(runner, horizon + 30_000)).toEqual(['firing ticket']);
    await backend.store.verdicts.write(PROJECT, [
      {
        ...EMPTY_VERDICT_FIELDS,
        ...{ kind: 'SLO', rule: 'availability', subject: '', state: 'breach', reason: '', document: '{}' },
        ...{ service: 'ranker-api', region: '', model: '', owner: '', sampleSize: 0, baselineSize: 0 },
        ...{ windowStart: Date.now() - HOUR, windowEnd: Date.now(), evaluatedAt: Date.now() },
      },
    ]);
    expect(await severities(runner, horizon + 60_000)).toEqual(['firing page']);
    // The hold time is over already, as the stored verdict says.
    const next = new MetricMonitorRunner(backend.store, logger);
    expect(await severities(next, horizon + 90_000)).toEqual(['firing page']);
    const rows = await backend.store.verdicts.history(PROJECT, {
      ...{ kind: 'MetricMonitor', rule: 'busy', subject: null },
      range: { from: horizon, to: horizon + HOUR },
    });
    expect(rows.map(({ state, severity, windowEnd }) => [state, severity, windowEnd - horizon])).toEqual([
      ['ok', '', 0],
      ['alarm', 'ticket', 30_000],
      ['alarm', 'page', 60_000],
      ['alarm', 'page', 90_000],
    ]);
    expect(rows[2]?.statistic).toBeGreaterThan(0);
  });
});
