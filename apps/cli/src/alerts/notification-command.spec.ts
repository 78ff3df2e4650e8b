import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const LETTER = {
  id: 'ab12:2:ml-tickets',
  receiver: 'ml-tickets',
  channel: 'slack',
  action: 'trigger',
  outcome: 'rejected',
  at: Date.UTC(2026, 10, 22, 10),
  attempts: 1,
  reason: 'channel_not_found',
  why: 'opened',
};

let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.answer = ({ line }) => ({ body: line.startsWith('GET') ? { items: [LETTER], now: 0 } : {} });
});

test('notification list shows dead letters, why, and how to send one again', async () => {
  const { code, out } = await server.tidewatch(['notification', 'list', '--outcome', 'rejected']);
  expect(code).toBe(0);
  expect(server.requests[0]?.line).toBe('GET /api/v1/notifications?outcome=rejected&limit=100');
  expect(out).toBe(`LATEST (UTC)         RECEIVER            ACTION           OUTCOME   ATTEMPTS  MESSAGE
2026-11-22 10:00:00  ml-tickets (slack)  trigger, opened  rejected         1  ab12:2:ml-tickets

ab12:2:ml-tickets: channel_not_found

Send one again: tidewatch notification replay MESSAGE
`);
});

test('an outcome that does not exist is refused before anybody is asked', async () => {
  const { code, err } = await server.tidewatch(['notification', 'list', '--outcome', 'lost']);
  expect(code).toBe(2);
  expect(err).toMatch(/must be one of retry, delivered, rejected, superseded/);
  expect(server.requests).toEqual([]);
});

test('an empty log says so', async () => {
  server.answer = () => ({ body: { items: [], now: 0 } });
  expect((await server.tidewatch(['notification', 'list'])).out).toBe('No messages.\n');
});

test('notification replay asks the server to send it again', async () => {
  const { code, out } = await server.tidewatch(['notification', 'replay', LETTER.id]);
  expect(code).toBe(0);
  expect(server.requests).toEqual([{ line: 'POST /api/v1/notifications/replay', body: { id: LETTER.id } }]);
  expect(out).toMatch(/sent again/);
});
