import { describe, expect, test } from '@jest/globals';
import { expositionText, EXPOSITIONS, WIDE_LIMITS } from '../fixtures/expositions.js';
import type { ExpositionFormat } from './exposition.js';
import { parseExposition } from './exposition-parser.js';
import { presets } from './presets.js';
import type { ScrapedMetric, ScrapedPoint } from './scraped-metric.js';
import { toMetrics, toMetricsSteps, type SampleMapping } from './to-metrics.js';

const AS_IT_IS: SampleMapping = { rename: {}, unsupportedFrom: null };

function convert(text: string, format: ExpositionFormat = 'prometheus', mapping = AS_IT_IS) {
  return toMetrics(parseExposition(text, format, WIDE_LIMITS), mapping);
}

function scraped(file: string) {
  const preset = EXPOSITIONS.find((each) => each.file === file)?.preset ?? 'vllm';
  const format = file.endsWith('.prom') ? 'prometheus' : 'openmetrics';
  return convert(expositionText(file), format, presets[preset]);
}

/** The point of a metric whose attributes contain all of `labels`. */
function pointOf(
  metrics: readonly ScrapedMetric[],
  name: string,
  labels: Record<string, string> = {},
): ScrapedPoint | undefined {
  return metrics
    .find((metric) => metric.name === name)
    ?.points.find(({ attributes }) =>
      Object.entries(labels).every(([key, value]) => attributes.some(([k, v]) => k === key && v === value)),
    );
}

