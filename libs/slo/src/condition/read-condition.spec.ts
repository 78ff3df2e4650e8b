import { describe, expect, test } from '@jest/globals';
import { metricConditionSchema } from './read-condition.js';

/** `path: message` of every problem. */
function problemsOf(value: unknown): string[] {
  const result = metricConditionSchema.safeParse(value);
  return result.success
    ? []
    : result.error.issues.map((issue) =>
        issue.code === 'unrecognized_keys'
          ? `${[...issue.path, ...issue.keys].join('.')}: unknown`
          : `${issue.path.join('.')}: ${issue.message}`,
      );
}

const selector = (metric: string) => ({ metric, match: [] });

describe('metricConditionSchema reads', () => {
  test.each([
    ['a rate', { rate: 'r' }, { kind: 'rate', counter: selector('r') }],
    ['a count', { count: 'c' }, { kind: 'count', counter: selector('c') }],
    [
      'a ratio',
      {
        ratio: { numerator: { metric: 'e' }, denominator: { metric: 'r', match: { code: { not: '200' } } } },
      },
      {
        kind: 'ratio',
        numerator: selector('e'),
        denominator: { metric: 'r', match: [{ label: 'code', op: '!=', value: '200' }] },
      },
    ],
    [
      'a quantile',
      { quantile: 0.95, metric: 'd' },
      { kind: 'quantile', histogram: selector('d'), quantile: 0.95 },
    ],
    ['a mean', { mean: 'd' }, { kind: 'mean', histogram: selector('d') }],
    [
      'a gauge with defaults',
      { gauge: 'g' },
      { kind: 'gauge', gauge: selector('g'), over: 'avg', across: 'avg' },
    ],
    [
      'a share',
      { share: 'd', bound: 4, side: 'above' },
      { kind: 'share', histogram: selector('d'), bound: 4, side: 'above' },
    ],
    ['a slope', { slope: 'g', across: 'max' }, { kind: 'slope', gauge: selector('g'), across: 'max' }],
    [
      'a time to a limit',
      { timeToLimit: 'g', limit: 10, direction: 'falling' },
      { kind: 'time-to-limit', gauge: selector('g'), across: 'avg', limit: 10, direction: 'falling' },
    ],
  ])('%s', (_name, written, measure) => {
    expect(metricConditionSchema.parse({ ...written, window: '10m', above: 1 })).toEqual({
      kind: 'comparison',
      measure,
      windowMs: 600_000,
      op: 'above',
      limit: 1,
      comparedWithMs: null,
    });
  });

  test('nested lists, every operator, and a comparison with the past', () => {
    const condition = metricConditionSchema.parse({
      all: [
        { rate: 'r', window: '1m', atLeast: 0 },
        {
          any: [
            { rate: 'r', window: '1m', below: -1 },
            { mean: 'd', window: '1h', atMost: 1.2, comparedWith: '1d' },
          ],
        },
      ],
    });
    expect(condition).toMatchObject({
      kind: 'all',
      of: [
        { op: 'atLeast', limit: 0 },
        {
          kind: 'any',
          of: [
            { op: 'below', limit: -1 },
            { op: 'atMost', limit: 1.2, comparedWithMs: 86_400_000 },
          ],
        },
      ],
    });
  });
});

describe('metricConditionSchema refuses with path and message', () => {
  test.each<[string, unknown, string[]]>([
    [
      'text',
      'high',
      [expect.stringMatching(/^: must be a comparison with one of .*, and is "high"/) as unknown as string],
    ],
    [
      'two measures',
      { rate: 'r', gauge: 'g', window: '1m', above: 1 },
      [expect.stringContaining('and names rate and gauge') as unknown as string],
    ],
    [
      'no measure',
      { window: '1m', above: 1 },
      [expect.stringContaining('and names none') as unknown as string],
    ],
    [
      'two operators',
      { rate: 'r', window: '1m', above: 1, below: 2 },
      [': must hold one of above, atLeast, below, atMost with the limit, and holds above and below'],
    ],
    [
      'everything at once',
      {
        all: [
          { quantile: 95, metric: '', window: '1', color: 'red' },
          { gauge: 'g', window: '1m', above: 'a lot' },
        ],
      },
      [
        'all.0: must hold one of above, atLeast, below, atMost with the limit, and holds none',
        'all.0.quantile: must be a number from 0 to 1, such as 0.95, and is 95',
        'all.0.metric: must be the name of a metric, such as inference.requests, and is ""',
        'all.0.window: must be a duration from 10s to 30d, such as 5m, and is "1"',
        'all.0.color: unknown',
        'all.1.above: must be a number, and is "a lot"',
      ],
    ],
    [
      'a matcher',
      { rate: 'r', match: { code: { matches: '(?=x)' } }, window: '1m', above: 1 },
      [expect.stringMatching(/^match\.code\.matches: must be a regular expression/) as unknown as string],
    ],
    ['an empty list', { any: [] }, ['any: must be a list of conditions, and is an empty list']],
    [
      'a list with more beside it',
      { all: [], window: '1m' },
      [': must hold all alone, and holds all, window'],
    ],
    [
      'a trend over too little',
      { slope: 'g', window: '1m', above: 1 },
      ['window: must be at least 5m for a trend, and is "60s"'],
    ],
    [
      'a long window with seconds',
      { rate: 'r', window: '6h1s', above: 1 },
      ['window: must be whole seconds, and above 6h whole minutes'],
    ],
  ])('%s', (_name, value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });

  test('more comparisons than anybody reads, and nesting without end', () => {
    const one = { rate: 'r', window: '1m', above: 1 };
    expect(problemsOf({ all: new Array(21).fill(one) })).toEqual([
      ': must hold at most 20 comparisons, and holds 21',
    ]);
    const endless: { all: unknown[] } = { all: [] };
    endless.all.push(endless);
    expect(problemsOf(endless)).toEqual([expect.stringContaining('must not be nested deeper than 5 lists')]);
  });
});
