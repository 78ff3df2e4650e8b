import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncidentEventRow, NotificationEventRow } from '@tidewatch/store';
import { STORE_BACKENDS, type OpenBackend } from '../harness/store-backends.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
const QUERY = { now: NOW, windowsMs: [HOUR, DAY, 28 * DAY], withinMs: 30_000 };

/** A message as it is stored with its change, and what became of it. */
interface Message {
  readonly id: string;
  /** How long ago it was due, ms. */
  readonly dueAgo: number;
  /** How long before it was due the incident changed, ms. */
  readonly waited?: number;
  readonly receiver?: string;
  readonly severity?: string;
  readonly action?: string;
  /** Outcome, time after it was due, and channel of each attempt. */
  readonly attempts?: readonly (readonly [outcome: string, afterMs: number, channel?: string])[];
}

function eventRow(incidentId: string, messages: readonly Message[], epoch = 1): IncidentEventRow {
  const [first] = messages;
  return {
    ...{ project: '', incidentId, sequence: 1, epoch, kind: 'opened', status: 'open', severity: 'page' },
    at: NOW - first!.dueAgo - (first!.waited ?? 0),
    ...{
      service: 's',
      region: 'r',
      model: 'm',
      generation: 1,
      summary: '',
      member: '',
      actor: '',
      detail: '',
    },
    state: '{}',
    intents: JSON.stringify(
      messages.map(({ id, dueAgo, receiver = 'pager', severity = 'page', action = 'trigger' }) => ({
        ...{ id, receiver, severity, action, notBefore: NOW - dueAgo },
      })),
    ),
  };
}

function attemptRows({ id, dueAgo, receiver = 'pager', attempts = [] }: Message): NotificationEventRow[] {
  return attempts.map(([outcome, afterMs, channel = 'pagerduty'], index) => ({
    ...{ project: '', intentId: id, attempt: index + 1, incidentId: id, sequence: 1, receiver, channel },
    ...{ action: 'trigger', at: NOW - dueAgo + afterMs, outcome, reason: '', httpStatus: 0, latencyMs: 1 },
    ...{ nextAttemptAt: NOW, ref: '', why: 'opened', severity: 'page', dueAt: NOW - dueAgo, destination: '' },
  }));
}

