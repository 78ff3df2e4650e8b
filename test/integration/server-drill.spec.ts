import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../apps/cli/src/run.js';
import type { Terminal } from '../../apps/cli/src/terminal.js';
import { removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

interface Received {
  readonly path: string;
  readonly body: { action: string };
  readonly text: string;
}

const received: Received[] = [];
/** Paths that refuse for good. */
const broken = new Set<string>();
let hooks: Server;
let server: TestServer;

const rules = (url: string) => `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: pager}
spec: {type: webhook, url: "${url}/pager"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: ranking-tickets, owner: ml-ranking}
spec: {type: webhook, url: "${url}/tickets"}
---
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: lost}
spec: {type: webhook, url: "${url}/lost"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec:
  routes:
    - {match: {severity: page, model: vision}, receiver: lost}
    - {match: {severity: page, service: ranker-api, model: ranker}, receiver: pager}
    - {match: {severity: ticket}, to: owner, groupWait: 1s}
`;

beforeAll(async () => {
  hooks = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ path: request.url ?? '', body: JSON.parse(text) as Received['body'], text });
      response.writeHead(broken.has(request.url ?? '') ? 404 : 200).end();
    });
  });
  await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`;
  broken.add('/lost');
  server = await startTestServer({ rules: { 'who.yaml': rules(url) } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  hooks.closeAllConnections();
  hooks.close();
  removeFolders();
});

async function drill(...args: string[]) {
  let out = '';
  let err = '';
  const terminal: Terminal = {
    out: (text) => (out += `${text}\n`),
    err: (text) => (err += `${text}\n`),
    isInteractive: false,
    confirm: async () => false,
    readInput: async function* () {},
  };
  return { code: await run(['drill', ...args, '--url', server.api], terminal), out, err };
}

describe('a drill', () => {
  test('goes the way of what it plays, arrives, and is closed where it was opened', async () => {
    const { code, out } = await drill(
      ...['--severity', 'page', '--service', 'ranker-api', '--model', 'ranker', '--region', 'eu-1'],
    );
    expect(out).toMatch(/^pager \(webhook\) +routes\[1\] +0s +\d+ ms +\d+ ms +delivered +delivered$/m);
    expect(out).toMatch(/routes\[1\]: tells pager, at once/);
    expect(code).toBe(0);
    expect(received.map(({ path, body }) => [path, body.action])).toEqual([
      ['/pager', 'trigger'],
      ['/pager', 'resolve'],
    ]);
    // Nobody must take it for the real thing.
    expect(received.every(({ text }) => /drill/i.test(text))).toBe(true);
    const { items } = (await (await fetch(`${server.api}/api/v1/incidents`)).json()) as {
      items: { status: string; marker: string; service: string; model: string }[];
    };
    expect(items).toMatchObject([{ status: 'resolved', marker: 'drill', service: 'ranker-api' }]);
    expect(items[0]?.model).toMatch(/^drill-[0-9a-f]{8}$/);
  }, 30_000);

  test('plays an owner, and waits as the route says', async () => {
    const { code, out } = await drill('--severity', 'ticket', '--label', 'owner=ml-ranking');
    expect(out).toMatch(/^ranking-tickets \(webhook\) +routes\[2\] +1s +/m);
    expect(code).toBe(0);
  }, 30_000);

  test('fails when a message cannot be delivered, and is closed nevertheless', async () => {
    const { code, out } = await drill('--severity', 'page', '--model', 'vision', '--within', '2s');
    expect(out).toMatch(/^lost .*rejected/m);
    expect(out).toMatch(/failed: .*404[^]*Not in time: lost\./);
    expect(code).toBe(1);
  }, 30_000);

  test('is refused when nobody would be told, with every decision', async () => {
    const { code, err } = await drill('--severity', 'page', '--service', 'unknown-api');
    expect(code).toBe(1);
    expect(err).toMatch(/Nobody would be told[^]*routes\[1\]: does not match, service is unknown-api/);
    expect(err).toMatch(/\[drill\.nobody-is-told\]/);
  }, 30_000);
});
