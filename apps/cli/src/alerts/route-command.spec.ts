import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startAnsweringServer, type AnsweringServer } from '../../fixtures/answering-server.js';

const folder = mkdtempSync(join(tmpdir(), 'tidewatch-routes-'));
const broken = mkdtempSync(join(tmpdir(), 'tidewatch-routes-'));
let server: AnsweringServer;

beforeAll(async () => {
  server = await startAnsweringServer();
  const receiver = (name: string, owner: string) => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ${name}, owner: ${owner}}
spec: {type: webhook, url: "https://example.com/${name}"}
---`;
  writeFileSync(
    join(folder, 'who.yaml'),
    `${receiver('sre-pager', 'sre')}${receiver('boss', 'heads')}${receiver('ml-chat', 'ml')}
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - match: {severity: page}
      receiver: sre-pager
      continue: true
      escalate: [{after: 15m, unless: acknowledged, receiver: boss}, {after: 4h, raise: page}]
    - {to: owner, repeat: 1d}
---
apiVersion: tidewatch.dev/v1
kind: MaintenanceWindow
metadata: {name: always}
spec:
  match: {service: index-api}
  from: 2026-01-01T00:00
  to: 2026-01-02T00:01
  rrule: FREQ=DAILY
  comment: It is rebuilt all the time
`,
  );
  writeFileSync(
    join(broken, 'who.yaml'),
    'apiVersion: tidewatch.dev/v1\nkind: Routing\nspec: {routes: []}\n',
  );
});
afterAll(() => {
  server.close();
  [folder, broken].forEach((each) => rmSync(each, { recursive: true, force: true }));
});
beforeEach(() => {
  server.requests.length = 0;
});

const inFiles = (labels: string, ...more: string[]) =>
  server.tidewatch(['route', 'test', '--rules', folder, '--labels', labels, ...more]);

describe('route test on files', () => {
  test('says who is told, how, and every decision; no server is asked', async () => {
    const { code, out, err } = await inFiles('severity=page service=ranker-api owner=ml');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`sre-pager: at once, changes after 10s, again every 4h (routes[0])
  after 15m unless acknowledged: tells boss
  after 4h: becomes a page
ml-chat: at once, changes after 10s, again every 1d (routes[1])

routes[0]: matches severity=page
routes[0]: tells sre-pager, at once, changes after 10s, again every 4h
routes[0]: says continue, the routes after it are tried too
routes[1]: matches everything
routes[1]: tells ml-chat as a receiver of the owner ml, at once, changes after 10s, again every 1d
`);
    expect(server.requests).toEqual([]);
  });

  test('exits with 1 when nobody is told', async () => {
    const { code, out } = await inFiles('severity=ticket owner=nobody');
    expect(code).toBe(1);
    expect(out).toBe(`Nobody is told.

routes[0]: does not match, severity is ticket and must be page
routes[1]: matches everything
routes[1]: goes to the owner, and nobody has no receiver, so it is passed over
nobody is told
`);
  });

  test('says what would keep it quiet, and is JSON when asked', async () => {
    const { out } = await inFiles('severity=page service=index-api');
    expect(out).toMatch(
      /^Quiet now: In the maintenance window always until .* UTC: It is rebuilt all the time$/m,
    );
    const { code, out: json } = await inFiles('severity=page service=index-api project=shop', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(json)).toMatchObject({ matches: [{ receiver: 'sre-pager' }], suppression: null });
  });

  test.each([
    ['rules with a problem', [broken, 'severity=page'], /who\.yaml:3 spec\.routes.*at least one route/],
    ['a directory that does not exist', [join(broken, 'absent'), 'severity=page'], /cannot be read/],
    ['a condition instead of a label', [folder, 'severity!=page'], /It must be labels with their values/],
    ['no labels', [folder, ''], /It must be labels with their values/],
    ['a severity that does not exist', [folder, 'severity=warning'], /severity must be page or ticket/],
  ])('%s is wrong usage', async (_what, [directory = '', labels = ''], message) => {
    const { code, err } = await server.tidewatch(['route', 'test', '--rules', directory, '--labels', labels]);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

test('route test asks a server otherwise', async () => {
  server.answer = () => ({
    body: { matches: [], decisions: ['routes[0]: does not match', 'nobody is told'], suppression: null },
  });
  const { code, out } = await server.tidewatch(['route', 'test', '--labels', 'severity=page']);
  expect({ code, out }).toEqual({
    code: 1,
    out: 'Nobody is told.\n\nroutes[0]: does not match\nnobody is told\n',
  });
  expect(server.requests).toEqual([
    { line: 'POST /api/v1/routes/test', body: { labels: { severity: 'page' } } },
  ]);
});
