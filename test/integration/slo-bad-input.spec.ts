import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime } from '@tidewatch/core';
import type { Budgeting } from '@tidewatch/slo';
import {
  metricBatch,
  metricSeries,
  type HistogramSample,
  type NumberSample,
} from '../harness/metric-batch.js';
import { SloRounds } from '../harness/slo-rounds.js';
import { newProject, projectSlo, ratio, selector, steady } from '../harness/slo-traffic.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Half an hour ago, inside a minute: rounds go on from here without reaching the present. */
const NOW = floorTime(Date.now(), MINUTE) - 30 * MINUTE + 20 * SECOND;

/** Faults of data and rules are the same on both engines. */
const [embedded] = STORE_BACKENDS;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await embedded!.open();
}, 60_000);
afterAll(() => backend.close());

const send = (
  project: string,
  numbers: readonly NumberSample[],
  histograms: readonly HistogramSample[] = [],
) => storeMetrics(backend.store, project, metricBatch(numbers, histograms));

/** Ten good requests in every slice of the last hour. */
const calm = (project: string, to = NOW): Promise<void> => send(project, steady('requests', to - HOUR, to));

const codes = (verdict: { health: readonly { code: string }[] }): string[] =>
  verdict.health.map(({ code }) => code);

describe('selectors that find nothing, or the wrong thing', () => {
  test('no series: the SLO is frozen and says which metrics are missing, whatever is judged beside it', async () => {
    const project = newProject();
    await calm(project);
    const absent = projectSlo(project, ratio('no.errors', 'no.requests'), { name: 'absent' });
    const present = projectSlo(
      project,
      { ...ratio(), good: selector('requests'), bad: null },
      { name: 'present' },
    );
    const sliced = projectSlo(
      project,
      { ...ratio(), good: selector('requests'), bad: null },
      {
        name: 'sliced',
        budgeting: { method: 'Timeslices', sliceMs: 5 * MINUTE, sliceTarget: 0.9, emptySlices: 'ignore' },
      },
    );
    const rounds = new SloRounds(backend.store);
    for (let index = 0; index < 3; index++) {
      await rounds.round([absent, present, sliced], NOW + index * 10 * SECOND);
    }
    const verdict = await rounds.verdict(absent);
    expect(verdict).toMatchObject({ state: 'frozen', frozenBecause: 'no-events', sliValue: null });
    expect(verdict.health).toEqual([
      {
        code: 'no-series',
        message: expect.stringMatching(/^no series of no\.requests matches; .*GET \/api\/v1\/metrics/),
      },
    ]);
    expect(await rounds.verdict(present)).toMatchObject({ state: 'ok', sliValue: 1, health: [] });
    expect(await rounds.verdict(sliced)).toMatchObject({ state: 'ok', sliValue: 1 });
    expect(rounds.errors).toEqual([]);
  });

  test('a gauge where a counter belongs: not evaluable until the rule is right', async () => {
    const project = newProject();
    const level = metricSeries({ metricName: 'level', metricType: 'gauge', isMonotonic: false });
    await send(project, [
      ...steady('requests', NOW - HOUR, NOW),
      { series: level, at: NOW - MINUTE, value: 3 },
    ]);
    const wrong = projectSlo(project, ratio('level'), { name: 'wrong' });
    const right = projectSlo(project, ratio(), { name: 'right' });
    const rounds = new SloRounds(backend.store);
    await rounds.round([wrong, right], NOW);
    const verdict = await rounds.verdict(wrong);
    expect(verdict).toMatchObject({ state: 'frozen', frozenBecause: 'not-evaluable' });
    expect(verdict.health).toEqual([
      {
        code: 'not-evaluable',
        message:
          '1 series of level are of type gauge, and this SLI needs a counter (a monotonic sum) or a histogram. Name another metric, or narrow `match`.',
      },
    ]);
    expect(await rounds.verdict(right)).toMatchObject({ state: 'ok', sliValue: 1 });
    const fixed = projectSlo(project, ratio(), { name: 'wrong' });
    await rounds.round([fixed, right], NOW + 10 * SECOND);
    expect(await rounds.verdict(fixed)).toMatchObject({
      state: 'ok',
      frozenBecause: null,
      period: { good: 3_600, total: 3_600 },
    });
  });

  test('a source of another system: never judged, and no signal', async () => {
    const project = newProject();
    const foreign = projectSlo(
      project,
      { kind: 'foreign', sourceType: 'Datadog' },
      { tiers: [], noData: null },
    );
    const rounds = new SloRounds(backend.store);
    expect(await rounds.round([foreign], NOW)).toEqual([]);
    expect(await rounds.verdict(foreign)).toMatchObject({
      state: 'frozen',
      frozenBecause: 'not-evaluable',
      health: [{ code: 'not-evaluable', message: expect.stringContaining('its source is of type Datadog') }],
    });
  });

  test('a threshold inside a bucket: judged, with the bounds of the error', async () => {
    const project = newProject();
    const series = metricSeries({ metricName: 'latency', metricType: 'histogram', isMonotonic: false });
    const bounds = [0.1, 0.5];
    const samples = Array.from({ length: 30 }, (_, index) => ({
      ...{ series, bounds, counts: [7, 2, 1] },
      at: NOW - index * 10 * SECOND - 1,
    }));
    await send(project, [], samples);
    const off = projectSlo(project, { kind: 'latency', histogram: selector('latency'), threshold: 0.25 });
    const on = projectSlo(
      project,
      { kind: 'latency', histogram: selector('latency'), threshold: 0.5 },
      { name: 'on' },
    );
    const rounds = new SloRounds(backend.store);
    await rounds.round([off, on], NOW);
    await send(project, [], [{ series, bounds, counts: [7, 2, 1], at: NOW + SECOND }]);
    await rounds.round([off, on], NOW + 10 * SECOND);
    expect(await rounds.verdict(off)).toMatchObject({
      sliValue: 0.7,
      health: [
        {
          code: 'threshold-off-edge',
          message: expect.stringMatching(
            /threshold of 0\.25 lies inside a bucket: lately 20\.0 % .*choose a bucket's edge/,
          ),
        },
      ],
    });
    expect(await rounds.verdict(on)).toMatchObject({ sliValue: 0.9, health: [] });
  });

  test('more groups than the limit: the rest is judged together, and the health says how many', async () => {
    const project = newProject();
    const tenants = ['a', 'b', 'c', 'd'].flatMap((tenant) =>
      steady('requests', NOW - 10 * MINUTE, NOW).map((sample) => ({ ...sample, tenant })),
    );
    const series = new Map(
      ['a', 'b', 'c', 'd'].map((tenant) => [
        tenant,
        metricSeries({ metricName: 'requests', attributes: { tenant } }),
      ]),
    );
    await send(
      project,
      tenants.map(({ tenant, ...sample }) => ({ ...sample, series: series.get(tenant)! })),
    );
    const grouped = projectSlo(
      project,
      { ...ratio(), good: selector('requests'), bad: null },
      { groupBy: { labels: ['tenant'], limit: 2 } },
    );
    const rounds = new SloRounds(backend.store);
    await rounds.round([grouped], NOW);
    expect(await rounds.verdict(grouped, '(other)')).toMatchObject({
      state: 'ok',
      period: { good: 1_200, total: 1_200 },
    });
    expect((await rounds.verdict(grouped, '(other)')).health[0]).toEqual({
      code: 'group-overflow',
      message: expect.stringMatching(/^2 groups beyond the limit of 2 .*500/),
    });
  });
});

