import { describe, expect, test } from '@jest/globals';
import type { DeliveryFigures } from '@tidewatch/store';
import { DeliveryHealth } from './delivery-health.js';

const HOUR = 3_600_000;
const NOW = 1_790_000_000_000;

function figures(changes: Partial<DeliveryFigures>): DeliveryFigures {
  return {
    ...{ windowMs: HOUR, receiver: '', pages: 0, pagesOnTime: 0, worstMs: null, p50Ms: null, p99Ms: null },
    ...{ messages: 0, delivered: 0, rejected: 0, ...changes },
  };
}

describe('the report on delivery', () => {
  test('says how pages and messages fared in each window, overall and by receiver', async () => {
    const pages = { pages: 2_000, pagesOnTime: 1_999, worstMs: 40_000, p50Ms: 80, p99Ms: 900 };
    const rows = [
      figures({ ...pages, messages: 3_000, delivered: 2_970, rejected: 20 }),
      figures({ windowMs: 28 * 24 * HOUR, receiver: 'pager', messages: 4, delivered: 0, rejected: 0 }),
    ];
    const asked: unknown[] = [];
    const health = new DeliveryHealth(
      {
        over: async (project, query) => {
          asked.push([project, query]);
          return rows;
        },
      },
      () => NOW,
    );
    const { slo, receivers } = await health.report('default');
    expect(asked).toEqual([
      ['default', { now: NOW, windowsMs: [HOUR, 24 * HOUR, 28 * 24 * HOUR], withinMs: 30_000 }],
    ]);
    expect([slo.objective, slo.withinMs]).toEqual([0.999, 30_000]);
    expect(slo.windows.map(({ window }) => window)).toEqual(['1h', '24h', '28d']);
    expect(slo.windows[0]).toEqual({
      ...{ window: '1h', ...pages, onTimeShare: 0.9995, burn: expect.closeTo(0.5, 6) },
      ...{ messages: 3_000, delivered: 2_970, deadLetters: 20, pending: 10 },
      deliveredShare: 2_970 / 2_990,
    });
    const nothing = {
      ...{ pages: 0, pagesOnTime: 0, onTimeShare: null, burn: null, worstMs: null, p50Ms: null, p99Ms: null },
      ...{ messages: 0, delivered: 0, deadLetters: 0, pending: 0, deliveredShare: null },
    };
    expect(slo.windows[1]).toEqual({ ...nothing, window: '24h' });
    expect(receivers).toEqual([
      {
        receiver: 'pager',
        windows: [
          { ...nothing, window: '1h' },
          { ...nothing, window: '24h' },
          { ...nothing, window: '28d', messages: 4, pending: 4 },
        ],
      },
    ]);
  });

  test('is read once in 30 s for each project, and again after a failure', async () => {
    let time = NOW;
    let fail = false;
    const asked: string[] = [];
    const health = new DeliveryHealth(
      {
        over: async (project) => {
          asked.push(project);
          if (fail) {
            throw new Error('away');
          }
          return [];
        },
      },
      () => time,
    );
    await Promise.all([health.report('a'), health.report('a'), health.report('b')]);
    time += 29_999;
    await health.report('a');
    expect(asked).toEqual(['a', 'b']);
    time += 1;
    fail = true;
    await expect(health.report('a')).rejects.toThrow('away');
    fail = false;
    await health.report('a');
    expect(asked).toEqual(['a', 'b', 'a', 'a']);
  });
});