describe('what serving systems expose', () => {
  test.each([
    // families, samples, metrics, series
    ['triton.prom', 23, 58, 23, 40],
    ['vllm.prom', 23, 90, 15, 19],
    ['vllm.openmetrics', 15, 90, 15, 19],
    ['kserve.prom', 10, 76, 6, 8],
    ['ray-serve.prom', 10, 40, 10, 12],
    ['bentoml.prom', 4, 42, 4, 8],
    ['dcgm.prom', 14, 28, 13, 26],
  ])('%s is read whole', (file, families, samples, metrics, series) => {
    const format = file.endsWith('.prom') ? 'prometheus' : 'openmetrics';
    const exposition = parseExposition(expositionText(file), format, WIDE_LIMITS);
    expect(exposition).toMatchObject({ samples, lostSamples: 0, problemCount: 0 });
    expect(exposition.families).toHaveLength(families);
    const converted = scraped(file);
    expect(converted.problems).toEqual([]);
    expect(converted.metrics).toHaveLength(metrics);
    expect(converted.metrics.reduce((sum, { points }) => sum + points.length, 0)).toBe(series);
  });

  test('Triton: counters by model and version, summaries, and the histogram of first responses', () => {
    const { metrics } = scraped('triton.prom');
    const ranker = { 'model.name': 'ranker', 'model.version': '3' };
    expect(metrics.find(({ name }) => name === 'nv_inference_request_success')).toMatchObject({
      kind: 'counter',
      unit: '',
      description: 'Number of successful inference requests, all batch sizes',
    });
    expect(pointOf(metrics, 'nv_inference_request_success', ranker)).toMatchObject({
      value: { number: 184_467 },
      startTimeUnixNano: 0n,
    });
    expect(pointOf(metrics, 'nv_inference_request_failure', { ...ranker, reason: 'REJECTED' })).toMatchObject(
      {
        value: { number: 31 },
      },
    );
    expect(pointOf(metrics, 'nv_inference_request_summary_us', { 'model.name': 'vision' })).toMatchObject({
      kind: 'summary',
      count: 20_714n,
      sum: 994_272_000,
      quantiles: [
        [0.5, 46_102],
        [0.9, 58_990],
        [0.95, 63_217],
        [0.99, 88_410],
        [0.999, NaN],
      ],
    });
    expect(pointOf(metrics, 'nv_inference_first_response_histogram_ms')).toMatchObject({
      count: 2_635n,
      sum: 1_204_411,
      bounds: [100, 500, 2_000, 5_000],
      bucketCounts: [812n, 1_422n, 377n, 21n, 3n],
    });
    expect(metrics.find(({ name }) => name === 'nv_inference_queue_duration_us')?.unit).toBe('us');
  });

  test('vLLM: start times out of the gauges that the Python client exposes beside its counters', () => {
    const { metrics } = scraped('vllm.prom');
    const labels = { 'model.name': 'meta-llama/Llama-3.1-8B-Instruct', engine: '0' };
    expect(
      pointOf(metrics, 'vllm:request_success_total', { ...labels, finished_reason: 'stop' }),
    ).toMatchObject({ value: { number: 20_117 }, startTimeUnixNano: 1_763_712_103_123_456_700n });
    expect(pointOf(metrics, 'vllm:e2e_request_latency_seconds', labels)).toMatchObject({
      kind: 'histogram',
      count: 22_109n,
      sum: 53_219.114,
      startTimeUnixNano: 1_763_712_103_123_456_700n,
    });
    expect(pointOf(metrics, 'http_requests_total', { status: '5xx' })).toMatchObject({
      value: { number: 25 },
      startTimeUnixNano: 0n,
    });
    expect(metrics.filter(({ name }) => name.endsWith('_created'))).toEqual([]);
  });

  test('vLLM answers the same series in both formats, and exemplars in OpenMetrics only', () => {
    const text = scraped('vllm.prom').metrics;
    const open = scraped('vllm.openmetrics').metrics;
    const withoutExemplars = (metrics: readonly ScrapedMetric[]) =>
      metrics.map((metric) => ({
        ...metric,
        points: metric.points.map((point) =>
          point.kind === 'histogram' ? { ...point, exemplars: [] } : point,
        ),
      }));
    expect(withoutExemplars(open)).toEqual(withoutExemplars(text));
    expect(pointOf(open, 'vllm:time_to_first_token_seconds')).toMatchObject({
      exemplars: [
        {
          labels: [
            ['trace_id', '4bf92f3577b34da6a3ce929d0e0e4736'],
            ['span_id', '00f067aa0ba902b7'],
            ['request_id', 'r-9'],
          ],
          value: { number: 0.0163 },
          timeUnixNano: 1_763_715_703_251_000_000n,
        },
      ],
    });
  });

  test('KServe: four stages per model', () => {
    const { metrics } = scraped('kserve.prom');
    expect(pointOf(metrics, 'request_predict_seconds', { 'model.name': 'sklearn-iris' })).toMatchObject({
      count: 3_011n,
      sum: 66.8821,
      startTimeUnixNano: 1_671_066_480_981_118_400n,
      bucketCounts: [0n, 12n, 2_105n, 810n, 61n, 18n, 5n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
    });
    expect(metrics.find(({ name }) => name === 'request_predict_seconds')?.unit).toBe('s');
  });

  test('Ray Serve: counters without _total, latency in milliseconds', () => {
    const { metrics } = scraped('ray-serve.prom');
    expect(metrics.find(({ name }) => name === 'ray_serve_deployment_processing_latency_ms')?.unit).toBe(
      'ms',
    );
    expect(pointOf(metrics, 'ray_serve_deployment_error_counter', { 'model.name': 'Ranker' })).toMatchObject({
      value: { number: 37 },
    });
    // Where a series has both a deployment and a model, the first in order is the model, and the other stays.
    expect(pointOf(metrics, 'ray_vllm_num_requests_running')?.attributes).toEqual(
      expect.arrayContaining([
        ['model.name', 'LLM'],
        ['model_name', 'qwen'],
      ]),
    );
  });

  test('BentoML: labels without a value are absent', () => {
    const { metrics } = scraped('bentoml.prom');
    expect(
      pointOf(metrics, 'bentoml_service_request_total', {
        endpoint: '/summarize',
        http_response_code: '500',
      }),
    ).toMatchObject({
      value: { number: 9 },
      attributes: [
        ['endpoint', '/summarize'],
        ['http_response_code', '500'],
        ['model.name', 'Summarization'],
        ['model.version', 'b4tq2lx3hk'],
      ],
    });
  });

  test('DCGM: fields that a GPU does not support are left out, exact integers stay', () => {
    const { metrics, dropped } = scraped('dcgm.prom');
    expect(dropped).toBe(2);
    expect(metrics.some(({ name }) => name === 'DCGM_FI_DEV_VGPU_LICENSE_STATUS')).toBe(false);
    const gpu = { 'hw.id': 'GPU-0a1b2c3d-1111-2222-3333-444455556666', 'host.name': 'gpu-node-7' };
    expect(pointOf(metrics, 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', gpu)).toMatchObject({
      value: { integer: 9_223_372_036_854_775n },
    });
  });
});

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
