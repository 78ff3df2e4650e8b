import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

/** A receiver that answers what it is told to and keeps what it was sent. */
interface Receiver {
  readonly url: string;
  readonly received: { id: string; body: { action: string; incident: { id: string } } }[];
  answer: number;
  close(): Promise<void>;
}

async function startReceiver(answer: number): Promise<Receiver> {
  const receiver: Omit<Receiver, 'url' | 'close'> = { received: [], answer };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        action: string;
        incident: { id: string };
      };
      receiver.received.push({ id: String(request.headers['webhook-id']), body });
      response.writeHead(receiver.answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const rules = (url: string) => ({
  'slo.yaml': `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: ranker-availability
  displayName: Ranker answers
  labels: {model: ranker, region: eu-1, owner: ranking}
  annotations: {tidewatch.dev/runbook: "https://example.com/runbooks/ranker"}
spec:
  service: ranker-api
  indicator:
    metadata: {name: ranker-errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: tidewatch, spec: {metric: inference.errors, match: {service: ranker-api}}}}
        total: {metricSource: {type: tidewatch, spec: {metric: inference.requests, match: {service: ranker-api}}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
`,
  'who.yaml': `
apiVersion: tidewatch.dev/v1
kind: Receiver
metadata: {name: hook}
spec: {type: webhook, url: "${url}"}
---
apiVersion: tidewatch.dev/v1
kind: Routing
spec: {routes: [{match: {severity: page}, receiver: hook}]}
`,
});

/** Sends what a service that answers `total` requests, `bad` of them with an error, reports over the last minutes. */
async function sendOutage(server: TestServer, total: number, bad: number): Promise<void> {
  const start = Date.now() - 300_000;
  const points = (count: number) =>
    Array.from({ length: 29 }, (_, index) => ({
      startTimeUnixNano: `${start + index * 10_000}000000`,
      timeUnixNano: `${start + (index + 1) * 10_000}000000`,
      asInt: String(count),
    }));
  const metric = (name: string, count: number) => ({
    name,
    sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: points(count) },
  });
  const body = {
    resourceMetrics: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] },
        scopeMetrics: [{ metrics: [metric('inference.requests', total), metric('inference.errors', bad)] }],
      },
    ],
  };
  const response = await fetch(`${server.otlp}/v1/metrics`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
  });
  expect(await response.json()).toEqual({});
}

interface Incident {
  id: string;
  status: string;
  severity: string;
  members: { name: string; condition: string }[];
  notifications: { outcome: string; attempts: number; reason: string }[];
}

async function incidents(server: TestServer): Promise<Incident[]> {
  return ((await (await fetch(`${server.api}/api/v1/incidents`)).json()) as { items: Incident[] }).items;
}

