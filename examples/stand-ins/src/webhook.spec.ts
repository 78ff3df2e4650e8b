import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startStandIn, type StandIn } from './stand-in.js';
import { webhookService, type WebhookServiceOptions } from './webhook.js';

const KEY = Buffer.alloc(32, 5);
const SECRET = `whsec_${KEY.toString('base64')}`;
const NOW_S = 1_795_341_600;

const body = JSON.stringify({
  version: '4',
  groupKey: '{}:{service="ranker-api"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'hook',
  groupLabels: {},
  commonLabels: { severity: 'page' },
  commonAnnotations: { summary: 'it burns' },
  externalURL: '',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'availability' },
      annotations: {},
      startsAt: '2026-11-22T10:00:00.000Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: '0123456789abcdef',
    },
  ],
});

const running: StandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

async function start(options: WebhookServiceOptions): Promise<StandIn> {
  const service = webhookService({ now: () => NOW_S * 1_000, ...options });
  const standIn = await startStandIn({ kind: 'webhook', port: 0, service });
  running.push(standIn);
  return standIn;
}

function post(standIn: StandIn, headers: Record<string, string>, text = body): Promise<Response> {
  return fetch(standIn.url, {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1', ...headers },
  });
}

function signed(id = 'msg_1', timestampS = NOW_S): Record<string, string> {
  const digest = createHmac('sha256', KEY).update(`${id}.${timestampS}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampS),
    'webhook-signature': `v1,AAAA v1,${digest}`,
  };
}

describe('the stand-in for a webhook', () => {
  test('takes a signed message once, however often it comes', async () => {
    const standIn = await start({ secrets: [SECRET] });
    for (const headers of [signed(), signed(), signed('msg_2')]) {
      expect((await post(standIn, headers)).status).toBe(200);
    }
    expect(standIn.events.map(({ effect }) => effect)).toEqual(['opened', 'repeated', 'updated']);
    expect(standIn.objects()).toMatchObject([{ state: 'open', texts: [body, body] }]);
  });

  test.each<[name: string, headers: Record<string, string>, problem: RegExp]>([
    ['no signature', { 'webhook-timestamp': String(NOW_S) }, /no signature/],
    ['a signature of another message', { ...signed(), 'webhook-id': 'msg_2' }, /no signature/],
    ['no time', { 'webhook-signature': 'v1,AAAA' }, /webhook-timestamp/],
    ['an old message', signed('msg_1', NOW_S - 301), /300 s off/],
    ['no id', { ...signed(), 'webhook-id': '' }, /webhook-id/],
  ])('%s is refused', async (_name, headers, problem) => {
    const standIn = await start({ secrets: [SECRET] });
    expect((await post(standIn, headers)).status).toBe(401);
    expect(standIn.events[0]?.problems.join()).toMatch(problem);
    expect(standIn.objects()).toEqual([]);
  });

  test.each<[name: string, text: string, status: number]>([
    ['another version', body.replace('"4"', '"3"'), 400],
    ['a key that does not exist', body.replace('"receiver"', '"receivers"'), 400],
    ['no alert', body.replace(/"alerts":\[.*\]/, '"alerts":[]'), 400],
    ['a body of more than 20 KB', JSON.stringify({ a: 'a'.repeat(20_000) }), 413],
  ])('%s is refused', async (_name, text, status) => {
    const standIn = await start({});
    expect((await post(standIn, { 'webhook-timestamp': String(NOW_S) }, text)).status).toBe(status);
    expect(standIn.events[0]?.effect).toBe('refused');
  });
});
