import { describe, expect, test } from '@jest/globals';
import { WIDE_LIMITS } from '../fixtures/expositions.js';
import type { ExpositionFormat } from './exposition.js';
import { parseExposition } from './exposition-parser.js';
import { toMetrics, toMetricsSteps, type SampleMapping } from './to-metrics.js';

const AS_IT_IS: SampleMapping = { rename: {}, unsupportedFrom: null };

function convert(text: string, format: ExpositionFormat = 'prometheus', mapping = AS_IT_IS) {
  return toMetrics(parseExposition(text, format, WIDE_LIMITS), mapping);
}

describe('histograms', () => {
  const histogram = (lines: string) => convert(`# TYPE h histogram\n${lines}`);

  test('are put together whatever the order of their lines', () => {
    const [metric] = histogram(
      'h_sum 9.5\nh_bucket{le="+Inf"} 7\nh_bucket{le="10"} 6\nh_count 7\nh_bucket{le="0.5"} 2\n',
    ).metrics;
    expect(metric?.points).toMatchObject([
      { count: 7n, sum: 9.5, bounds: [0.5, 10], bucketCounts: [2n, 4n, 1n] },
    ]);
  });

  test('without a sum have none', () => {
    expect(histogram('h_bucket{le="+Inf"} 7\nh_count 7\n').metrics[0]?.points).toMatchObject([{ sum: null }]);
  });

  test('without buckets have their count and sum', () => {
    expect(histogram('h_count 7\nh_sum 3\n').metrics[0]?.points).toMatchObject([
      { count: 7n, bounds: [], bucketCounts: [] },
    ]);
  });

  test('take the count of the last bucket where the two disagree', () => {
    expect(
      histogram('h_bucket{le="1"} 4\nh_bucket{le="+Inf"} 7\nh_count 8\n').metrics[0]?.points,
    ).toMatchObject([{ count: 7n, bucketCounts: [4n, 3n] }]);
  });

  test('count beyond 2^53 exactly', () => {
    expect(
      histogram('h_bucket{le="1"} 9007199254740993\nh_bucket{le="+Inf"} 18446744073709551615\n').metrics[0]
        ?.points,
    ).toMatchObject([{ bucketCounts: [9_007_199_254_740_993n, 2n ** 64n - 1n - 9_007_199_254_740_993n] }]);
  });

  test.each([
    ['h_bucket{le="1"} 5\nh_bucket{le="+Inf"} 4\n', 'the buckets are not cumulative'],
    ['h_bucket{le="1"} 5\n', 'there is neither a bucket up to +Inf nor a count'],
    ['h_bucket{le="1"} 5\nh_bucket{le="1.0"} 5\nh_count 5\n', 'two buckets have the same bound'],
    ['h_bucket 5\nh_count 5\n', 'a sample h_bucket has no label le with a number'],
    ['h_bucket{le="x"} 5\nh_count 5\n', 'a sample h_bucket has no label le with a number'],
    ['h_bucket{le="+Inf"} 1.5\n', 'the count 1.5 is not a whole number from 0'],
    ['h_bucket{le="1"} ?\nh_bucket{le="+Inf"} 4\n', 'lines were lost, so the whole histogram is left out'],
  ])('%j is none: %s', (lines, problem) => {
    const { metrics, problems } = histogram(`${lines}# TYPE g gauge\ng 1\n`);
    expect(metrics.map(({ name }) => name)).toEqual(['g']);
    expect(problems).toEqual([expect.stringContaining(`h: ${problem}`)]);
  });

  test('that are wrong for one series stay for the others', () => {
    const { metrics, dropped } = histogram('h_bucket{a="1",le="+Inf"} 1.5\nh_bucket{a="2",le="+Inf"} 3\n');
    expect(metrics[0]?.points).toMatchObject([{ attributes: [['a', '2']], count: 3n }]);
    expect(dropped).toBe(1);
  });
});

describe('other types', () => {
  test('summaries without a count, and with a quantile that is none', () => {
    const { metrics, problems } = convert('# TYPE s summary\ns{quantile="0.5"} 3\ns{a="1",quantile="2"} 3\n');
    expect(metrics[0]?.points).toMatchObject([{ count: 0n, sum: 0, quantiles: [[0.5, 3]] }]);
    expect(problems).toEqual(['s: a sample s has no label quantile from 0 to 1']);
  });

  test('info, state sets, gauge histograms and unknown ones are gauges under the names of their samples', () => {
    const { metrics } = convert(
      '# TYPE b info\nb_info{v="1"} 1\n# TYPE m stateset\nm{m="on"} 1\n# TYPE q gaugehistogram\n' +
        'q_bucket{le="+Inf"} 4\nq_gcount 4\nq_gsum 3\nother 1\n# EOF\n',
      'openmetrics',
    );
    expect(metrics.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'b_info gauge',
      'm gauge',
      'q_bucket gauge',
      'q_gcount gauge',
      'q_gsum gauge',
      'other gauge',
    ]);
  });

  test('a gauge whose name ends in _created, without a counter beside it, is a gauge', () => {
    expect(convert('# TYPE pod_created gauge\npod_created 1.7e9\n').metrics).toMatchObject([
      { name: 'pod_created', kind: 'gauge' },
    ]);
  });

  test('a series that is exposed twice counts once, unless its times differ', () => {
    const twice = convert('a{x="1",y=""} 1\na{x="1"} 2\nb 1 1000\nb 2 2000\n');
    expect(twice.metrics.map(({ points }) => points.length)).toEqual([1, 2]);
    expect(twice.metrics[0]?.points).toMatchObject([{ value: { number: 1 } }]);
    expect(twice.problems).toEqual(['a: the same series is exposed twice; its first sample is used']);
    expect(twice.dropped).toBe(1);
  });
});

describe('labels', () => {
  test('get their new names, unless a label has that name already', () => {
    const mapping = { rename: { model: 'model.name', toString: 'x' }, unsupportedFrom: null };
    const { metrics } = convert(
      'a{model="m",b="c"} 1\n{"a","model.name"="n",model="m"} 2\n',
      'prometheus',
      mapping,
    );
    expect(metrics[0]?.points.map(({ attributes }) => attributes)).toEqual([
      [
        ['b', 'c'],
        ['model.name', 'm'],
      ],
      [
        ['model', 'm'],
        ['model.name', 'n'],
      ],
    ]);
  });
});

describe('units', () => {
  test.each([
    ['# TYPE a_seconds gauge\n# UNIT a_seconds seconds\na_seconds 1\n', 's'],
    ['# TYPE a_seconds gauge\na_seconds 1\n', 's'],
    ['# TYPE a_bytes counter\na_bytes_total 1\n', 'By'],
    ['# TYPE a_parsecs gauge\n# UNIT a_parsecs parsecs\na_parsecs 1\n', 'parsecs'],
    ['# TYPE a gauge\na 1\n', ''],
  ])('%j is in "%s"', (text, unit) => {
    expect(convert(`${text}# EOF\n`, 'openmetrics').metrics[0]?.unit).toBe(unit);
  });
});

test('a large exposition is converted in many steps, with the same result', () => {
  const text = Array.from({ length: 5_000 }, (_, index) => `g{i="${index}"} ${index}\n`).join('');
  const exposition = parseExposition(text, 'prometheus', WIDE_LIMITS);
  const steps = toMetricsSteps(exposition, AS_IT_IS);
  let count = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) {
    count += 1;
  }
  expect(count).toBeGreaterThanOrEqual(10);
  expect(step.value).toEqual(toMetrics(exposition, AS_IT_IS));
});
