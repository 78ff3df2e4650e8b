import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { floorTime } from '@tidewatch/core';
import type { SloDefinition } from '@tidewatch/slo';
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

/** Faults of data and rules are the same on both engines. */
const [embedded] = STORE_BACKENDS;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await embedded!.open();
}, 60_000);
afterAll(() => backend.close());

const send = (project: string, numbers: readonly NumberSample[]) =>
  storeMetrics(backend.store, project, metricBatch(numbers));

describe('what history says against an SLO', () => {
  /** Hours of slices as they would have been counted, and the points of the last two of them. */
  async function history(ordinary: SloDefinition, days: number, good: number, total: number): Promise<void> {
    const project = ordinary.labels['project'] ?? '';
    const to = floorTime(NOW, HOUR);
    const [key = ''] = sliceKeysOf(ordinary);
    const rows = Array.from({ length: days * 24 }, (_, index) => ({
      ...{ slo: key, group: '', resolution: 3_600_000 as const, start: to - (index + 1) * HOUR },
      ...{ good, total },
    }));
    await backend.store.sloSlices.write(project, rows, NOW);
    if (total > 0) {
      const every = (events: number) => Math.round(HOUR / events);
      const times = [to - 2 * HOUR, NOW] as const;
      await send(project, [
        ...steady('requests', ...times, 1, every(total)),
        ...(good === total
          ? [{ series: metricSeries({ metricName: 'errors' }), at: NOW, value: 0 }]
          : steady('errors', ...times, 1, every(total - good))),
      ]);
    }
  }

  async function healthOf(ordinary: SloDefinition): Promise<{ code: string; message: string }[]> {
    const rounds = new SloRounds(backend.store);
    await rounds.round([ordinary], NOW);
    await rounds.round([ordinary], NOW + 10 * SECOND);
    return [...(await rounds.verdict(ordinary)).health];
  }

  test('not one bad event in 90 days', async () => {
    const ordinary = projectSlo(newProject(), ratio());
    await history(ordinary, 92, 360, 360);
    expect(await healthOf(ordinary)).toEqual([
      { code: 'never-burned', message: expect.stringContaining('not one bad event in 90 days') },
    ]);
    const young = projectSlo(newProject(), ratio());
    await history(young, 80, 360, 360);
    expect(await healthOf(young)).toEqual([]);
  });

  test('the same share of bad events in each hour of a day', async () => {
    const ordinary = projectSlo(newProject(), ratio());
    await history(ordinary, 31, 540, 600);
    expect(await healthOf(ordinary)).toEqual([
      { code: 'constant-burn', message: expect.stringMatching(/^10\.0 % of the events were bad in each/) },
    ]);
  });

  test('no events for hours, where there were some', async () => {
    const project = newProject();
    const ordinary = projectSlo(project, ratio());
    const [key = ''] = sliceKeysOf(ordinary);
    const to = floorTime(NOW, HOUR) - 8 * HOUR;
    const rows = Array.from({ length: 31 * 24 }, (_, index) => ({
      ...{ slo: key, group: '', resolution: 3_600_000 as const, start: to - (index + 1) * HOUR },
      ...{ good: index > 2 ? 10 : 0, total: index > 2 ? 10 : 0 },
    }));
    await backend.store.sloSlices.write(project, rows, NOW);
    expect(await healthOf(ordinary)).toEqual([
      { code: 'no-series', message: expect.stringMatching(/^no series of requests matches/) },
      { code: 'series-vanished', message: expect.stringMatching(/^no events for 11h, although/) },
    ]);
  });

  test('time slices shorter than the interval in which data is reported', async () => {
    const project = newProject();
    await send(project, steady('requests', NOW - 2 * HOUR, NOW + 10 * SECOND, 5, 30 * SECOND));
    const sliced = (sliceMs: number): SloDefinition =>
      projectSlo(project, ratio(), {
        name: `every-${sliceMs}`,
        budgeting: { method: 'Timeslices', sliceMs, sliceTarget: 0.9, emptySlices: 'ignore' },
      });
    const short = (await healthOf(sliced(10 * SECOND))).find(({ code }) => code === 'slice-too-short');
    expect(short?.message).toMatch(
      /^only 1(1[89]|2[01]) of 360 time slices of the last hour hold data.*timeSliceWindow/,
    );
    expect((await healthOf(sliced(30 * SECOND))).map(({ code }) => code)).not.toContain('slice-too-short');
  });
});
