import { describe, expect, test } from '@jest/globals';
import { MINUTE, Replay, START } from '../fixtures/signals.js';
import type { AlertPolicy } from './policy.js';
import type { Signal, SignalCondition } from './signal.js';

const MEMBERS: Readonly<Record<string, Partial<Signal>>> = {
  page: { tier: 'page-fast', severity: 'page' },
  slow: { tier: 'page-slow', severity: 'page' },
  ticket: { tier: 'ticket-slow', severity: 'ticket' },
  // One member that says one or the other.
  high: { member: 'MetricMonitor/errors', tier: '', severity: 'page' },
  low: { member: 'MetricMonitor/errors', tier: '', severity: 'ticket' },
};
const HOLD: Partial<AlertPolicy> = { holdMs: 2 * MINUTE, keepFiringMs: 5 * MINUTE };
const NO_HOLD: Partial<AlertPolicy> = { holdMs: 0, keepFiringMs: 5 * MINUTE };

/** Each row: signals as `minute condition [member]`, what each change was and sent, and the status at the end. */
const TRANSITIONS: [
  name: string,
  policy: Partial<AlertPolicy>,
  signals: string,
  story: string,
  status: string,
][] = [
  ['nothing -> nothing: ok', NO_HOLD, '0 ok', '', 'nothing'],
  ['nothing -> nothing: unknown', NO_HOLD, '0 unknown', '', 'nothing'],
  ['nothing -> open: trigger', NO_HOLD, '0 firing', 'opened trigger:pager', 'open'],
  ['nothing -> pending: silence', HOLD, '0 firing', '', 'pending'],
  ['pending -> open: trigger', HOLD, '0 firing | 1 firing | 2 firing', 'opened trigger:pager', 'open'],
  ['pending -> nothing: ok', HOLD, '0 firing | 1 ok', '', 'nothing'],
  ['pending -> pending: unknown does not complete the hold', HOLD, '0 firing | 3 unknown', '', 'pending'],
  [
    'pending -> open: firing after unknown',
    HOLD,
    '0 firing | 1 unknown | 2 firing',
    'opened trigger:pager',
    'open',
  ],
  ['pending starts over after ok', HOLD, '0 firing | 1 ok | 2 firing | 3 firing', '', 'pending'],
  ['open -> open: firing again says nothing', NO_HOLD, '0 firing | 1 firing', 'opened trigger:pager', 'open'],
  [
    'open -> open: ok, but not for long enough',
    NO_HOLD,
    '0 firing | 1 ok | 5 ok',
    'opened trigger:pager',
    'open',
  ],
  [
    'open -> resolved: ok for the keep-firing time',
    NO_HOLD,
    '0 firing | 1 ok | 6 ok',
    'opened trigger:pager, resolved resolve:pager',
    'resolved',
  ],
  [
    'open -> open: firing restarts the keep-firing time',
    NO_HOLD,
    '0 firing | 1 ok | 4 firing | 5 ok | 9 ok',
    'opened trigger:pager',
    'open',
  ],
  [
    'open -> open: unknown restarts the keep-firing time',
    NO_HOLD,
    '0 firing | 1 ok | 4 unknown | 5 ok | 9 ok',
    'opened trigger:pager',
    'open',
  ],
  [
    'open -> open: unknown for a day',
    NO_HOLD,
    '0 firing | 10 unknown | 1440 unknown',
    'opened trigger:pager',
    'open',
  ],
  [
    'open -> open: another member joins, and the page is brought up to date',
    NO_HOLD,
    '0 firing page | 1 firing slow',
    'opened trigger:pager, joined update:pager',
    'open',
  ],
  [
    'open -> open: one of two members leaves, and the page is brought up to date',
    NO_HOLD,
    '0 firing page | 1 firing slow | 2 ok page | 7 ok page',
    'opened trigger:pager, joined update:pager, left update:pager',
    'open',
  ],
  [
    'ticket -> page: escalates to the page route only',
    NO_HOLD,
    '0 firing ticket | 1 firing page',
    'opened trigger:tickets, escalated trigger:pager',
    'open',
  ],
  [
    'page -> page: a ticket joins, and opens nothing of its own',
    NO_HOLD,
    '0 firing page | 1 firing ticket',
    'opened trigger:pager, joined update:pager',
    'open',
  ],
  [
    'page -> ticket: the page is closed, and the ticket it held back is opened',
    NO_HOLD,
    '0 firing page | 0 firing ticket | 1 ok page | 6 ok page',
    'opened trigger:pager, joined update:pager, deescalated resolve:pager trigger:tickets',
    'open',
  ],
  [
    'page -> ticket -> page: the second page is heard',
    NO_HOLD,
    '0 firing page | 0 firing ticket | 1 ok page | 6 ok page | 7 firing page',
    'opened trigger:pager, joined update:pager, deescalated resolve:pager trigger:tickets, escalated trigger:pager',
    'open',
  ],
  [
    'page -> page: a member that says ticket in between is one page',
    NO_HOLD,
    '0 firing high | 1 firing low | 2 firing high | 3 firing low | 7 firing high | 8 firing low | 12 firing low',
    'opened trigger:pager',
    'open',
  ],
  [
    'page -> ticket: a member says less for the keep-firing time, without interruption',
    NO_HOLD,
    '0 firing high | 1 firing low | 5 firing low | 6 firing low | 7 firing low',
    'opened trigger:pager, deescalated resolve:pager trigger:tickets',
    'open',
  ],
  [
    'page -> ticket: ok says less than a page, too',
    NO_HOLD,
    '0 firing high | 1 ok low | 5 firing low | 6 firing low',
    'opened trigger:pager, deescalated resolve:pager trigger:tickets',
    'open',
  ],
  [
    'page -> page: unknown restarts the time to fall',
    NO_HOLD,
    '0 firing high | 1 firing low | 4 unknown low | 5 firing low | 9 firing low',
    'opened trigger:pager',
    'open',
  ],
  [
    'page -> page: a member becomes a page beside another, and falls again',
    NO_HOLD,
    '0 firing page | 1 firing low | 2 firing high | 3 firing high | 4 firing low | 9 firing low',
    'opened trigger:pager, joined update:pager, joined update:pager, left update:pager',
    'open',
  ],
  [
    'escalated -> resolved: closes both receivers',
    NO_HOLD,
    '0 firing ticket | 1 firing page | 2 ok page | 7 ok page | 8 ok ticket | 13 ok ticket',
    'opened trigger:tickets, escalated trigger:pager, notified update:tickets, deescalated resolve:pager, notified update:tickets, resolved resolve:tickets',
    'resolved',
  ],
  [
    'resolved -> resolved: ok and unknown',
    NO_HOLD,
    '0 firing | 1 ok | 6 ok | 7 ok | 8 unknown',
    'opened trigger:pager, resolved resolve:pager',
    'resolved',
  ],
  [
    'resolved -> open: fires again within 15 minutes',
    NO_HOLD,
    '0 firing | 1 ok | 6 ok | 21 firing',
    'opened trigger:pager, resolved resolve:pager, reopened trigger:pager',
    'open',
  ],
  [
    'resolved -> a new incident: fires again later',
    NO_HOLD,
    '0 firing | 1 ok | 6 ok | 22 firing',
    'opened trigger:pager, resolved resolve:pager, opened trigger:pager',
    'open',
  ],
  [
    'resolved -> resolved: a hold has to pass again',
    HOLD,
    '0 firing | 2 firing | 3 ok | 8 ok | 9 firing',
    'opened trigger:pager, resolved resolve:pager',
    'resolved',
  ],
  [
    'resolved -> resolved: a hold is broken off',
    HOLD,
    '0 firing | 2 firing | 3 ok | 8 ok | 9 firing | 10 ok | 12 firing',
    'opened trigger:pager, resolved resolve:pager',
    'resolved',
  ],
];

describe('transitions of an incident', () => {
  test.each(TRANSITIONS)('%s', (_name, policy, signals, story, status) => {
    const replay = new Replay(undefined, policy);
    for (const [minute, condition, member = 'page'] of signals.split(' | ').map((text) => text.split(' '))) {
      replay.feed(START + Number(minute) * MINUTE, {
        ...MEMBERS[member],
        condition: condition as SignalCondition,
      });
    }
    expect(replay.story.join(', ')).toBe(story);
    expect(replay.state?.status ?? 'nothing').toBe(status);
  });
});
