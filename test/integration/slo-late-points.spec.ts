import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime } from '@tidewatch/core';
import { sliceKeysOf } from '../../apps/server/src/evaluate/slice-key.js';
import { metricBatch, metricSeries, type NumberSample } from '../harness/metric-batch.js';
import { SloRounds } from '../harness/slo-rounds.js';
import { newProject, projectSlo, ratio, steady } from '../harness/slo-traffic.js';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';
import { storeMetrics } from '../harness/store-blocks.js';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** Half an hour ago, inside a minute: rounds go on from here without reaching the present. */
const NOW = floorTime(Date.now(), MINUTE) - 30 * MINUTE + 20 * SECOND;

/** Lateness is the same on both engines. */
const [embedded] = STORE_BACKENDS;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await embedded!.open();
}, 60_000);
afterAll(() => backend.close());

const send = (project: string, points: readonly NumberSample[]) =>
  storeMetrics(backend.store, project, metricBatch(points));

/** Ten good requests in every slice of the last hour. */
const calm = (project: string, to = NOW): Promise<void> => send(project, steady('requests', to - HOUR, to));

describe('points twice, late, and not at all', () => {
  test('points that are sent twice count once, across rounds too', async () => {
    const project = newProject();
    const points = steady('requests', NOW - HOUR, NOW);
    await send(project, points);
    await send(project, points);
    const rounds = new SloRounds(backend.store);
    const ordinary = projectSlo(project, ratio());
    await rounds.round([ordinary], NOW);
    await send(project, points);
    await rounds.round([ordinary], NOW + 10 * SECOND);
    await rounds.round([ordinary], NOW + 5 * MINUTE);
    expect(await rounds.verdict(ordinary)).toMatchObject({ period: { good: 3_600, total: 3_600 } });
  });

  test('what comes late is counted for every SLO, also beside one whose history is still being counted', async () => {
    const project = newProject();
    await calm(project);
    const old = projectSlo(project, ratio(), { name: 'old' });
    const young = projectSlo(project, ratio('other.errors'), { name: 'young' });
    const rounds = new SloRounds(backend.store);
    await rounds.round([old], NOW);
    // Within the last quarter of an hour, and long before: the second waits for the look back.
    const late = [NOW - 5 * MINUTE, NOW - 20 * HOUR];
    await send(project, late.map((at) => steady('requests', at, at + 1, 1_000)).flat());
    await rounds.round([old, young], NOW + 10 * SECOND);
    await rounds.round([old, young], NOW + 6 * MINUTE);
    const exact = { period: { good: 5_600, total: 5_600 } };
    expect(await rounds.verdict(old)).toMatchObject(exact);
    expect(await rounds.verdict(young)).toMatchObject(exact);
  });

  test('what comes to an hour that has just ended is in its sum as well', async () => {
    const project = newProject();
    const hour = floorTime(Date.now() - 10 * MINUTE, HOUR);
    await send(project, steady('requests', hour - HOUR, hour + MINUTE));
    const ordinary = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    for (const seconds of [-10, 0, 10]) {
      await rounds.round([ordinary], hour + seconds * SECOND);
    }
    await send(project, steady('requests', hour - 20 * SECOND, hour - 20 * SECOND + 1, 1_000));
    await rounds.round([ordinary], hour + 20 * SECOND);
    const [key = ''] = sliceKeysOf(ordinary);
    const range = { from: hour - HOUR, to: hour };
    const hours = await backend.store.sloSlices.slices(project, { slo: key, group: '' }, 3_600_000, range);
    expect(hours).toMatchObject([{ good: 4_600, total: 4_600 }]);
  });

  test('after a downtime of hours a new process catches up exactly', async () => {
    const project = newProject();
    const before = NOW - 3 * HOUR;
    await calm(project, before);
    const ordinary = projectSlo(project, ratio());
    await new SloRounds(backend.store).round([ordinary], before);
    await send(project, [
      ...steady('requests', before, NOW),
      ...steady('errors', NOW - HOUR, NOW - 50 * MINUTE, 1),
    ]);
    const rounds = new SloRounds(backend.store);
    await rounds.round([ordinary], NOW);
    expect(await rounds.verdict(ordinary)).toMatchObject({ period: { good: 14_340, total: 14_400 } });
    const hour = (await rounds.verdict(ordinary)).tiers.find(({ name }) => name === 'page-fast');
    expect(hour).toMatchObject({ badEvents: 60, totalEvents: 3_600, coverage: 1 });
  });

  test('the absence of all data ends when the first group comes', async () => {
    const project = newProject();
    const grouped = projectSlo(project, ratio(), { groupBy: { labels: ['tenant'], limit: 10 } });
    const rounds = new SloRounds(backend.store);
    const spoken = async (horizon: number, isMember = true) =>
      (await rounds.round([grouped], horizon, { isMember: () => isMember }))
        .filter(({ kind, member }) => kind === 'NoData' && member === 'SLO/slo/no-data')
        .map(({ condition }) => condition);
    expect(await spoken(NOW)).toEqual(['ok']);
    expect(await spoken(NOW + 9 * MINUTE)).toEqual(['ok']);
    expect(await spoken(NOW + 10 * MINUTE)).toEqual(['firing']);
    const series = metricSeries({ metricName: 'requests', attributes: { tenant: 'a' } });
    await send(project, [{ series, at: NOW + 10 * MINUTE + SECOND, value: 1 }]);
    expect(await spoken(NOW + 10 * MINUTE + 10 * SECOND)).toEqual(['ok']);
    // A member leaves when it has been ok for a while: to say so once is not enough.
    expect(await spoken(NOW + 10 * MINUTE + 20 * SECOND)).toEqual(['ok']);
    expect(await spoken(NOW + 10 * MINUTE + 30 * SECOND, false)).toEqual([]);
    expect(await rounds.verdict(grouped, 'tenant="a"')).toMatchObject({ state: 'ok' });
  });

  test('what a window leaves behind is not taken out of it twice when it was corrected', async () => {
    const project = newProject();
    const begin = NOW - HOUR;
    await send(project, steady('requests', begin, begin + MINUTE, 100));
    await backend.store.corrections.create(project, {
      ...{ id: 'a', slos: [], category: 'deployment', effect: 'remove', rrule: '', timeZone: 'UTC' },
      ...{ reason: 'A load test.', actor: 'ops', createdAt: NOW, withdrawnAt: null },
      ...{ from: begin, to: begin + 20 * MINUTE },
    });
    const ordinary = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    for (const after of [0, 10, 30, 60, 90]) {
      await rounds.round([ordinary], NOW + after * SECOND);
      expect(rounds.errors).toEqual([]);
    }
    expect((await rounds.verdict(ordinary)).tiers).toMatchObject([{ totalEvents: 0 }, {}, {}, {}, {}]);
  });

  test.each([7, 15, 25])('a process that stood still for %i minutes catches up exactly', async (minutes) => {
    const project = newProject();
    const before = NOW - minutes * MINUTE;
    // Twice as much in the slices that a window passes over without ever ending in them.
    await send(project, [
      ...steady('requests', before - HOUR, before),
      ...steady('requests', before - HOUR, before),
    ]);
    const ordinary = projectSlo(project, ratio());
    const rounds = new SloRounds(backend.store);
    await rounds.round([ordinary], before);
    await send(project, steady('requests', before, NOW, 7));
    await rounds.round([ordinary], NOW);
    expect(rounds.errors).toEqual([]);
    const { period, tiers } = await rounds.verdict(ordinary);
    expect(period).toMatchObject({ total: 7_200 + minutes * 42 });
    expect(tiers[0]).toMatchObject({ name: 'page-fast', totalEvents: (60 - minutes) * 120 + minutes * 42 });
  });
});
