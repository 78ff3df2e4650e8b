import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const SILENCE = {
  id: '7d0c8f3e-1111-4222-8333-444455556666',
  source: 'api',
  state: 'active',
  matchers: 'service=ranker-api model=~"rank.*"',
  startsAt: Date.UTC(2026, 10, 29, 2),
  endsAt: Date.UTC(2026, 10, 29, 4),
  comment: 'Load test',
  createdBy: 'oncall',
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
      ? { items: [SILENCE, { ...SILENCE, id: 'rules/old', state: 'ended', comment: 'a\nb' }], now: 0 }
      : SILENCE,
  });
});

const add = (...args: string[]) => server.tidewatch(['silence', 'add', ...args]);
const MATCH = ['--match', 'service=ranker-api model=~"rank.*" model!~"ranker-lab" severity!=page'];

describe('silence add', () => {
  test('sends what is to be quiet, for how long and why, and says how to end it', async () => {
    const { code, out } = await add(...MATCH, '--for', '2h', '--comment', 'Load test');
    expect(code).toBe(0);
    expect(server.requests).toEqual([
      {
        line: 'POST /api/v1/silences',
        body: {
          match: {
            service: 'ranker-api',
            model: { matches: 'rank.*', notMatches: 'ranker-lab' },
            severity: { not: 'page' },
          },
          for: '2h',
          comment: 'Load test',
        },
      },
    ]);
    expect(out)
      .toBe(`Quiet from 2026-11-29 02:00:00 until 2026-11-29 04:00:00 UTC: service=ranker-api model=~"rank.*"

End it sooner: tidewatch silence end ${SILENCE.id}
`);
  });

  test('takes times instead, and prints JSON when asked', async () => {
    const { out } = await add(
      ...['--match', 'service=x', '--from', '2026-11-29T02:00:00Z', '--until', '2026-11-29T04:00:00Z'],
      ...['--comment', 'x', '--json'],
    );
    expect(server.requests[0]?.body).toEqual({
      match: { service: 'x' },
      startsAt: '2026-11-29T02:00:00Z',
      endsAt: '2026-11-29T04:00:00Z',
      comment: 'x',
    });
    expect(JSON.parse(out)).toEqual(SILENCE);
  });

  test.each<[string, string[], RegExp]>([
    [
      'conditions that cannot be read',
      ['--match', 'service', '--comment', 'x'],
      /cannot be read from "service" on/,
    ],
    ['no conditions', ['--for', '2h', '--comment', 'x'], /--match/],
    ['no comment', [...MATCH, '--for', '2h'], /--comment/],
    ['a length that is none', [...MATCH, '--for', 'long', '--comment', 'x'], /a duration such as 2h/],
    [
      'two ends',
      [...MATCH, '--for', '2h', '--until', '2026-11-29T04:00:00Z', '--comment', 'x'],
      /cannot be used with option '--until <time>'/,
    ],
  ])('%s is refused before anybody is asked', async (_what, args, message) => {
    const { code, err } = await add(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(server.requests).toEqual([]);
  });

  test('what the server refuses is said', async () => {
    server.answer = () => ({
      status: 400,
      body: { code: 'request.invalid', detail: 'The silence cannot be used: endsAt: is missing.' },
    });
    const { code, err } = await add(...MATCH, '--comment', 'x');
    expect(code).toBe(2);
    expect(err).toMatch(/endsAt: is missing/);
  });
});

describe('silence list', () => {
  test('shows what is quiet now or will be', async () => {
    const { code, out } = await server.tidewatch(['silence', 'list']);
    expect(code).toBe(0);
    expect(server.requests[0]?.line).toBe('GET /api/v1/silences?limit=1000');
    expect(out)
      .toBe(`STATE   FROM (UTC)           UNTIL (UTC)          MATCHES                             BY      COMMENT    ID
active  2026-11-29 02:00:00  2026-11-29 04:00:00  service=ranker-api model=~"rank.*"  oncall  Load test  ${SILENCE.id}
`);
  });

  test('shows what is over when asked, and says when there is nothing', async () => {
    const { out } = await server.tidewatch(['silence', 'list', '--all']);
    expect(out).toMatch(/^ended .* a b {8}rules\/old$/m);
    server.answer = () => ({ body: { items: [], now: 0 } });
    expect((await server.tidewatch(['silence', 'list'])).out).toBe('No silences.\n');
  });
});

test('silence end ends one', async () => {
  const { code, out } = await server.tidewatch(['silence', 'end', 'rules/old']);
  expect(code).toBe(0);
  expect(server.requests[0]?.line).toBe('DELETE /api/v1/silences/rules%2Fold');
  expect(out).toBe('No longer quiet: service=ranker-api model=~"rank.*"\nWhat still fires is told now.\n');
  server.answer = () => ({
    status: 409,
    body: { code: 'silence.from-rules', detail: 'The silence "rules/old" is part of the rules.' },
  });
  expect((await server.tidewatch(['silence', 'end', 'rules/old'])).code).toBe(1);
});
