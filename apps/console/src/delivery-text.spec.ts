import { expect, test } from '@jest/globals';
import type { ActionView } from './alerting-view.js';
import {
  actionTitle,
  driverText,
  goalText,
  heartbeatLines,
  heartbeatText,
  heldText,
  leaseText,
  queueText,
  receiverText,
  waitingActions,
  windowName,
  windowText,
} from './delivery-text.js';

test('stretches of time have names', () => {
  expect(['1h', '24h', '28d', '7d'].map(windowName)).toEqual([
    'Last hour',
    'Last 24 hours',
    'Last 28 days',
    'Last 7d',
  ]);
});

test.each([
  [0, 0, { share: 'no pages', detail: 'none was due', tone: 'muted' }],
  [31, 31, { share: '100%', detail: 'all 31 pages in time', tone: 'ok' }],
  [1, 1, { share: '100%', detail: 'all 1 page in time', tone: 'ok' }],
  [2_000, 1_999, { share: '99.95%', detail: '1 of 2,000 pages late', tone: 'ok' }],
  [100, 99, { share: '99%', detail: '1 of 100 pages late', tone: 'critical' }],
])('of %p pages %p in time read %o', (pages, pagesOnTime, text) => {
  expect(windowText({ pages, pagesOnTime }, 0.999)).toEqual(text);
});

test('goal, queue and lease in words', () => {
  expect(goalText({ objective: 0.999, withinMs: 30_000, windows: [] })).toBe(
    '99.9% of pages are attempted within 30 s of being due',
  );
  const queue = (waiting: number | null, active: number | null) =>
    queueText({ queue: { driver: 'memory', waiting, active } });
  expect(queue(0, 0)).toBe('nothing waits');
  expect(queue(1, 0)).toBe('1 message waits');
  expect(queue(2, 1)).toBe('2 messages wait, 1 on the way');
  expect(queue(null, null)).toBe('it does not answer');
  expect([driverText('bull'), driverText('memory')]).toEqual(['in Redis', 'in this process']);
  expect(leaseText({ lease: { held: true, epoch: 3 } })).toBe('this server');
  // Whether anybody else has it is not known here.
  expect(leaseText({ lease: { held: false, epoch: null } })).toBe('not this server');
  expect(leaseText({ lease: null })).toBe('not this server');
});

test('a receiver says what became of its messages', () => {
  const window = {
    ...{ window: '28d', pages: 3, pagesOnTime: 3, p50Ms: 12, p99Ms: 240 },
    ...{ messages: 5, delivered: 5, deadLetters: 0, pending: 0 },
  };
  expect(receiverText(window)).toEqual({
    text: '5 of 5 messages delivered, attempted in 12 ms, p99 240 ms',
    tone: 'ok',
  });
  expect(receiverText({ ...window, delivered: 3, deadLetters: 1, pending: 1, p50Ms: null })).toEqual({
    text: '3 of 5 messages delivered, 1 on the way, 1 given up',
    tone: 'critical',
  });
});

test.each([
  [{}, 'every 1 min, none sent yet', 'muted'],
  [{ lastSuccessAt: 990_000 }, 'every 1 min, the last 10 s ago', 'ok'],
  [{ lastSuccessAt: 1_000 }, 'every 1 min, the last 16 min ago', 'warning'],
  [
    { lastSuccessAt: 1_000, lastFailureAt: 999_000, lastFailure: 'it answered 500' },
    'failed just now: it answered 500',
    'critical',
  ],
  [{ heldBack: 'nothing is evaluated' }, 'held back: nothing is evaluated', 'critical'],
])('a heartbeat %o reads %p', (part, text, tone) => {
  const heartbeat = {
    ...{
      name: 'switch',
      everyMs: 60_000,
      lastSuccessAt: null,
      lastFailureAt: null,
      lastFailure: '',
      heldBack: '',
    },
    ...part,
  };
  expect(heartbeatText(heartbeat, 1_000_000)).toEqual({ text, tone });
});

test('a server without the lease names the heartbeats that it does not send', () => {
  const own = {
    ...{ name: 'switch', everyMs: 60_000, lastSuccessAt: 990_000, lastFailureAt: null },
    ...{ lastFailure: '', heldBack: '' },
  };
  const sent = { name: 'switch', text: 'every 1 min, the last 10 s ago', tone: 'ok' };
  expect(heartbeatLines({ heartbeats: [own], heartbeatsElsewhere: [] }, 1_000_000)).toEqual([sent]);
  expect(heartbeatLines({ heartbeats: [], heartbeatsElsewhere: ['switch', 'second'] }, 1_000_000)).toEqual([
    { name: 'switch', text: 'sent by the server that holds the lease', tone: 'muted' },
    { name: 'second', text: 'sent by the server that holds the lease', tone: 'muted' },
  ]);
  // A server of the version before says nothing of them.
  expect(heartbeatLines({ heartbeats: [] }, 1_000_000)).toEqual([]);
});

test('a suppression says how much it holds back', () => {
  const quiet = { kind: 'silence' as const, id: 's', reason: '', until: 0 };
  const rest = { matchers: '', comment: '', createdBy: '', members: [] };
  expect(heldText({ ...quiet, ...rest, held: 0 })).toBe('holds back nothing now');
  expect(heldText({ ...quiet, ...rest, held: 3 })).toBe('holds back 3 rules');
});

test('actions that need an approval wait for it, the oldest first', () => {
  const action = (id: string, part: Partial<ActionView> = {}): ActionView => ({
    ...{
      id,
      status: 'requested',
      action: 'rollback',
      receiver: 'hook',
      incidentId: 'i',
      service: 'ranker-api',
    },
    ...{ region: 'eu-1', model: '', dryRun: false, needsApproval: true, requestedAt: 1, body: null },
    ...part,
  });
  const actions = [
    action('new', { requestedAt: 2 }),
    action('old'),
    action('sent', { status: 'sent' }),
    action('at-once', { needsApproval: false }),
  ];
  expect(waitingActions(actions).map(({ id }) => id)).toEqual(['old', 'new']);
  expect(actionTitle(action('a'))).toBe('Rollback of ranker-api, eu-1');
  expect(actionTitle(action('a', { service: '', region: '', model: 'ranker', dryRun: true }))).toBe(
    'Rollback of model ranker (dry run)',
  );
});
