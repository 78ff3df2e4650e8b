import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const WAITING = {
  id: '3f9a1c2b77de4c0f8a55e6b1d2c3a4f5',
  status: 'requested',
  action: 'rollback',
  receiver: 'roll-back-ranker',
  service: 'ranker-api',
  region: 'eu-1',
  model: 'ranker',
  dryRun: false,
  requestedAt: Date.UTC(2026, 10, 22, 10),
  decidedBy: '',
  reason: '',
};
const DONE = {
  ...WAITING,
  id: '3f00000000000000000000000000000a',
  status: 'succeeded',
  action: 'scale',
  dryRun: true,
  model: '',
  decidedBy: 'ada',
};

let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.answer = ({ line }) => ({
    body: line.startsWith('GET')
      ? { items: [WAITING, DONE], now: 0 }
      : {
          run: {
            ...WAITING,
            status: line.endsWith('approve') ? 'succeeded' : 'rejected',
            reason: 'As said.',
          },
        },
  });
});

test('action list shows what was done, and what waits', async () => {
  const { code, out } = await server.tidewatch(['action', 'list', '--status', 'requested']);
  expect(code).toBe(0);
  expect(server.requests[0]?.line).toBe('GET /api/v1/actions?status=requested&limit=100');
  expect(out)
    .toBe(`RUN           ASKED FOR (UTC)      STATUS     WHAT             TARGET                    RECEIVER          BY
3f9a1c2b77de  2026-11-22 10:00:00  requested  rollback         ranker-api, eu-1, ranker  roll-back-ranker  -
3f0000000000  2026-11-22 10:00:00  succeeded  scale (dry run)  ranker-api, eu-1          roll-back-ranker  ada

One waits for somebody: tidewatch action approve RUN, or reject RUN
`);
});

test('an empty list says so', async () => {
  server.answer = () => ({ body: { items: [], now: 0 } });
  expect((await server.tidewatch(['action', 'list'])).out).toBe('No actions.\n');
});

test('a status that there is not is refused before anybody is asked', async () => {
  const { code, err } = await server.tidewatch(['action', 'list', '--status', 'gone']);
  expect(code).toBe(2);
  expect(err).toMatch(/must be one of requested, approved/);
  expect(server.requests).toEqual([]);
});

test('action approve takes the whole id and says what came of it', async () => {
  const args = ['action', 'approve', WAITING.id, '--by', 'ada', '--comment', 'go'];
  const { code, out } = await server.tidewatch(args);
  expect(code).toBe(0);
  expect(server.requests).toEqual([
    { line: `POST /api/v1/actions/${WAITING.id}/approve`, body: { by: 'ada', comment: 'go' } },
  ]);
  expect(out).toBe('The rollback is succeeded. As said.\n');
});

test('action reject takes the first digits where they fit one run only', async () => {
  const { code } = await server.tidewatch(['action', 'reject', '3f9']);
  expect(code).toBe(0);
  expect(server.requests.at(-1)).toEqual({ line: `POST /api/v1/actions/${WAITING.id}/reject`, body: {} });
});

test.each([
  ['3f', 2, /2 runs have an id that starts with 3f/],
  ['77', 1, /no run whose id starts with 77/],
])('the digits %s are refused', async (digits, status, message) => {
  const { code, err } = await server.tidewatch(['action', 'approve', digits]);
  expect(code).toBe(status);
  expect(err).toMatch(message);
  expect(server.requests.filter(({ line }) => line.startsWith('POST'))).toEqual([]);
});

test('what the server refuses is said', async () => {
  server.answer = () => ({
    status: 409,
    body: { code: 'actions.decided', detail: 'The run does not wait for anybody: it is sent.' },
  });
  const { code, err } = await server.tidewatch(['action', 'approve', WAITING.id]);
  expect(code).toBe(1);
  expect(err).toMatch(/does not wait for anybody/);
});
