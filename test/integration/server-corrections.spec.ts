import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Correction } from '@tidewatch/slo';
import { removeFolders, startTestServer, temporaryFolder, type TestServer } from '../harness/test-server.js';

const SHOP_KEY = 's'.repeat(40);
const BANK_KEY = 'b'.repeat(40);
const UUID = /^[0-9a-f-]{36}$/;
const HOUR = 3_600_000;
const FULL_HOUR = Math.floor(Date.now() / HOUR) * HOUR;

const slo = (name: string, project: string) => `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}
  labels: {project: ${project}}
  annotations: {tidewatch.dev/runbook: https://wiki.example.com/ranker}
spec:
  service: ranker-api
  indicator:
    metadata: {name: ${name}-errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors}}}
        total: {metricSource: {type: tidewatch, spec: {metric: inference.requests}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`;

let server: TestServer;
beforeAll(async () => {
  const file = join(temporaryFolder('keys'), 'keys');
  writeFileSync(file, `oncall shop ${SHOP_KEY}\nbanker bank ${BANK_KEY}\n`);
  server = await startTestServer({
    environment: { TIDEWATCH_API_KEYS_FILE: file },
    rules: { 'slo.yaml': ['ranker', 'search'].map((name) => slo(name, 'shop')).join('---') },
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  removeFolders();
});

/** An answer is a correction or a list; tests look at what they asked for. */
type Json = Correction & { readonly items: (Correction & { readonly action?: string })[] };

interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

async function ask(path: string, { method = 'GET', body, headers, key = SHOP_KEY }: Asked = {}) {
  const response = await fetch(`${server.api}/api/v1/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: (await response.json()) as Json,
  };
}

const DRAFT = {
  slos: ['ranker'],
  category: 'planned-maintenance',
  effect: 'remove',
  from: new Date(FULL_HOUR - 3 * HOUR).toISOString(),
  to: new Date(FULL_HOUR - 2 * HOUR).toISOString(),
  reason: 'Database upgrade',
};

const create = (changes: Record<string, unknown> = {}, more: Partial<Asked> = {}) =>
  ask('corrections', { method: 'POST', body: { ...DRAFT, ...changes }, ...more });
const items = async (query = ''): Promise<Correction[]> => (await ask(`corrections${query}`)).json.items;

describe('making corrections', () => {
  test('one is made, listed, withdrawn and kept; the audit log says who did it and by which request', async () => {
    const made = await create({}, { headers: { 'X-Request-Id': 'change-17' } });
    expect(made).toMatchObject({
      status: 201,
      json: {
        id: expect.stringMatching(UUID),
        slos: ['ranker'],
        effect: 'remove',
        from: Date.parse(DRAFT.from),
        rrule: '',
        timeZone: 'UTC',
        actor: 'oncall',
        withdrawnAt: null,
      },
    });
    const { id } = made.json;
    expect(await items('?slo=ranker')).toContainEqual(made.json);
    expect(await items('?slo=search')).toEqual([]);

    const path = `corrections/${id}?reason=${encodeURIComponent('The upgrade was called off')}`;
    const withdrawn = await ask(path, { method: 'DELETE' });
    expect(withdrawn).toMatchObject({ status: 200, json: { id, withdrawnAt: expect.any(Number) } });
    expect(await ask(path, { method: 'DELETE' })).toMatchObject({ status: 200, json: withdrawn.json });
    expect(await items('?slo=ranker')).toContainEqual(withdrawn.json);

    const { json } = await ask('audit?kind=correction');
    expect(json.items.filter((each) => each.id === id)).toEqual([
      {
        at: expect.any(Number),
        actor: 'oncall',
        action: 'correction.withdraw',
        kind: 'correction',
        id,
        requestId: expect.stringMatching(UUID),
        before: made.json,
        after: { ...withdrawn.json, withdrawalReason: 'The upgrade was called off' },
      },
      {
        at: made.json.createdAt,
        actor: 'oncall',
        action: 'correction.create',
        kind: 'correction',
        id,
        requestId: 'change-17',
        before: null,
        after: made.json,
      },
    ]);
  });

  test('one for all SLOs that recurs shows up for each of them, and its reason may come in the body', async () => {
    const made = await create({
      slos: [],
      rrule: 'FREQ=WEEKLY',
      timeZone: 'Europe/Berlin',
      from: '2026-11-01T02:30',
      to: '2026-11-01T04:30',
    });
    expect(made).toMatchObject({ status: 201, json: { from: Date.parse('2026-11-01T01:30:00Z') } });
    expect(await items('?slo=search')).toEqual([made.json]);
    expect(await items(`?since=${Date.now()}`)).toContainEqual(made.json);
    const path = `corrections/${made.json.id}`;
    expect(await ask(path, { method: 'DELETE', body: { reason: 'Moved' } })).toMatchObject({ status: 200 });
  });

  test('another project sees nothing of it and cannot take it back', async () => {
    const { json } = await create();
    expect((await ask('corrections', { key: BANK_KEY })).json.items).toEqual([]);
    expect((await ask('audit', { key: BANK_KEY })).json.items).toEqual([]);
    const attempt = await ask(`corrections/${json.id}?reason=x`, { method: 'DELETE', key: BANK_KEY });
    expect(attempt).toMatchObject({ status: 404, json: { code: 'request.not-found' } });
  });

  test('a preview says what it would do and keeps nothing', async () => {
    const before = (await items()).length;
    const answer = await ask('corrections/preview', { method: 'POST', body: { ...DRAFT, slos: [] } });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        correction: { from: Date.parse(DRAFT.from), reason: DRAFT.reason },
        slos: [
          { slo: 'ranker', unit: 'events', coveredMs: HOUR },
          { slo: 'search', unit: 'events', coveredMs: HOUR },
        ],
      },
    });
    expect((await items()).length).toBe(before);
  });
});

describe('what is refused is an RFC 9457 problem that says why', () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      'an SLO that does not exist',
      { slos: ['ranker', 'rankr'] },
      'there is no SLO "rankr". There are: ranker, search.',
    ],
    ['no reason', { reason: undefined }, 'reason: is missing'],
    ['an hourly rule', { rrule: 'FREQ=HOURLY' }, 'rrule: must have FREQ='],
    ['an end before the beginning', { to: DRAFT.from }, 'to: must lie after "from"'],
    ['several faults', { effect: 'x', category: 'y' }, 'effect: must be'],
  ])('%s', async (_what, changes, text) => {
    for (const path of ['corrections', 'corrections/preview']) {
      const answer = await ask(path, { method: 'POST', body: { ...DRAFT, ...changes } });
      expect(answer).toMatchObject({
        status: 400,
        type: expect.stringContaining('application/problem+json'),
        json: { code: 'request.invalid', detail: expect.stringContaining(text) },
      });
    }
  });

  test.each<[string, Asked, number, string]>([
    ['text that is not JSON', { body: '{' }, 400, 'request.invalid'],
    [
      'a page of another site',
      { body: '{}', headers: { 'Content-Type': 'text/plain' } },
      415,
      'request.unsupported-media-type',
    ],
    [
      'a compressed body',
      { body: '{}', headers: { 'Content-Encoding': 'gzip' } },
      415,
      'request.unsupported-encoding',
    ],
    ['too much', { body: JSON.stringify('x'.repeat(300_000)) }, 413, 'request.too-large'],
    ['an unknown key', { body: '{}', key: 'x'.repeat(40) }, 401, 'request.unauthorized'],
  ])('%s', async (_what, asked, status, code) => {
    expect(await ask('corrections', { method: 'POST', ...asked })).toMatchObject({ status, json: { code } });
  });

  test('a withdrawal without a reason, or of nothing', async () => {
    const { json } = await create();
    expect(await ask(`corrections/${json.id}`, { method: 'DELETE' })).toMatchObject({
      status: 400,
      json: { detail: expect.stringContaining('gives no reason') },
    });
    expect(await ask('corrections/absent?reason=x', { method: 'DELETE' })).toMatchObject({ status: 404 });
    expect(await ask('audit?from=yesterday')).toMatchObject({ status: 400 });
  });
});
