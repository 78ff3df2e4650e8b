import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime, seededRandom } from '@tidewatch/core';
import type { Correction, RatioSli, SloDefinition } from '@tidewatch/slo';
import { ProjectSlos } from '../../apps/server/src/evaluate/slo/project-slos.js';
import type { SloState } from '../../apps/server/src/evaluate/slo/slo-state.js';
import { metricBatch, metricSeries, type NumberSample } from '../harness/metric-batch.js';
import { sloDefinition } from '../harness/slo-definition.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A moment ago: what is counted late is told by when it was really stored. Not on a full slice. */
const NOW = floorTime(Date.now(), 10 * SECOND) - 37 * SECOND;

const ratio = (metric: string): RatioSli => ({
  kind: 'ratio',
  good: { metric, match: [{ label: 'outcome', op: '=', value: 'good' }] },
  bad: null,
  total: { metric, match: [] },
});

describe.each(STORE_BACKENDS)('windows of SLOs on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  let projects = 0;
  const newProject = (): string => `windows-${++projects}`;

  /** One event every 7 minutes for `days` and one every 3 seconds for the last 50 minutes, by region, one in 5 not good. */
  async function traffic(project: string, days: number): Promise<void> {
    const random = seededRandom(7);
    const times: number[] = [];
    for (let at = NOW - days * DAY; at < NOW - HOUR; at += 7 * MINUTE) {
      times.push(at);
    }
    for (let at = NOW - 50 * MINUTE; at < NOW; at += 3 * SECOND) {
      times.push(at + 1);
    }
    await storeMetrics(backend.store, project, metricBatch(times.map((at) => event(at, random))));
  }

  function event(at: number, random: () => number, value = 1 + Math.floor(random() * 3)): NumberSample {
    const outcome = random() < 0.2 ? 'bad' : 'good';
    const region = random() < 0.3 ? 'us' : 'eu';
    const attributes = { outcome, 'cloud.region': region };
    return { series: metricSeries({ metricName: 'c', attributes }), at, value };
  }

  /** The same count straight from the points. */
  async function direct(project: string, from: number, to: number, region = ''): Promise<number[]> {
    const series = (condition: string): string =>
      `SeriesHash IN (SELECT SeriesHash FROM metric_series WHERE Project = '${project}' AND ${condition})`;
    const [row] = await backend.raw(
      `SELECT sum(Value) AS total, sumIf(Value, ${series("Attributes['outcome'] = 'good'")}) AS good
         FROM metric_points FINAL WHERE Project = '${project}' AND MetricName = 'c'
           AND ${region === '' ? '1' : series(`Attributes['cloud.region'] = '${region}'`)}
           AND TimeUnix >= fromUnixTimestamp64Milli(${from}) AND TimeUnix < fromUnixTimestamp64Milli(${to})`,
    );
    return [Number(row?.['good']), Number(row?.['total'])];
  }

  /** Brings the windows to `horizon` and the history up to date. */
  async function update(
    known: ProjectSlos,
    slo: SloDefinition,
    horizon: number,
    lookBack = true,
  ): Promise<SloState> {
    const [state] = await known.update([slo], horizon + 2 * SECOND, horizon);
    while (lookBack && (await known.lookBack(horizon + 2 * SECOND)));
    return state!;
  }

  async function expectExact(project: string, state: SloState, group = '', region = ''): Promise<void> {
    const { windows, period, windowEnd } = state.evidence(group);
    const all = [...windows].map(([length, { counts }], index) => ({ length, counts, index }));
    for (const { counts, index } of [...all, { counts: period.counts, index: all.length }]) {
      const start = state.starts[index] ?? 0;
      const expected = await direct(project, start, windowEnd, region);
      expect([index, counts[0]?.good, counts[0]?.total]).toEqual([index, ...expected]);
    }
    // The nominal beginning, or at most one slice before it.
    all.forEach(({ length, index }) => {
      const early = windowEnd - length - (state.starts[index] ?? 0);
      expect(early).toBeGreaterThanOrEqual(0);
      expect(early).toBeLessThan(length <= 6 * HOUR ? 10 * SECOND : MINUTE);
    });
  }

  test('every window equals a direct query, from the first round on and after many', async () => {
    const project = newProject();
    await traffic(project, 12);
    const known = new ProjectSlos(backend.store, project);
    const slo = sloDefinition(ratio('c'));
    let state = await update(known, slo, NOW - 20 * MINUTE, false);
    expect(state.evidence('').windows.get(HOUR)?.coverage).toBe(1);
    expect(state.evidence('').windows.get(3 * DAY)?.coverage).toBeLessThan(0.2);
    state = await update(known, slo, NOW - 20 * MINUTE);
    await expectExact(project, state);
    expect(state.evidence('').period.coverage).toBe(1);
    for (let horizon = NOW - 20 * MINUTE; horizon <= NOW; horizon += 70 * SECOND) {
      state = await update(known, slo, horizon);
    }
    await expectExact(project, state);
    // Another process finds the same, and counts on.
    const restarted = new ProjectSlos(backend.store, project);
    await expectExact(project, await update(restarted, slo, NOW + 30 * SECOND));
  }, 120_000);

  test('late points change exactly the windows that hold them', async () => {
    const project = newProject();
    await traffic(project, 2);
    const known = new ProjectSlos(backend.store, project);
    const slo = sloDefinition(ratio('c'), { periodMs: 4 * DAY });
    await update(known, slo, NOW);
    const random = seededRandom(1);
    const late = [NOW - 30 * SECOND, NOW - 25 * MINUTE, NOW - 5 * HOUR, NOW - 40 * HOUR];
    await storeMetrics(backend.store, project, metricBatch(late.map((at) => event(at, random, 1_000))));
    // The next round is in its own second: what it looks for was stored a moment ago.
    const [state] = await known.update([slo], Date.now(), NOW);
    while (await known.lookBack(Date.now()));
    await expectExact(project, state!);
    expect(state!.evidence('').period.counts[0]?.total).toBeGreaterThan(4_000);
  }, 120_000);

  test('groups are judged apart, up to the limit; the rest together', async () => {
    const project = newProject();
    await traffic(project, 1);
    const known = new ProjectSlos(backend.store, project);
    const slo = sloDefinition(ratio('c'), { periodMs: 4 * DAY, groupBy: { labels: ['region'], limit: 10 } });
    const state = await update(known, slo, NOW);
    expect(state.groups().sort()).toEqual(['region="eu"', 'region="us"']);
    await expectExact(project, state, 'region="eu"', 'eu');
    await expectExact(project, state, 'region="us"', 'us');
    const few = new ProjectSlos(backend.store, project);
    const limited = await update(few, { ...slo, groupBy: { labels: ['region', 'outcome'], limit: 2 } }, NOW);
    expect(limited.groups()).toHaveLength(3);
    expect(limited.groups()).toContain('(other)');
    const sum = limited.groups().reduce((total, group) => {
      const { period } = limited.evidence(group);
      return total + (period.counts[0]?.total ?? 0);
    }, 0);
    expect(sum).toBe((await direct(project, NOW - 4 * DAY, limited.end))[1]);
  }, 120_000);

  test('time slices are good or bad as a whole, and agree with judging each from the points', async () => {
    const project = newProject();
    await traffic(project, 1);
    const slo = sloDefinition(ratio('c'), {
      periodMs: 4 * DAY,
      budgeting: { method: 'Timeslices', sliceMs: MINUTE, sliceTarget: 0.8, emptySlices: 'ignore' },
    });
    const state = await update(new ProjectSlos(backend.store, project), slo, NOW);
    const to = floorTime(NOW, MINUTE);
    const rows = await backend.raw(
      `SELECT sum(share >= 0.8) AS good, count() AS total FROM (
         SELECT sumIf(Value, SeriesHash IN (SELECT SeriesHash FROM metric_series WHERE Project = '${project}'
           AND Attributes['outcome'] = 'good')) / sum(Value) AS share
         FROM metric_points FINAL WHERE Project = '${project}' AND MetricName = 'c'
           AND TimeUnix >= fromUnixTimestamp64Milli(${to - HOUR}) AND TimeUnix < fromUnixTimestamp64Milli(${to})
         GROUP BY toStartOfMinute(TimeUnix))`,
    );
    // Windows of an hour end 20 s after the minute: the slice that is not over is not in them, nor is the one it cuts.
    const hour = state.evidence('').windows.get(HOUR)?.counts[0];
    expect(hour?.total).toBe(Number(rows[0]?.['total']));
    expect(hour?.good).toBe(Number(rows[0]?.['good']));
    expect(hour?.good).toBeLessThan(hour?.total ?? 0);
  }, 120_000);

  test('a calendar window begins anew with its period', async () => {
    const project = newProject();
    await traffic(project, 3);
    const start = floorTime(NOW, MINUTE) - 10 * MINUTE;
    const startTime = new Date(start).toISOString().slice(0, 19).replace('T', ' ');
    const window = { kind: 'calendar', amount: 1, unit: 'd', startTime, timeZone: 'UTC' } as const;
    const slo = sloDefinition(ratio('c'), { window, periodMs: DAY });
    const known = new ProjectSlos(backend.store, project);
    let state = await update(known, slo, start - 30 * SECOND);
    expect(state.evidence('').period).toMatchObject({ from: start - DAY, to: start });
    await expectExact(project, state);
    state = await update(known, slo, NOW);
    expect(state.evidence('').period).toMatchObject({ from: start, to: start + DAY });
    await expectExact(project, state);
  }, 120_000);

  test('corrections take events out, or count them as good, in every window they touch', async () => {
    const project = newProject();
    await traffic(project, 1);
    const known = new ProjectSlos(backend.store, project);
    const slo = sloDefinition(ratio('c'), { periodMs: 4 * DAY });
    const state = await update(known, slo, NOW);
    const before = state.evidence('').windows.get(HOUR)?.counts[0];
    const from = floorTime(NOW, MINUTE) - 30 * MINUTE;
    const correction: Correction = {
      id: 'a',
      slos: ['slo'],
      category: 'planned-maintenance',
      effect: 'remove',
      from,
      to: from + 10 * MINUTE,
      rrule: '',
      timeZone: 'UTC',
      reason: 'Database move.',
      actor: 'ops',
      createdAt: NOW,
      withdrawnAt: null,
    };
    const [good = 0, total = 0] = await direct(project, from, from + 10 * MINUTE);
    const hour = () => state.evidence('').windows.get(HOUR)?.counts[0];
    await known.correct([state], [correction], NOW);
    expect(hour()).toEqual({ good: (before?.good ?? 0) - good, total: (before?.total ?? 0) - total });
    await known.correct([state], [{ ...correction, effect: 'count-as-good' }], NOW + 1_000);
    await known.correct([state], [{ ...correction, effect: 'count-as-good' }], NOW + 2 * MINUTE);
    expect(hour()).toEqual({ good: (before?.good ?? 0) + total - good, total: before?.total });
    await known.correct([state], [{ ...correction, withdrawnAt: NOW }], NOW + 3 * MINUTE);
    expect(hour()).toEqual(before);
  }, 120_000);
});
