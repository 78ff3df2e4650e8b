import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const ID = 'ab12cd34ef56'.padEnd(64, '0');
const OPENED = Date.UTC(2026, 10, 22, 10);
const START = {
  incidentId: ID,
  receivers: [
    {
      receiver: 'sre-pager',
      path: 'routes[0]',
      groupWaitMs: 0,
      explanation: ['routes[0] matches severity=page: to sre-pager'],
    },
  ],
  endsBy: OPENED + 600_000,
};
const message = (action: string, part: object = {}) => ({
  id: `${ID}:1:sre-pager`,
  receiver: 'sre-pager',
  channel: 'pagerduty',
  action,
  outcome: 'delivered',
  at: OPENED + 40,
  attempts: 1,
  reason: '',
  explanation: ['routes[0] matches severity=page: to sre-pager'],
  dueAt: OPENED,
  deliveredAt: OPENED + 210,
  ...part,
});
const answer = (status: string, ...notifications: object[]) => ({
  incident: {
    ...{ id: ID, status, severity: 'page', summary: 'drill', service: 'ranker-api', region: '', model: '' },
    ...{ openedAt: OPENED, resolvedAt: null, members: [], notifications },
  },
  history: [],
  now: OPENED,
});

let server: AnsweringServer;
let answers: object[];
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.answer = ({ line }) =>
    line.startsWith('POST') ? { body: START } : { body: answers.length > 1 ? answers.shift() : answers[0] };
});

const drill = (...args: string[]) =>
  server.tidewatch(['drill', '--severity', 'page', '--service', 'ranker-api', ...args]);

describe('drill', () => {
  test('waits until all is delivered and closed, and reports times, route and reasons', async () => {
    answers = [
      answer('open', message('trigger', { outcome: 'pending', at: null, deliveredAt: null, attempts: 0 })),
      answer('resolved', message('trigger'), message('resolve')),
    ];
    const { code, out, err } = await drill('--label', 'owner=ml-ranking', '--keep', '1s');
    expect(server.requests[0]).toEqual({
      line: 'POST /api/v1/drills',
      body: {
        severity: 'page',
        service: 'ranker-api',
        region: '',
        model: '',
        labels: { owner: 'ml-ranking' },
        keep: '1s',
      },
    });
    expect(err).toBe('Drill ab12cd34ef56 is on its way to sre-pager.\n');
    expect(out).toBe(`RECEIVER               ROUTE      WAIT  ATTEMPT  ARRIVED  OUTCOME    CLOSE
sre-pager (pagerduty)  routes[0]    0s    40 ms   210 ms  delivered  delivered

sre-pager:
  routes[0] matches severity=page: to sre-pager

All of 1 arrived within 30s of being due, and all are closed.
`);
    expect(code).toBe(0);
  });

  test.each<[string, object[], RegExp]>([
    [
      'was refused',
      [message('trigger', { outcome: 'rejected', reason: '404 no such service', deliveredAt: null })],
      /failed: 404 no such service[^]*Not in time: sre-pager\. Not closed: sre-pager\. See: tidewatch incident show ab12cd34ef56/,
    ],
    [
      'came late',
      [message('trigger', { deliveredAt: OPENED + 31_000 }), message('resolve')],
      /31s +delivered late +delivered[^]*Not in time: sre-pager\./,
    ],
    ['was never sent', [], /never sent +-[^]*Not in time: sre-pager\./],
    [
      'could not be closed',
      [message('trigger'), message('resolve', { outcome: 'rejected' })],
      /Not closed: sre-pager\./,
    ],
  ])('fails when a message %s', async (_name, notifications, text) => {
    answers = [answer('resolved', ...notifications)];
    const { code, out } = await drill();
    expect(out).toMatch(text);
    expect(code).toBe(1);
  });

  test('says when the route makes the first message wait', async () => {
    const [receiver] = START.receivers;
    server.answer = ({ line }) =>
      line.startsWith('POST')
        ? { body: { ...START, receivers: [{ ...receiver, groupWaitMs: 300_000 }] } }
        : {
            body: answer(
              'resolved',
              message('trigger', {
                dueAt: OPENED + 300_000,
                at: OPENED + 300_040,
                deliveredAt: OPENED + 300_200,
              }),
              message('resolve'),
            ),
          };
    const { code, out, err } = await drill();
    expect(err).toContain('the first message waits up to 5m, as its route says');
    expect(out).toMatch(/ 5m +40 ms +200 ms +delivered/);
    expect(code).toBe(0);
  });

  test('passes on why the server makes no drill', async () => {
    server.answer = () => ({
      status: 409,
      body: { code: 'drill.nobody-is-told', detail: 'Nobody would be told.\n- routes[0] does not match' },
    });
    const { code, err } = await drill();
    expect(code).toBe(1);
    expect(err).toContain('routes[0] does not match');
  });

  test.each([
    [['--severity', 'loud'], /must be page or ticket/],
    [['--severity', 'page', '--label', 'owner'], /must be a name and a value/],
    [['--severity', 'page', '--keep', 'long'], /must be a duration/],
  ])('%j is refused', async (args, text) => {
    const { code, err } = await server.tidewatch(['drill', ...args]);
    expect(code).toBe(2);
    expect(err).toMatch(text);
  });
});
