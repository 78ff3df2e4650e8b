import { expect, test } from '@jest/globals';
import type { NotificationEventRow, NotificationsRepository } from '@tidewatch/store';
import { pino } from 'pino';
import { AttemptLog } from './attempt-log.js';

function row(intentId: string): NotificationEventRow {
  return {
    project: 'default',
    intentId,
    attempt: 1,
    incidentId: 'i',
    sequence: 1,
    receiver: 'hook',
    channel: 'webhook',
    action: 'trigger',
    at: 0,
    outcome: 'delivered',
    reason: '',
    httpStatus: 200,
    latencyMs: 1,
    nextAttemptAt: 0,
    ref: '',
    why: 'opened',
    severity: 'page',
    dueAt: 0,
    destination: '',
  };
}

/** A store whose calls end when the test says so, and how. */
function heldStore(): {
  readonly store: { readonly notifications: NotificationsRepository };
  readonly stored: string[];
  readonly calls: ((works: boolean) => void)[];
} {
  const stored: string[] = [];
  const calls: ((works: boolean) => void)[] = [];
  const append: NotificationsRepository['append'] = (_project, rows) =>
    new Promise((resolve, reject) => {
      calls.push((works) => {
        if (works) {
          stored.push(...rows.map(({ intentId }) => intentId));
          resolve();
        } else {
          reject(new Error('away'));
        }
      });
    });
  return { store: { notifications: { append } as NotificationsRepository }, stored, calls };
}

const turn = (): Promise<void> => new Promise(setImmediate);

test('what is kept while kept rows are being stored is not lost', async () => {
  const { store, stored, calls } = heldStore();
  const log = new AttemptLog(store, pino({ level: 'silent' }));
  const first = log.add([row('a')]);
  await turn();
  calls.shift()?.(false);
  await first;
  expect([...log.unstoredIntents]).toEqual(['a']);

  // Two ask for the same at once, and a third row comes whose own storing fails.
  const twice = Promise.all([log.retry(), log.retry()]);
  const third = log.add([row('b')]);
  await turn();
  expect(calls).toHaveLength(1);
  calls.shift()?.(true);
  await twice;
  await turn();
  calls.shift()?.(false);
  await third;
  expect(stored).toEqual(['a']);
  expect([...log.unstoredIntents]).toEqual(['b']);

  const last = log.retry();
  await turn();
  calls.shift()?.(true);
  await last;
  expect(stored).toEqual(['a', 'b']);
  expect(log.unstoredIntents.size).toBe(0);
});
