import { spawnSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createOutboundClient } from '../../libs/channels/src/outbound/create-outbound-client.js';
import { openChannel } from '../../libs/channels/src/receiver.js';
import { benchReceiver } from './http-bench.js';
import { notification, START } from './notification.js';
import { PREVIOUS_SECRET, SECRET, startWebhookBench } from './webhook.bench.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/webhook-verifier/', import.meta.url));
const SECRETS: Readonly<Record<string, string>> = {
  NOW: SECRET,
  BEFORE: PREVIOUS_SECRET,
  WORD: 'S3cr3tS3cr3t',
};
const STRANGER = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a signed delivery looks like on the wire. */
async function receive(spec: Record<string, unknown>): Promise<Received> {
  let received: Received = { headers: {}, body: '' };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received = { headers: request.headers, body: Buffer.concat(chunks).toString('utf8') };
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const receiver = benchReceiver({ type: 'webhook', url, ...spec });
  const channel = openChannel(receiver, ({ env = '' }) => SECRETS[env] ?? '', { outbound });
  const result = await channel.deliver(notification({ incident: { summary: 'ünïcode 漢 🔥' } }));
  outbound.close();
  server.close();
  expect(result).toMatchObject({ outcome: 'delivered', httpStatus: 204 });
  return received;
}

const VERIFIERS: readonly (readonly [language: string, command: string, args: readonly string[]])[] = [
  [
    'Node',
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { isSigned } from ${JSON.stringify(`${EXAMPLES}verify.mjs`)};
       const { headers, body, secrets, now } = JSON.parse(process.argv[1]);
       console.log(isSigned(headers, body, secrets, now));`,
    ],
  ],
  [
    'Python',
    'python3',
    [
      '-c',
      `import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ${JSON.stringify(EXAMPLES)})
from verify import is_signed
given = json.loads(sys.argv[1])
print(is_signed(given["headers"], given["body"].encode(), given["secrets"], given["now"]))`,
    ],
  ],
].filter(([, command]) => spawnSync(command as string, ['--version']).status === 0) as never;

describe.each(VERIFIERS)('the verifier for receivers in %s', (_language, command, args) => {
  const verify = (
    { headers, body }: Received,
    secrets: readonly string[],
    nowMs = START + 720_000,
  ): string => {
    const given = JSON.stringify({ headers, body, secrets, now: nowMs / 1_000 });
    const { stdout, stderr } = spawnSync(command, [...args, given], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] },
    });
    return (stdout + stderr).trim().toLowerCase();
  };

  test('takes what Tidewatch sends, and nothing else', async () => {
    const received = await receive({ secretEnv: 'NOW', previousSecretEnv: 'BEFORE' });
    expect(verify(received, [SECRET])).toBe('true');
    expect(verify(received, [PREVIOUS_SECRET])).toBe('true');
    expect(verify(received, [STRANGER, SECRET])).toBe('true');
    expect(verify(received, [STRANGER])).toBe('false');
    expect(verify({ ...received, body: `${received.body} ` }, [SECRET])).toBe('false');
    expect(verify(received, [SECRET], START + 720_000 + 301_000)).toBe('false');
    expect(verify({ ...received, headers: {} }, [SECRET])).toBe('false');
  });
});

describe('signing', () => {
  test('without a secret a message has id and time only', async () => {
    const { headers } = await receive({});
    expect(headers).toMatchObject({
      'webhook-id': expect.stringMatching(/^msg_[0-9a-f]{32}$/),
      'webhook-timestamp': String(START / 1_000 + 720),
      'content-type': 'application/json',
      'user-agent': 'tidewatch',
    });
    expect(headers['webhook-signature']).toBeUndefined();
  });

  test('the id stays through attempts, the time is that of the attempt', async () => {
    const first = await receive({ secretEnv: 'NOW' });
    const again = await receive({ secretEnv: 'NOW' });
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id']);
  });

  test.each([
    ['the new secret', [SECRET]],
    ['the secret before', [PREVIOUS_SECRET]],
  ])('while a secret is replaced, a receiver that knows %s takes the message', async (_name, known) => {
    const bench = await startWebhookBench({ known });
    const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    const channel = openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound });
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'delivered' });
    await bench.close();
    outbound.close();
  });

  test('a receiver that knows neither refuses', async () => {
    const bench = await startWebhookBench({ known: [STRANGER] });
    const outbound = createOutboundClient({ privateDestinations: ['127.0.0.1'] });
    const channel = openChannel(bench.receiver, ({ env = '' }) => bench.secrets[env] ?? '', { outbound });
    expect(await channel.deliver(notification())).toMatchObject({ outcome: 'rejected', httpStatus: 401 });
    await bench.close();
    outbound.close();
  });

  test('a secret that is only a word is refused when the channel is opened', () => {
    const receiver = benchReceiver({ type: 'webhook', url: 'https://hooks.example.com/', secretEnv: 'WORD' });
    const outbound = createOutboundClient({ privateDestinations: [] });
    expect(() => openChannel(receiver, ({ env = '' }) => SECRETS[env] ?? '', { outbound })).toThrow(/WORD/);
  });
});
