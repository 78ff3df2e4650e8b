import { describe, expect, test } from '@jest/globals';
import { costModelSchema } from './cost-model-schema.js';
import { costReport, sumBy, type CostPlace } from './cost-rows.js';
import { judgeCost, type CostVerdict } from './judge-cost.js';
import { placeOfLabels, usageHours, usageStepMs, wholeSteps } from './usage.js';

const HOUR = 3_600_000;
const nowhere: CostPlace = { model: '', version: '', region: '', provider: '' };
const at = (place: Partial<CostPlace>): CostPlace => ({ ...nowhere, ...place });

describe('costReport', () => {
  test('costs and inferences of one place meet', () => {
    const place = at({ model: 'ranker', version: '2', region: 'eu', provider: 'CUDA' });
    expect(costReport([{ ...place, cost: 6.4 }], [{ ...place, inferences: 16_000 }])).toEqual({
      total: { cost: 6.4, inferences: 16_000, perThousand: 0.4 },
      rows: [{ ...place, cost: 6.4, inferences: 16_000, perThousand: 0.4 }],
    });
  });

  test('spending without a label is divided by inferences; the total is what was spent', () => {
    const [first, second, third] = [
      at({ model: 'a', region: 'eu' }),
      at({ model: 'b', region: 'eu' }),
      at({ model: 'a', region: 'us' }),
    ] as const;
    const report = costReport(
      [
        { ...at({ region: 'eu' }), cost: 10 },
        { ...at({ region: 'us' }), cost: 3 },
        { ...nowhere, cost: 1 },
      ],
      [
        { ...first, inferences: 300 },
        { ...second, inferences: 100 },
        { ...third, inferences: 100 },
      ],
    );
    expect(report.rows.map(({ model, region, cost }) => [model, region, cost])).toEqual([
      ['a', 'eu', 7.5 + 0.6],
      ['a', 'us', 3 + 0.2],
      ['b', 'eu', 2.5 + 0.2],
    ]);
    expect(report.total).toEqual({ cost: 14, inferences: 500, perThousand: 28 });
  });

  test('spending without any inference stays, and costs of 1,000 are unknown', () => {
    const idle = at({ model: 'idle' });
    expect(costReport([{ ...idle, cost: 2 }], [{ ...at({ model: 'busy' }), inferences: 10 }])).toEqual({
      total: { cost: 2, inferences: 10, perThousand: 200 },
      rows: [
        { ...idle, cost: 2, inferences: 0, perThousand: null },
        { ...at({ model: 'busy' }), cost: 0, inferences: 10, perThousand: 0 },
      ],
    });
    expect(costReport([{ ...idle, cost: 2 }], []).total.perThousand).toBeNull();
  });

  test('rows put together by some dimensions', () => {
    const { rows } = costReport(
      [
        { ...at({ model: 'a', provider: 'CUDA' }), cost: 4 },
        { ...at({ model: 'a', provider: 'CPU' }), cost: 1 },
        { ...at({ model: 'b', provider: 'CPU' }), cost: 2 },
      ],
      [
        { ...at({ model: 'a', provider: 'CUDA' }), inferences: 1_000 },
        { ...at({ model: 'a', provider: 'CPU' }), inferences: 1_000 },
      ],
    );
    expect(
      sumBy(rows, ['provider']).map(({ provider, cost, perThousand }) => [provider, cost, perThousand]),
    ).toEqual([
      ['CUDA', 4, 4],
      ['CPU', 3, 3],
    ]);
  });
});

describe('usage', () => {
  test('three GPUs for an hour, and one for half of it', () => {
    const levels = [...new Array<number>(6).fill(3), ...new Array<number>(6).fill(1)];
    expect(usageHours(levels, 300_000)).toBe(2);
    expect(usageHours([-1, 2], HOUR)).toBe(2);
  });

  test('steps: five minutes, and hours for long ranges; ranges in whole steps', () => {
    expect(usageStepMs({ from: 0, to: 24 * HOUR })).toBe(300_000);
    expect(usageStepMs({ from: 0, to: 400 * 24 * HOUR })).toBe(2 * HOUR);
    expect(wholeSteps({ from: 301_000, to: 1_000_000 })).toEqual({ from: 300_000, to: 900_000 });
    expect(wholeSteps({ from: 301_000, to: 302_000 })).toEqual({ from: 0, to: 300_000 });
  });

  test('the version of a model comes before that of its service', () => {
    expect(
      placeOfLabels({ model: 'a', 'model.version': '', version: '1', 'execution.provider': 'CPU' }),
    ).toEqual(at({ model: 'a', version: '1', provider: 'CPU' }));
    expect(placeOfLabels({ 'model.version': '7', version: '1' }).version).toBe('7');
  });
});

const document = (spec: Record<string, unknown>) => ({
  apiVersion: 'tidewatch.dev/v1',
  kind: 'CostModel',
  metadata: { name: 'gpu-cost' },
  spec: { inferences: { metric: 'inference.requests' }, ...spec },
});

