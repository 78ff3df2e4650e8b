import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CostView } from '../../apps/server/src/query/costs.controller.js';
import type { MetricMonitorView } from '../../apps/server/src/query/metric-monitors.controller.js';
import { eventually, removeFolders, startTestServer, type TestServer } from '../harness/test-server.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.now();
/** Data begins at a full hour, two hours ago or more: whole steps of costs can be told by hand. */
const START = Math.floor((NOW - 2 * HOUR) / HOUR) * HOUR;

const RULES = `
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: errors, owner: ranking, description: Requests fail }
spec:
  service: ranker-api
  model: ranker
  every: 10s
  levels:
    ticket:
      when:
        all:
          - { ratio: { numerator: { metric: inference.errors }, denominator: { metric: inference.requests } }, window: 5m, above: 0.02 }
          - { quantile: 0.95, metric: inference.request.duration, window: 5m, above: 0.1 }
---
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: gpu, runbook: https://example.com/gpu }
spec:
  groupBy: [hw.id]
  every: 10s
  page: always
  levels:
    warn: { when: { gauge: hw.gpu.utilization, window: 5m, above: 0.5 } }
    page: { when: { gauge: hw.gpu.utilization, window: 5m, above: 0.9 } }
---
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: memory }
spec:
  every: 10s
  levels:
    ticket: { when: { slope: process.memory.usage, window: 1h, above: 50e6 } }
---
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: wrong }
spec:
  every: 10s
  levels:
    ticket: { when: { quantile: 0.95, metric: inference.requests, window: 5m, above: 1 } }
---
apiVersion: tidewatch.dev/v1
kind: MetricMonitor
metadata: { name: nothing }
spec:
  every: 10s
  levels:
    ticket: { when: { count: inference.model.load_failures, window: 5m, above: 0 } }
---
apiVersion: tidewatch.dev/v1
kind: CostModel
metadata: { name: gpu-cost, owner: ranking }
spec:
  service: ranker-api
  model: costs
  price: { perGpuHour: 3, gpus: { distinct: hw.id, metric: hw.gpu.utilization } }
  inferences: { metric: inference.requests }
  guardrail: { perThousand: 0.1, window: 1h }
  every: 1m
---
apiVersion: tidewatch.dev/v1
kind: CostModel
metadata: { name: token-cost }
spec:
  price: { perToken: { input: 2e-6 }, tokens: { input: { histogram: inference.request.duration } } }
  inferences: { histogram: inference.request.duration }
`;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const time = (at: number): string => `${at}000000`;

/** Half-minute points from the start until now. */
const times = Array.from(
  { length: Math.floor((NOW - START) / 30_000) },
  (_, index) => START + index * 30_000,
);

function points(
  attributes: readonly unknown[],
  valueAt: (index: number) => Record<string, unknown>,
): unknown[] {
  return times.map((at, index) => ({
    attributes,
    startTimeUnixNano: time(START - 1_000),
    timeUnixNano: time(at),
    ...valueAt(index),
  }));
}

/** 100 requests and 5 errors per half minute of each of two providers; a fifth of them take 200 ms. */
function metrics(): unknown[] {
  const cumulative = { aggregationTemporality: 2, isMonotonic: true };
  const placed = (version: string, provider: string) => [
    text('model.name', 'ranker'),
    text('model.version', version),
    text('execution.provider', provider),
  ];
  const requests = [
    ...points(placed('1', 'CPU'), (index) => ({ asInt: String(100 * (index + 1)) })),
    ...points(placed('2', 'CUDA'), (index) => ({ asInt: String(300 * (index + 1)) })),
  ];
  const errors = points([], (index) => ({ asInt: String(20 * (index + 1)) }));
  const gauge = (name: string, dataPoints: unknown[]) => ({ name, gauge: { dataPoints } });
  return [
    { name: 'inference.requests', sum: { ...cumulative, dataPoints: requests } },
    { name: 'inference.errors', sum: { ...cumulative, dataPoints: errors } },
    {
      name: 'inference.request.duration',
      unit: 's',
      histogram: {
        aggregationTemporality: 1,
        dataPoints: points([], () => ({
          count: '100',
          sum: 50,
          explicitBounds: [0.1, 0.2],
          bucketCounts: ['80', '20', '0'],
        })),
      },
    },
    gauge('hw.gpu.utilization', [
      ...points([text('hw.id', '0')], () => ({ asDouble: 0.95 })),
      ...points([text('hw.id', '1')], () => ({ asDouble: 0.6 })),
      ...points([text('hw.id', '2')], () => ({ asDouble: 0.1 })),
    ]),
    gauge(
      'process.memory.usage',
      points([], (index) => ({ asDouble: 1e9 + index * 1e6 })),
    ),
  ];
}