describe.each(STORE_BACKENDS)('delivery figures on the $name engine', ({ open }) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  }, 60_000);
  afterAll(() => backend.close());

  const seed = async (project: string, messages: readonly Message[]): Promise<void> => {
    const { incidents, notifications } = backend.store;
    await incidents.append(
      project,
      messages.map((message) => eventRow(message.id, [message])),
    );
    await notifications.append(project, messages.flatMap(attemptRows));
  };
  const figures = (project: string) => backend.store.deliveryFigures.over(project, QUERY);
  const overall = async (project: string) =>
    (await figures(project)).filter(({ receiver }) => receiver === '');

  test('nothing was due: no figures', async () => {
    expect(await figures('empty')).toEqual([]);
  });

  test('counts and times of three windows, of each receiver and of all', async () => {
    await seed('all', [
      // The last hour: 100 ms, 1 s and 40 s after they were due, and one that was never attempted.
      { id: 'a', dueAgo: 10 * MINUTE, attempts: [['delivered', 100]] },
      {
        id: 'b',
        dueAgo: 20 * MINUTE,
        attempts: [
          ['retry', 1_000],
          ['delivered', 31_000],
        ],
      },
      { id: 'c', dueAgo: 30 * MINUTE, attempts: [['delivered', 40_000]], receiver: 'backup' },
      { id: 'd', dueAgo: 40 * MINUTE, receiver: 'backup' },
      // The last day.
      {
        id: 'e',
        dueAgo: 5 * HOUR,
        attempts: [
          ['retry', 2_000],
          ['rejected', HOUR],
        ],
      },
      // The last 28 days.
      { id: 'f', dueAgo: 20 * DAY, attempts: [['delivered', 30_000]] },
      // Before.
      { id: 'g', dueAgo: 29 * DAY, attempts: [['delivered', 90_000]] },
    ]);
    const none = { rejected: 0, delivered: 0 };
    expect(await figures('all')).toEqual([
      // 100, 1,000, 40,000 and 2,400,000 ms: two of four in time.
      {
        ...{ windowMs: HOUR, receiver: '', pages: 4, pagesOnTime: 2, worstMs: 40 * MINUTE, p50Ms: 40_000 },
        ...{ p99Ms: 40 * MINUTE, messages: 4, delivered: 3, rejected: 0 },
      },
      {
        ...{ windowMs: HOUR, receiver: 'backup', pages: 2, pagesOnTime: 0, worstMs: 40 * MINUTE },
        ...{ p50Ms: 40 * MINUTE, p99Ms: 40 * MINUTE, messages: 2, ...none, delivered: 1 },
      },
      {
        ...{ windowMs: HOUR, receiver: 'pager', pages: 2, pagesOnTime: 2, worstMs: 1_000, p50Ms: 1_000 },
        ...{ p99Ms: 1_000, messages: 2, ...none, delivered: 2 },
      },
      // And 2,000 ms.
      {
        ...{ windowMs: DAY, receiver: '', pages: 5, pagesOnTime: 3, worstMs: 40 * MINUTE, p50Ms: 2_000 },
        ...{ p99Ms: 40 * MINUTE, messages: 5, delivered: 3, rejected: 1 },
      },
      {
        ...{ windowMs: DAY, receiver: 'backup', pages: 2, pagesOnTime: 0, worstMs: 40 * MINUTE },
        ...{ p50Ms: 40 * MINUTE, p99Ms: 40 * MINUTE, messages: 2, ...none, delivered: 1 },
      },
      {
        ...{ windowMs: DAY, receiver: 'pager', pages: 3, pagesOnTime: 3, worstMs: 2_000, p50Ms: 1_000 },
        ...{ p99Ms: 2_000, messages: 3, delivered: 2, rejected: 1 },
      },
      // And 30,000 ms, which is just in time.
      {
        ...{
          windowMs: 28 * DAY,
          receiver: '',
          pages: 6,
          pagesOnTime: 4,
          worstMs: 40 * MINUTE,
          p50Ms: 30_000,
        },
        ...{ p99Ms: 40 * MINUTE, messages: 6, delivered: 4, rejected: 1 },
      },
      {
        ...{ windowMs: 28 * DAY, receiver: 'backup', pages: 2, pagesOnTime: 0, worstMs: 40 * MINUTE },
        ...{ p50Ms: 40 * MINUTE, p99Ms: 40 * MINUTE, messages: 2, ...none, delivered: 1 },
      },
      {
        ...{ windowMs: 28 * DAY, receiver: 'pager', pages: 4, pagesOnTime: 4, worstMs: 30_000, p50Ms: 2_000 },
        ...{ p99Ms: 30_000, messages: 4, delivered: 3, rejected: 1 },
      },
    ]);
    expect(await figures('other')).toEqual([]);
  });

  test.each<[string, Message, { pages: number; onTime: number; messages: number; worstMs: number | null }]>([
    [
      'a ticket is no page',
      { id: 'ticket', dueAgo: MINUTE, severity: 'ticket', attempts: [['delivered', 50_000]] },
      { pages: 0, onTime: 0, messages: 1, worstMs: null },
    ],
    [
      'nor is the end of one',
      { id: 'resolve', dueAgo: MINUTE, action: 'resolve', attempts: [['delivered', 1]] },
      { pages: 0, onTime: 0, messages: 1, worstMs: null },
    ],
    [
      'an update is',
      { id: 'update', dueAgo: MINUTE, action: 'update', attempts: [['delivered', 7]] },
      { pages: 1, onTime: 1, messages: 1, worstMs: 7 },
    ],
    [
      'one that is due only now cannot be judged yet',
      { id: 'fresh', dueAgo: 20_000 },
      { pages: 0, onTime: 0, messages: 1, worstMs: null },
    ],
    [
      'one that is not due yet is none',
      { id: 'future', dueAgo: -MINUTE, waited: 2 * MINUTE },
      { pages: 0, onTime: 0, messages: 0, worstMs: null },
    ],
    [
      'the time before it was due does not count',
      { id: 'waited', dueAgo: 10 * MINUTE, waited: 5 * MINUTE, attempts: [['delivered', 300]] },
      { pages: 1, onTime: 1, messages: 1, worstMs: 300 },
    ],
    [
      'one that was overtaken in time is none',
      { id: 'overtaken', dueAgo: 10 * MINUTE, attempts: [['superseded', 5_000, '']] },
      { pages: 0, onTime: 0, messages: 0, worstMs: null },
    ],
    [
      'one that was overtaken only when it was late was not attempted in time',
      { id: 'late', dueAgo: 10 * MINUTE, attempts: [['superseded', 40_000, '']] },
      { pages: 1, onTime: 0, messages: 1, worstMs: 10 * MINUTE },
    ],
    [
      'one that was tried and then overtaken was attempted',
      {
        id: 'tried',
        dueAgo: 10 * MINUTE,
        attempts: [
          ['retry', 200],
          ['superseded', 20_000, ''],
        ],
      },
      { pages: 1, onTime: 1, messages: 1, worstMs: 200 },
    ],
    [
      'an attempt at nobody is none',
      {
        id: 'nobody',
        dueAgo: 10 * MINUTE,
        attempts: [
          ['retry', 100, ''],
          ['delivered', 60_000],
        ],
      },
      { pages: 1, onTime: 0, messages: 1, worstMs: 60_000 },
    ],
    [
      'an attempt that the process did not survive is one',
      { id: 'started', dueAgo: 10 * MINUTE, attempts: [['started', 100, '']] },
      { pages: 1, onTime: 1, messages: 1, worstMs: 100 },
    ],
    [
      'one that was sent again by hand is not late for it',
      {
        id: 'replayed',
        dueAgo: 50 * MINUTE,
        attempts: [
          ['rejected', 100],
          ['replayed', 40 * MINUTE, ''],
        ],
      },
      { pages: 1, onTime: 1, messages: 1, worstMs: 100 },
    ],
  ])('%s', async (_name, message, { pages, onTime, messages, worstMs }) => {
    await seed(message.id, [message]);
    const [hour] = await overall(message.id);
    expect({
      ...{ pages: hour?.pages ?? 0, onTime: hour?.pagesOnTime ?? 0 },
      ...{ messages: hour?.messages ?? 0, worstMs: hour?.worstMs ?? null },
    }).toEqual({ pages, onTime, messages, worstMs });
  });

  test('what a writer without the lease stored does not count', async () => {
    const { incidents } = backend.store;
    const message = (id: string): Message => ({ id, dueAgo: MINUTE });
    await incidents.append('fenced', [eventRow('i', [message('new'), message('new too')], 2)]);
    await incidents.append('fenced', [eventRow('i', [message('old')], 1)]);
    expect((await overall('fenced'))[0]).toMatchObject({ pages: 2, messages: 2 });
  });
});