describe('numbers that are none, or that contradict each other', () => {
  test('NaN and infinite values of counters count nothing', async () => {
    const project = newProject();
    const odd = [NaN, Infinity, -Infinity].map((value, index) => ({
      series: metricSeries({ metricName: 'requests' }),
      at: NOW - MINUTE - index,
      value,
    }));
    await send(project, [...steady('requests', NOW - HOUR, NOW), ...odd]);
    const rounds = new SloRounds(backend.store);
    const ordinary = projectSlo(project, ratio());
    await rounds.round([ordinary], NOW);
    expect(await rounds.verdict(ordinary)).toMatchObject({
      state: 'ok',
      period: { good: 3_600, total: 3_600 },
    });
    expect(rounds.errors).toEqual([]);
  });

  test('NaN and infinite levels of a gauge leave their slices as the other values make them', async () => {
    const project = newProject();
    const series = metricSeries({ metricName: 'level', metricType: 'gauge', isMonotonic: false });
    const start = floorTime(NOW, MINUTE) - 10 * MINUTE;
    // In each minute a level of 1, then nothing usable; in the third minute nothing usable at all.
    const samples = Array.from({ length: 10 }, (_, minute) => [
      ...(minute === 3
        ? []
        : [{ series, at: start + minute * MINUTE + SECOND, value: minute === 5 ? 9 : 1 }]),
      { series, at: start + minute * MINUTE + 20 * SECOND, value: NaN },
      { series, at: start + minute * MINUTE + 30 * SECOND, value: Infinity },
    ]).flat();
    await send(project, samples);
    const levels = projectSlo(
      project,
      { kind: 'gauge', gauge: selector('level'), over: 'avg', across: 'avg', op: 'lt', threshold: 5 },
      { budgeting: { method: 'Timeslices', sliceMs: MINUTE, sliceTarget: 1, emptySlices: 'ignore' } },
    );
    const rounds = new SloRounds(backend.store);
    await rounds.round([levels], NOW);
    expect(await rounds.verdict(levels)).toMatchObject({ period: { good: 8, total: 9 } });
  });

  test('a counter that goes backwards was restarted: what it shows then was counted since', async () => {
    const project = newProject();
    const series = metricSeries({ metricName: 'requests', temporality: 'cumulative' });
    const start = NOW - 10 * MINUTE;
    const at = (seconds: number, value: number) => ({ series, at: start + seconds * SECOND, start, value });
    await send(project, [at(10, 100), at(20, 110), at(30, 4)]);
    const rounds = new SloRounds(backend.store);
    const ordinary = projectSlo(project, ratio());
    await rounds.round([ordinary], start + 40 * SECOND);
    await send(project, [at(50, 7), at(60, 2), at(70, 3)]);
    await rounds.round([ordinary], start + 80 * SECOND);
    // 100 + 10, restarted + 4, + 3, restarted + 2, + 1.
    expect(await rounds.verdict(ordinary)).toMatchObject({ period: { good: 120, total: 120 } });
  });

  test('more good events than events: frozen, and the health says that the selectors disagree', async () => {
    const project = newProject();
    await send(project, [
      ...steady('requests', NOW - HOUR, NOW, 10),
      ...steady('answers', NOW - HOUR, NOW, 11),
    ]);
    const odd = projectSlo(project, { ...ratio(), good: selector('answers'), bad: null });
    const fine = projectSlo(project, ratio(), { name: 'fine' });
    const rounds = new SloRounds(backend.store);
    const signals = await rounds.round([odd, fine], NOW);
    expect(signals.filter(({ condition }) => condition === 'firing')).toEqual([]);
    expect(await rounds.verdict(odd)).toMatchObject({ state: 'frozen', frozenBecause: 'contradiction' });
    expect(codes(await rounds.verdict(odd))).toContain('good-over-total');
    expect(await rounds.verdict(fine)).toMatchObject({ state: 'ok' });
  });

  test('more good events than events in time slices: they are good, and the health says so', async () => {
    const project = newProject();
    await send(project, [
      ...steady('requests', NOW - HOUR, NOW, 10),
      ...steady('answers', NOW - HOUR, NOW, 11),
    ]);
    const budgeting: Budgeting = {
      ...{ method: 'Timeslices', sliceMs: MINUTE, sliceTarget: 0.9, emptySlices: 'ignore' },
    };
    const odd = projectSlo(project, { ...ratio(), good: selector('answers'), bad: null }, { budgeting });
    const rounds = new SloRounds(backend.store);
    await rounds.round([odd], NOW);
    await rounds.round([odd], NOW + MINUTE);
    await rounds.round([odd], NOW + 2 * MINUTE);
    const verdict = await rounds.verdict(odd);
    expect(verdict).toMatchObject({ state: 'ok', sliValue: 1 });
    expect(codes(verdict)).toEqual(['good-over-total']);
  });
});

describe('a watermark that stands still', () => {
  test('freezes what is well, and holds back no page', async () => {
    const project = newProject();
    const times = [NOW - HOUR, NOW] as const;
    await send(project, [...steady('requests', ...times), ...steady('errors', ...times, 5)]);
    const burning = projectSlo(project, ratio(), { name: 'burning' });
    const well = projectSlo(project, ratio('other.errors'), { name: 'well' });
    const rounds = new SloRounds(backend.store);
    const signals = await rounds.round([burning, well], NOW, { stale: true });
    expect(await rounds.verdict(well)).toMatchObject({ state: 'frozen', frozenBecause: 'stale' });
    expect(await rounds.verdict(burning)).toMatchObject({ state: 'breach' });
    const firing = signals.filter(({ kind, condition }) => kind === 'SLO' && condition === 'firing');
    expect(new Set(firing.map(({ rule }) => rule))).toEqual(new Set(['burning']));
    await rounds.round([burning, well], NOW + 10 * SECOND);
    expect(await rounds.verdict(well)).toMatchObject({ state: 'ok' });
  });
});
