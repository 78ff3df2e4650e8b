import { expect, test } from '@jest/globals';
import type { IncidentNotification } from './incident-view.js';
import { byReceiver, deliveryTime, mostTelling, notificationText, whyText } from './notification-text.js';
import { sampleNotification } from './sample-views.js';

const base = sampleNotification('sre-pager');

test.each<[string, Partial<IncidentNotification>, string, string, string]>([
  ['delivered at the first attempt', {}, 'Delivered to', '12 s ago', ''],
  ['delivered later', { attempts: 3, reason: 'was 503' }, 'Delivered to', '12 s ago, attempt 3', ''],
  ['a resolution', { action: 'resolve' }, 'Resolution delivered to', '12 s ago', ''],
  [
    'a retry',
    { outcome: 'retry', attempts: 2, reason: '503' },
    'Retrying',
    'attempt 2 failed 12 s ago',
    '503',
  ],
  ['a refusal', { outcome: 'rejected', reason: '410' }, 'Refused by', '12 s ago', '410'],
  ['an update', { action: 'update' }, 'Update delivered to', '12 s ago', ''],
  ['one that was merged', { outcome: 'superseded' }, 'Merged into a newer message to', '12 s ago', ''],
  ['a replay', { outcome: 'replayed', reason: 'by ada' }, 'To be sent again to', '12 s ago', 'by ada'],
  ['still waiting', { outcome: 'pending', at: null, attempts: 0 }, 'Waiting to reach', '', ''],
])('%s', (_name, part, verb, when, reason) => {
  expect(notificationText({ ...base, ...part }, 12_000)).toEqual({
    verb,
    receiver: 'sre-pager',
    channel: 'PagerDuty',
    when,
    reason,
  });
});

test('a message says why it was sent and how long it took from when it was due', () => {
  expect(whyText('escalated')).toBe('because it became a page');
  expect(whyText('something-new')).toBe('because something-new');
  expect(deliveryTime({ dueAt: 1_000, deliveredAt: 1_210.4 })).toBe('in 210 ms');
  expect(deliveryTime({ dueAt: 1_000, deliveredAt: null })).toBe('');
});

test('messages are grouped by receiver, the newest first', () => {
  const messages = [
    sampleNotification('pager', { id: '1' }),
    sampleNotification('chat', { id: '2' }),
    sampleNotification('pager', { id: '3', action: 'update' }),
  ];
  expect(
    byReceiver(messages).map(({ receiver, messages: of }) => [receiver, of.map(({ id }) => id)]),
  ).toEqual([
    ['pager', ['3', '1']],
    ['chat', ['2']],
  ]);
});

test('where there is room for one line, a merged message gives way and a refused one stays', () => {
  const messages = [
    sampleNotification('pager', { id: '1' }),
    sampleNotification('pager', { id: '2', action: 'update' }),
    sampleNotification('pager', { id: '3', action: 'update', outcome: 'superseded' }),
    sampleNotification('chat', { id: '4', outcome: 'rejected' }),
    sampleNotification('chat', { id: '5', action: 'update', outcome: 'delivered' }),
  ];
  expect(mostTelling(messages).map(({ id }) => id)).toEqual(['2', '5', '4']);
});
