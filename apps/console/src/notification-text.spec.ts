import { expect, test } from '@jest/globals';
import type { IncidentNotification } from './api.js';
import { notificationText } from './notification-text.js';

const base: IncidentNotification = {
  receiver: 'sre-pager',
  channel: 'pagerduty',
  action: 'trigger',
  outcome: 'delivered',
  at: 0,
  attempts: 1,
  reason: '',
};

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
