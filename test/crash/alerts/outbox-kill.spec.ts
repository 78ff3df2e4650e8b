import { expect, test } from '@jest/globals';
import { runOutboxKill } from './outbox-kill.js';

test.each(['in-process', 'bull'] as const)(
  'killed ten times at steps of alerting with the queue %s, nothing is lost and nothing opens twice',
  async (queue) => {
    const report = await runOutboxKill({ queue, runs: 10, seed: 20_261_128 });
    // The texts first: a failure then says what happened in which run.
    expect([...report.lost, ...report.duplicates]).toEqual([]);
    expect(report.killed).toBeGreaterThanOrEqual(9);
    expect(report.steps).toBeGreaterThan(200);
  },
  240_000,
);