describe('metric monitors and costs of a running server', () => {
  let server: TestServer;

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${server.api}/api/v1/${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    return (await response.json()) as T;
  };
  const monitor = async (name: string): Promise<MetricMonitorView> => {
    const { items } = await get<{ items: MetricMonitorView[] }>('metric-monitors');
    return items.find((each) => each.name === name)!;
  };
  /** The monitor once it has said what it is to say. */
  const inState = (name: string, state: string): Promise<MetricMonitorView> =>
    eventually(
      `${name} to be in state ${state}`,
      async () => {
        const view = await monitor(name);
        return view.state === state && view.evaluatedAt !== null && view;
      },
      40_000,
    );

  beforeAll(async () => {
    server = await startTestServer({ rules: { 'rules.yaml': RULES } });
    const response = await fetch(`${server.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: { attributes: [text('service.name', 'ranker-api'), text('cloud.region', 'eu-1')] },
            scopeMetrics: [{ metrics: metrics() }],
          },
        ],
      }),
    });
    expect(response.status).toBe(200);
    await server.stored();
  });

  afterAll(async () => {
    await server.stop();
    removeFolders();
  });

  test('an alarm explains itself and opens a ticket', async () => {
    const view = await inState('errors', 'alarm');
    expect(view).toMatchObject({
      severity: 'ticket',
      description: 'Requests fail',
      levels: [
        {
          level: 'ticket',
          when: 'inference.errors / inference.requests over 5m above 0.02 and p95 of inference.request.duration over 5m above 0.1',
          holdMs: 0,
        },
      ],
    });
    const [verdict] = view.verdicts;
    expect(verdict?.levels[0]?.comparisons.map(({ value }) => value)).toEqual([
      0.05,
      expect.closeTo(0.175, 9),
    ]);
    expect(view.reason).toContain(
      'inference.errors / inference.requests over 5m is 0.05; the limit is above 0.02',
    );
    const incident = await eventually('an incident', async () => {
      const { items } = await get<{
        items: { service: string; model: string; severity: string; status: string }[];
      }>('incidents');
      return items.find(({ model }) => model === 'ranker');
    });
    expect(incident).toMatchObject({ service: 'ranker-api', severity: 'ticket', status: 'open' });
  });

  test('groups are judged each for itself; a page by explicit choice', async () => {
    const view = await inState('gpu', 'alarm');
    expect(view.verdicts.map(({ group, state, level, severity }) => [group, state, level, severity])).toEqual(
      [
        ['hw.id="0"', 'alarm', 'page', 'page'],
        ['hw.id="1"', 'watch', 'warn', ''],
        ['hw.id="2"', 'ok', null, ''],
      ],
    );
  });

  test('a trend with its interval', async () => {
    const view = await inState('memory', 'alarm');
    const [comparison] = view.verdicts[0]!.levels[0]!.comparisons;
    expect(comparison!.value! / 120e6).toBeCloseTo(1, 2);
    expect(comparison!.low! / 120e6).toBeCloseTo(1, 2);
  });

  test('a metric of the wrong kind is an error of that monitor alone, and none at all is missing data', async () => {
    expect((await inState('wrong', 'error')).reason).toMatch(
      /^The metrics could not be read: Series of inference\.requests/,
    );
    expect((await inState('nothing', 'not-enough-data')).reason).toContain('no data');
  });

  test('costs by place, put together, and the ticket of the guardrail', async () => {
    const range = `from=${START}&to=${START + HOUR}`;
    const { items } = await get<{ items: CostView[] }>(`costs?${range}`);
    const gpu = items.find(({ name }) => name === 'gpu-cost')!;
    // Three GPUs for an hour at 3; 120 points of 100 and 300 requests.
    expect(gpu.total).toEqual({ cost: 9, inferences: 48_000, perThousand: 0.1875 });
    expect(
      gpu.rows.map(({ version, provider, region, model, cost, inferences }) => [
        model,
        version,
        region,
        provider,
        cost,
        inferences,
      ]),
    ).toEqual([
      ['ranker', '2', 'eu-1', 'CUDA', 6.75, 36_000],
      ['ranker', '1', 'eu-1', 'CPU', 2.25, 12_000],
    ]);
    const byModel = await get<{ items: CostView[] }>(`costs?${range}&by=model`);
    expect(byModel.items[0]!.rows).toEqual([
      {
        model: 'ranker',
        version: '',
        region: '',
        provider: '',
        cost: 9,
        inferences: 48_000,
        perThousand: 0.1875,
      },
    ]);
    const tokens = items.find(({ name }) => name === 'token-cost')!;
    expect(tokens.total.cost).toBeCloseTo(120 * 50 * 2e-6, 12);
    expect(tokens.total.inferences).toBe(12_000);

    const judged = await eventually('a verdict on costs', async () => {
      const found = (await get<{ items: CostView[] }>('costs')).items.find(({ name }) => name === 'gpu-cost');
      return found?.verdict?.state === 'alarm' && found.verdict;
    });
    expect(judged.reason).toContain('the limit is 0.1 USD for 1,000 inferences');
    await eventually('an incident about costs', async () => {
      const { items: incidents } = await get<{ items: { model: string; severity: string }[] }>('incidents');
      return incidents.find(({ model, severity }) => model === 'costs' && severity === 'ticket');
    });
    expect((await fetch(`${server.api}/api/v1/costs?by=colour`)).status).toBe(400);
    expect((await fetch(`${server.api}/api/v1/costs?from=${NOW}&to=${START}`)).status).toBe(400);
  });
});