describe('costModelSchema', () => {
  test.each([
    [
      { perInstanceHour: 3.2, instances: { distinct: 'service.instance.id', metric: 'up' } },
      {
        kind: 'time',
        unit: 'instance',
        perHour: 3.2,
        usage: { kind: 'distinct', label: 'service.instance.id', selector: { metric: 'up', match: [] } },
      },
    ],
    [
      { perGpuHour: 2, gpus: { gauge: 'gpus', match: { region: 'eu' } } },
      {
        kind: 'time',
        unit: 'GPU',
        perHour: 2,
        usage: {
          kind: 'gauge',
          selector: { metric: 'gpus', match: [{ label: 'region', op: '=', value: 'eu' }] },
        },
      },
    ],
    [
      { perGpuHour: 2, gpus: 8 },
      { kind: 'time', unit: 'GPU', perHour: 2, usage: { kind: 'fixed', amount: 8 } },
    ],
    [
      { perToken: { input: 1e-6 }, tokens: { input: { histogram: 'tokens' } } },
      {
        kind: 'tokens',
        tokens: [
          {
            name: 'input',
            price: 1e-6,
            source: { kind: 'histogram', selector: { metric: 'tokens', match: [] } },
          },
        ],
      },
    ],
  ])('reads the price %j', (price, expected) => {
    expect(costModelSchema.parse(document({ price })).price).toEqual(expected);
  });

  test.each([
    [{ price: { perInstanceHour: 3.2 } }, 'spec.price', 'one price with its usage'],
    [{ price: { perGpuHour: 1, gpus: 1, instances: 1 } }, 'spec.price', 'one price with its usage'],
    [{ price: { perGpuHour: 0, gpus: 1 } }, 'spec.price.perGpuHour', 'a number above 0, and is 0'],
    [{ price: { perGpuHour: 1, gpus: 'two' } }, 'spec.price.gpus', '{gauge: METRIC, match}'],
    [
      { price: { perToken: { input: 1 }, tokens: { output: { metric: 't' } } } },
      'spec.price',
      'the same kinds of tokens',
    ],
    [
      { price: { perGpuHour: 1, gpus: 1 }, guardrail: { perDay: 1, perThousand: 1 } },
      'spec.guardrail',
      'one of perThousand and perDay',
    ],
  ])('refuses %j', (spec, path, message) => {
    const issues = costModelSchema.safeParse(document(spec)).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
    expect(issues[0]?.message).toContain(message);
  });
});

describe('judgeCost', () => {
  const costs = costModelSchema.parse(
    document({
      price: { perGpuHour: 2, gpus: 1 },
      guardrail: { perThousand: 0.5, window: '1h', hold: '10m', keepFiring: '20m' },
    }),
  );

  test('the guardrail says how long it waits before it speaks, and before it is quiet again', () => {
    expect(costs.guardrail).toMatchObject({ holdMs: 600_000, keepFiringMs: 1_200_000 });
  });

  const report = (cost: number, inferences: number) =>
    costReport([{ ...nowhere, cost }], [{ ...at({ model: 'ranker' }), inferences }]);

  test('over its limit for its hold time it is an alarm, until it is seen to be cheaper', () => {
    let previous: CostVerdict | null = null;
    const states: string[] = [];
    const rounds: [cost: number | null, inferences: number][] = [
      [2, 10_000],
      [8, 10_000],
      [8, 10_000],
      [8, 10_000],
      [8, 10],
      [null, 0],
      [8, 10_000],
      [4, 10_000],
    ];
    for (const [index, [cost, inferences]] of rounds.entries()) {
      const to = HOUR + index * 300_000;
      previous = judgeCost({
        costs,
        window: { from: to - HOUR, to },
        report: cost === null ? null : report(cost, inferences),
        ...(cost === null ? { error: 'unreachable' } : {}),
        previous: previous === null ? null : (JSON.parse(JSON.stringify(previous)) as CostVerdict),
      });
      states.push(`${previous.state} ${previous.condition}`);
    }
    expect(states).toEqual([
      'ok ok',
      'ok ok',
      'ok ok',
      'alarm firing',
      'not-enough-data unknown',
      'error unknown',
      'alarm firing',
      'ok ok',
    ]);
  });

  test('the reason gives all numbers', () => {
    const verdict = judgeCost({
      costs,
      window: { from: 0, to: HOUR },
      report: costReport(
        [{ ...nowhere, cost: 8 }],
        [
          { ...at({ model: 'ranker', region: 'eu' }), inferences: 7_500 },
          { ...at({ model: 'fraud' }), inferences: 2_500 },
        ],
      ),
      previous: null,
    });
    expect(verdict.value).toBe(0.8);
    expect(verdict.reason).toBe(
      '8 USD were spent in 1h on 10,000 inferences, 0.8 USD per 1,000; the limit is 0.5 USD for 1,000 inferences, and the cost 0.8 USD since 1970-01-01T01:00:00.000Z. The most went to ranker / eu (6 USD).',
    );
  });

  test('a day of spending, from that of an hour', () => {
    const daily = costModelSchema.parse(
      document({ price: { perGpuHour: 2, gpus: 1 }, guardrail: { perDay: 100 } }),
    );
    const window = { from: 0, to: HOUR };
    expect(judgeCost({ costs: daily, window, report: report(5, 1), previous: null })).toMatchObject({
      state: 'alarm',
      value: 120,
      limit: 100,
    });
  });

  test('without a guardrail every cost is ok', () => {
    const free = costModelSchema.parse(document({ price: { perGpuHour: 2, gpus: 1 } }));
    const verdict = judgeCost({
      costs: free,
      window: { from: 0, to: HOUR },
      report: report(2, 4_000),
      previous: null,
    });
    expect(verdict).toMatchObject({
      state: 'ok',
      value: null,
      reason: '2 USD were spent in 1h on 4,000 inferences, 0.5 USD per 1,000.',
    });
  });
});
