import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const ID = 'ab12cd34ef56'.padEnd(64, '0');
const OPENED = Date.UTC(2026, 10, 22, 10);
const NOTIFICATION = {
  id: `${ID}:1:sre-pager`,
  receiver: 'sre-pager',
  channel: 'pagerduty',
  action: 'trigger',
  outcome: 'retry',
  at: OPENED + 2_000,
  attempts: 2,
  reason: 'it answered 503\nService Unavailable',
  why: 'opened',
  explanation: ['routes[0] matches severity=page'],
};
const INCIDENT = {
  id: ID,
  status: 'open',
  severity: 'page',
  summary: 'Ranker answers: error budget burns 20 times too fast',
  service: 'ranker-api',
  region: 'eu-1',
  model: '',
  openedAt: OPENED,
  resolvedAt: null,
  acknowledged: { by: 'ada', at: OPENED + 60_000 },
  assignee: '',
  marker: '',
  members: [
    {
      name: 'SLO/ranker/page-fast',
      severity: 'page',
      condition: 'firing',
      phase: 'firing',
      summary: 'error budget burns 20 times too fast',
      since: OPENED,
      suppressed: null,
      runbook: 'https://example.com/r',
    },
    {
      name: 'DriftMonitor/ranker-inputs',
      severity: 'ticket',
      condition: 'firing',
      phase: 'firing',
      summary: 'age drifted',
      since: OPENED,
      suppressed: { reason: 'Warming up until 10:15 UTC', until: OPENED + 900_000 },
      runbook: '',
    },
  ],
  notifications: [NOTIFICATION],
};
const ANSWER = {
  incident: INCIDENT,
  history: [
    { kind: 'opened', at: OPENED, severity: 'page', member: 'SLO/ranker/page-fast', by: '', text: '' },
    { kind: 'acknowledged', at: OPENED + 60_000, severity: 'page', member: '', by: 'ada', text: 'on it' },
  ],
  now: OPENED + 192_500,
};

let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
  server.answer = ({ line }) =>
    line.startsWith('GET /api/v1/incidents?')
      ? { body: { items: [INCIDENT], total: 3, now: OPENED + 192_500 } }
      : { body: ANSWER };
});

describe('incident list', () => {
  test('shows what is open and who has it', async () => {
    const { code, out } = await server.tidewatch(['incident', 'list']);
    expect(code).toBe(0);
    expect(server.requests.map(({ line }) => line)).toEqual(['GET /api/v1/incidents?status=open&limit=50']);
    expect(out).toBe(`INCIDENT      SEVERITY  STATUS  OPEN FOR  WHERE             WHO                  WHAT
ab12cd34ef56  page      open       3m12s  ranker-api, eu-1  acknowledged by ada  Ranker answers: error budget burns 20 times too fast

1 of 3; more with --limit.
`);
  });

  test('says when there is none', async () => {
    server.answer = () => ({ body: { items: [], total: 0, now: 0 } });
    expect((await server.tidewatch(['incident', 'list', '--status', 'all'])).out).toBe('No incidents.\n');
  });
});

describe('incident show', () => {
  test('takes the beginning of an id, and shows members, history and messages', async () => {
    const { code, out } = await server.tidewatch(['incident', 'show', 'ab12']);
    expect(code).toBe(0);
    expect(server.requests.at(-1)?.line).toBe(`GET /api/v1/incidents/${ID}`);
    expect(out).toContain(`Incident  ${ID}\n`);
    expect(out).toContain('Status    open, open for 3m12s since 2026-11-22 10:00:00 UTC\n');
    expect(out).toMatch(
      /^DriftMonitor\/ranker-inputs +ticket +firing, firing +Warming up until 10:15 UTC +age drifted$/m,
    );
    expect(out).toContain('2026-11-22 10:01:00  acknowledged as page by ada: on it\n');
    expect(out).toMatch(
      /^sre-pager \(pagerduty\) +trigger, opened +retry +2 +2026-11-22 10:00:02 +it answered 503 Service Unavailable$/m,
    );
  });

  test.each([
    ['one that no incident has', 'ffff', /No incident's id begins with "ffff"/],
    ['one too short to mean one', 'ab', /No incident's id begins with "ab"/],
  ])('refuses an id: %s', async (_name, id, message) => {
    const { code, err } = await server.tidewatch(['incident', 'show', id]);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });
});

describe('what people do to an incident', () => {
  test.each([
    [['ack', ID, '--by', 'ada', '--comment', 'on it'], 'acknowledge', { text: 'on it', by: 'ada' }],
    [['unack', ID], 'unacknowledge', {}],
    [['assign', ID, 'bob'], 'assign', { text: 'bob' }],
    [['assign', ID, ''], 'assign', { text: '' }],
    [['comment', ID, 'cache was cold'], 'comment', { text: 'cache was cold' }],
    [['resolve', ID], 'resolve', {}],
  ])('%j sends %s', async (args, action, body) => {
    const { code, out } = await server.tidewatch(['incident', ...args]);
    expect(code).toBe(0);
    expect(server.requests).toEqual([{ line: `POST /api/v1/incidents/${ID}/${action}`, body }]);
    expect(out).toMatch(/ab12cd34ef56/);
  });

  test('a resolve asks first where somebody can answer, and says what it means', async () => {
    const { questions, err } = await server.tidewatch(['incident', 'resolve', ID], false);
    expect(questions).toEqual([
      'Resolve "Ranker answers: error budget burns 20 times too fast"? It stays closed until its rules have been well, or for an hour.',
    ]);
    expect(err).toBe('Nothing was changed.\n');
    expect(server.requests.some(({ line }) => line.startsWith('POST'))).toBe(false);
    await server.tidewatch(['incident', 'resolve', ID], true);
    expect(server.requests.at(-1)?.line).toBe(`POST /api/v1/incidents/${ID}/resolve`);
  });

  test('a refusal of the server is shown with its code', async () => {
    server.answer = () => ({
      status: 409,
      body: { code: 'incident.resolved', detail: 'The incident has resolved.' },
    });
    const { code, err } = await server.tidewatch(['incident', 'ack', ID]);
    expect({ code, err }).toEqual({ code: 1, err: 'The incident has resolved.\n[incident.resolved]\n' });
  });
});
