import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ruleFile, slo, sloDocument } from '../../apps/cli/fixtures/slo-shell.js';
import {
  eventually,
  removeFolders,
  startTestServer,
  temporaryFolder,
  type TestServer,
} from '../harness/test-server.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const STEP_MS = 10_000;

/** Rules that freeze releases as soon as a hundredth of the budget is spent. */
function frozenEarly(name: string): string {
  const document = sloDocument(name) as { metadata: { annotations: Record<string, string> } };
  document.metadata.annotations['tidewatch.dev/budget-policy'] =
    '[{spent: 1%, do: freeze, message: Nothing is released.}]';
  return stringify(document);
}

describe('rules that come with Tidewatch', () => {
  test('are valid, and plans can be made of them', async () => {
    const rules = 'examples/rules';
    expect(await slo('validate', rules)).toMatchObject({ code: 0, err: '' });
    const files = readdirSync(rules).filter((name) => name.startsWith('slo-'));
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const { code, out } = await slo('plan', join(rules, file));
      expect([code, out]).toEqual([0, expect.stringMatching(/a total outage pages after/)]);
    }
  });

  test('do as their fixtures say', async () => {
    const folder = 'libs/slo/presets/monitors';
    const fixtures = readdirSync(folder).filter((name) => name.endsWith('.test.yaml'));
    const { code, out } = await slo('test', ...fixtures.map((name) => join(folder, name)));
    expect([code, out]).toEqual([0, expect.stringMatching(/: all are met\.\n$/)]);
  });
});

describe('against a server', () => {
  const folder = temporaryFolder('slo');
  let server: TestServer;
  let outage: number;

  beforeAll(async () => {
    server = await startTestServer({
      rules: { 'slo.yaml': frozenEarly('ranker') },
      environment: { TIDEWATCH_FLUSH_INTERVAL: '100ms' },
    });
    // An outage of ten minutes that began an hour ago, in two hours of traffic.
    const now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    outage = now - 60 * MINUTE_MS;
    await send(now - 120 * MINUTE_MS, now);
    await server.stored();
  });
  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  /** Ten requests a second as cumulative counters, all of which fail during the outage. */
  async function send(from: number, to: number): Promise<void> {
    let [requests, errors] = [0, 0];
    const points: { at: number; requests: number; errors: number }[] = [];
    for (let at = from; at < to; at += STEP_MS) {
      requests += 100;
      errors += at >= outage && at < outage + 10 * MINUTE_MS ? 100 : 0;
      points.push({ at, requests, errors });
    }
    const nano = (at: number): string => `${at}000000`;
    const counter = (name: string, value: (point: (typeof points)[number]) => number) => ({
      name,
      sum: {
        aggregationTemporality: 2,
        isMonotonic: true,
        dataPoints: points.map((point) => ({
          startTimeUnixNano: nano(from - STEP_MS),
          timeUnixNano: nano(point.at),
          asInt: String(value(point)),
        })),
      },
    });
    const response = await fetch(`${server.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'ranker-api' } }] },
            scopeMetrics: [
              {
                metrics: [
                  counter('inference.requests', (point) => point.requests),
                  counter('inference.errors', (point) => point.errors),
                ],
              },
            ],
          },
        ],
      }),
    });
    expect(response.status).toBe(200);
  }

  test('the stored past is replayed: the pages of the outage, at the evaluation that the plan names', async () => {
    const file = ruleFile(folder, 'simulated.yaml', sloDocument('ranker'));
    const { code, out, err } = await slo('simulate', file, '--server', server.api, '--days', '1', '--json');
    expect([code, err]).toEqual([0, '']);
    const [simulation] = JSON.parse(out) as {
      alerts: { tier: string; severity: string; from: number; to: number | null }[];
      groups: { period: { good: number; total: number } }[];
      problems: unknown[];
    }[];
    expect(simulation?.problems).toEqual([]);
    const page = simulation?.alerts.find(({ tier }) => tier === 'page-fast');
    // 14.4 * 0.001 of the events of the hour before, of which there are as many as one hour of traffic holds.
    expect(page?.from).toBeGreaterThanOrEqual(outage + 50 * SECOND_MS);
    expect(page?.from).toBeLessThanOrEqual(outage + 70 * SECOND_MS);
    const period = simulation?.groups[0]?.period;
    expect((period?.total ?? 0) - (period?.good ?? 0)).toBe(6_000);
    const text = await slo('simulate', file, '--server', server.api, '--days', '1');
    expect(text.out).toMatch(/^ranker would have paged \d times in 1 day/);
  });

  test('presets that fit what arrives are suggested, and are valid', async () => {
    const out = join(folder, 'suggested');
    const { code, out: text } = await eventually('the catalogue', async () => {
      const result = await slo('suggest', '--server', server.api, '--out', out);
      return result.code === 0 && result;
    });
    expect([code, text]).toEqual([0, expect.stringMatching(/^inference-success +service=ranker-api/m)]);
    expect((await slo('validate', out)).code).toBe(0);
  });

  test('the gate freezes once the policy says so', async () => {
    const frozen = await eventually(
      'a verdict',
      async () => {
        const result = await slo('gate', 'ranker', '--server', server.api);
        return result.code !== 3 && result;
      },
      60_000,
    );
    expect(frozen).toEqual({
      code: 1,
      out: expect.stringMatching(/^frozen: Nothing is released\. .* of the error budget is spent/),
      err: '',
    });
  }, 90_000);

  test('the gate of an SLO that the server does not have is no open one', async () => {
    const { code, err } = await slo('gate', 'other', '--server', server.api, '--on-unknown', 'open');
    expect([code === 0, err]).toEqual([false, expect.stringContaining('other')]);
  });
});