describe('an outage while the receiver answers 500', () => {
  let receiver: Receiver;
  let server: TestServer;

  beforeAll(async () => {
    receiver = await startReceiver(500);
    server = await startTestServer({ rules: rules(receiver.url) });
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
    removeFolders();
  });

  test('becomes one incident whose page is tried again', async () => {
    await sendOutage(server, 100, 15);
    const [incident] = await eventually('a retried page', async () => {
      const found = await incidents(server);
      return (found[0]?.notifications[0]?.attempts ?? 0) >= 2 && found;
    });
    expect(incident).toMatchObject({ status: 'open', severity: 'page' });
    expect(incident?.notifications[0]).toMatchObject({ outcome: 'retry' });
    expect(incident?.notifications[0]?.reason).toMatch(/500/);
    expect(incident?.members.filter((member) => member.condition === 'firing').length).toBeGreaterThan(1);
  }, 90_000);

  test('survives a restart: the page is delivered when the receiver is back, under the id it always had', async () => {
    await server.stop();
    const openings = () => receiver.received.filter(({ body }) => body.action === 'trigger');
    const sentBefore = openings().length;
    receiver.answer = 200;
    server = await startTestServer({ rules: rules(receiver.url), dataDir: server.dataDir });
    const [incident] = await eventually('the delivered page', async () => {
      const found = await incidents(server);
      return found[0]?.notifications[0]?.outcome === 'delivered' && found;
    });
    expect(openings().length).toBe(sentBefore + 1);
    expect(new Set(openings().map(({ id }) => id)).size).toBe(1);
    expect(openings().at(-1)?.body).toMatchObject({
      action: 'trigger',
      incident: { id: incident?.id },
    });
  });

  test('stays one page while the outage goes on', async () => {
    // What changes meanwhile is told of the page that is open, and opens no other.
    const openings = () => receiver.received.filter(({ body }) => body.action === 'trigger').length;
    const sent = openings();
    await sendOutage(server, 50, 20);
    const evaluatedAt = await evaluationTime(server);
    await eventually(
      'two more rounds',
      async () => (await evaluationTime(server)) >= evaluatedAt + 20_000,
      40_000,
    );
    expect(openings()).toBe(sent);
    expect(await incidents(server)).toHaveLength(1);
  }, 90_000);

  test('the API shows burn and budget of the SLO', async () => {
    const { items } = (await (await fetch(`${server.api}/api/v1/slos`)).json()) as {
      items: {
        name: string;
        verdict: { state: string; budgetRemaining: number; period: { good: number; total: number } };
        trend: { burn: number | null }[];
      }[];
    };
    const [slo] = items;
    expect(slo).toMatchObject({ name: 'ranker-availability', verdict: { state: 'breach' } });
    // 29 slices of 100 requests with 15 errors each; the second outage resent other values at other times.
    expect(slo?.verdict.period.total).toBeGreaterThanOrEqual(2_900);
    expect(slo?.verdict.budgetRemaining).toBeLessThan(0);
    expect(slo?.trend).toHaveLength(60);
    expect(slo?.trend.some((point) => (point.burn ?? 0) > 14.4)).toBe(true);
  });

  /** The SLO, about another service than the one that it counts. */
  const moved = () =>
    rules(receiver.url)['slo.yaml'].replace('  service: ranker-api\n', '  service: ranker\n');

  test('a rule that is edited to be about another service closes what it opened, and opens the incident of that one', async () => {
    const [before] = await incidents(server);
    writeFileSync(join(server.rulesDir, 'slo.yaml'), moved());
    expect(server.server.reloadRules()).toBeNull();
    const found = await eventually(
      'the end of the old incident',
      async () => {
        const all = await incidents(server);
        return all.length === 2 && all.some(({ status }) => status === 'resolved') && all;
      },
      40_000,
    );
    expect(found.find(({ id }) => id === before?.id)).toMatchObject({ status: 'resolved' });
    expect(found.find(({ id }) => id !== before?.id)).toMatchObject({ status: 'open', severity: 'page' });
    await eventually('the resolve', async () =>
      receiver.received.some(({ body }) => body.action === 'resolve' && body.incident.id === before?.id),
    );
  }, 90_000);

  test('an SLO that counts something else after a reload does not keep the old counts', async () => {
    const edited = moved().replace('metric: inference.errors', 'metric: inference.timeouts');
    writeFileSync(join(server.rulesDir, 'slo.yaml'), edited);
    expect(server.server.reloadRules()).toBeNull();
    const verdict = await eventually(
      'a verdict on the new counts',
      async () => {
        const { items } = (await (await fetch(`${server.api}/api/v1/slos`)).json()) as {
          items: { verdict: { state: string; period: { good: number; total: number } } }[];
        };
        return items[0]?.verdict.state === 'ok' && items[0].verdict;
      },
      40_000,
    );
    expect(verdict.period.total).toBeGreaterThanOrEqual(2_900);
    expect(verdict.period.good).toBe(verdict.period.total);
  }, 90_000);

  test('a rule that is removed closes what it opened', async () => {
    writeFileSync(join(server.rulesDir, 'slo.yaml'), '');
    expect(server.server.reloadRules()).toBeNull();
    const open = (await incidents(server)).filter(({ status }) => status === 'open');
    expect(open).toHaveLength(1);
    await eventually(
      'the resolve',
      async () => {
        const last = receiver.received.at(-1)?.body;
        return last?.action === 'resolve' && last.incident.id === open[0]?.id;
      },
      40_000,
    );
    expect((await incidents(server)).map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  }, 90_000);
});

async function evaluationTime(server: TestServer): Promise<number> {
  const body = (await (await fetch(`${server.api}/api/v1/status`)).json()) as {
    evaluation: { lastAt: number | null };
  };
  return body.evaluation.lastAt ?? 0;
}
