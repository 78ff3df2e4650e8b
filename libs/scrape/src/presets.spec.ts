import { describe, expect, test } from '@jest/globals';
import { expositionText, WIDE_LIMITS } from '../fixtures/expositions.js';
import type { ExpositionFormat } from './exposition.js';
import { parseExposition } from './exposition-parser.js';
import { PRESETS, presets } from './presets.js';
import type { ScrapedMetric, ScrapedPoint } from './scraped-metric.js';
import { toMetrics } from './to-metrics.js';

function formatOf(file: string): ExpositionFormat {
  return file.endsWith('.prom') ? 'prometheus' : 'openmetrics';
}

function scraped(file: string) {
  const preset = PRESETS.find((each) => file.startsWith(each)) ?? 'vllm';
  return toMetrics(parseExposition(expositionText(file), formatOf(file), WIDE_LIMITS), presets[preset]);
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
    ['triton-cpu.prom', 20, 101, 20, 41],
    ['triton.prom', 23, 58, 23, 40],
    ['vllm.prom', 23, 90, 15, 19],
    ['vllm.openmetrics', 15, 90, 15, 19],
    ['kserve.prom', 18, 142, 14, 23],
    ['kserve.openmetrics', 14, 142, 14, 23],
    ['ray-serve.prom', 50, 217, 50, 105],
    ['bentoml.prom', 5, 169, 5, 27],
    ['dcgm.prom', 14, 28, 13, 26],
  ])('%s is read whole', (file, families, samples, metrics, series) => {
    const exposition = parseExposition(expositionText(file), formatOf(file), WIDE_LIMITS);
    expect(exposition).toMatchObject({ samples, lostSamples: 0, problemCount: 0 });
    expect(exposition.families).toHaveLength(families);
    const converted = scraped(file);
    expect(converted.problems).toEqual([]);
    expect(converted.metrics).toHaveLength(metrics);
    expect(converted.metrics.reduce((sum, { points }) => sum + points.length, 0)).toBe(series);
  });

  test('Triton: counters by model and version, and summaries, also of a model that stands idle', () => {
    const { metrics } = scraped('triton-cpu.prom');
    const ranker = { 'model.name': 'ranker', 'model.version': '3' };
    expect(pointOf(metrics, 'nv_inference_request_success', ranker)).toMatchObject({
      value: { number: 52 },
      startTimeUnixNano: 0n,
    });
    expect(pointOf(metrics, 'nv_inference_request_failure', { ...ranker, reason: 'BACKEND' })).toMatchObject({
      value: { number: 3 },
    });
    expect(pointOf(metrics, 'nv_inference_request_summary_us', ranker)).toMatchObject({
      kind: 'summary',
      count: 52n,
      sum: 608_657,
      quantiles: [
        [0.5, 5_592],
        [0.9, 5_834],
        [0.95, 5_834],
        [0.99, 5_834],
        [0.999, 5_834],
      ],
    });
    // Without a request for a minute its quantiles are "Nan".
    expect(
      pointOf(metrics, 'nv_inference_request_summary_us', { 'model.name': 'storyteller' }),
    ).toMatchObject({
      count: 12n,
      sum: 426_485,
      quantiles: [0.5, 0.9, 0.95, 0.99, 0.999].map((quantile) => [quantile, NaN]),
    });
  });

  test('Triton beside a GPU, with reasons of failures and the histogram of first responses', () => {
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

  test('KServe: four stages per model, the same in both formats', () => {
    const text = scraped('kserve.prom').metrics;
    const open = scraped('kserve.openmetrics').metrics;
    expect(pointOf(text, 'request_predict_seconds', { 'model.name': 'iris' })).toMatchObject({
      count: 40n,
      sum: 0.8789130109971666,
      startTimeUnixNano: 1_795_544_964_100_144_100n,
      bucketCounts: [2n, 5n, 22n, 9n, 2n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n],
    });
    expect(text.find(({ name }) => name === 'request_predict_seconds')?.unit).toBe('s');
    expect(pointOf(text, 'request_explain_seconds', { 'model.name': 'iris-deep' })).toBeUndefined();
    expect(open.map(({ name, kind, unit }) => [name, kind, unit])).toEqual(
      text.map(({ name, kind, unit }) => [name, kind, unit]),
    );
    // The numbers of the process itself moved between the two answers.
    const stages = (metrics: readonly ScrapedMetric[]) =>
      metrics.filter(({ name }) => name.startsWith('request_'));
    expect(stages(text)).toHaveLength(4);
    expect(stages(open)).toEqual(stages(text));
  });

  test('Ray Serve: latency in milliseconds per deployment, empty labels absent', () => {
    const { metrics } = scraped('ray-serve.prom');
    const unitOf = (metric: string) => metrics.find(({ name }) => name === metric)?.unit;
    expect(unitOf('ray_serve_deployment_processing_latency_ms')).toBe('ms');
    expect(unitOf('ray_serve_controller_control_loop_duration_s')).toBe('s');
    expect(
      pointOf(metrics, 'ray_serve_deployment_error_counter_total', { 'model.name': 'Ranker' }),
    ).toMatchObject({ kind: 'number', value: { number: 3 } });
    expect(
      pointOf(metrics, 'ray_serve_deployment_processing_latency_ms', { 'model.name': 'Ranker' }),
    ).toMatchObject({
      count: 43n,
      sum: 1_274.5,
      bucketCounts: [0n, 0n, 2n, 1n, 9n, 30n, 1n, ...Array<bigint>(13).fill(0n)],
    });
    expect(
      pointOf(metrics, 'ray_serve_num_http_requests_total', { status_code: '404' })?.attributes.map(
        ([key]) => key,
      ),
    ).toEqual([
      'Component',
      'NodeAddress',
      'SessionName',
      'Version',
      'WorkerId',
      'method',
      'otel_scope_name',
      'status_code',
    ]);
  });

  test('Ray Serve: where a series has both a deployment and a model, the first in order is the model', () => {
    const text = 'ray_vllm_num_requests_running{deployment="LLM",model_name="qwen"} 5\n';
    const { metrics } = toMetrics(parseExposition(text, 'prometheus', WIDE_LIMITS), presets['ray-serve']);
    expect(metrics[0]?.points[0]?.attributes).toEqual([
      ['model.name', 'LLM'],
      ['model_name', 'qwen'],
    ]);
  });

  test('BentoML: the bento and its version are the model, its services stay apart', () => {
    const { metrics } = scraped('bentoml.prom');
    expect(
      pointOf(metrics, 'bentoml_service_request_total', {
        endpoint: '/summarize',
        http_response_code: '500',
      }),
    ).toMatchObject({
      value: { number: 3 },
      attributes: [
        ['endpoint', '/summarize'],
        ['http_response_code', '500'],
        ['model.name', 'summarizer'],
        ['model.version', 'ff6gtcxigwf3aax4'],
        ['runner_name', 'Summarizer'],
      ],
    });
    expect(
      pointOf(metrics, 'bentoml_service_adaptive_batch_size', { runner_name: 'Embedder' }),
    ).toMatchObject({
      count: 10n,
      sum: 25,
      bounds: [1, 2, 4, 8],
      bucketCounts: [3n, 1n, 6n, 0n, 0n],
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
