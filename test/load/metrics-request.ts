import { seededRandom } from '@tidewatch/core';
import { nanoHalves, withHead, type RequestTemplate } from './request-template.js';
import { attribute, WireWriter } from './wire-writer.js';

const METRICS = 10;
const CUMULATIVE = 2;
/** Values of gauges, with three decimals as a service rounds them. Drawn once: drawing anew would cost more than sending. */
const GAUGE_VALUES = gaugeValues(4_096);

/** Which series a template holds: those of one exporter. */
export interface ExporterSeries {
  /** Number of the exporter; part of every series' labels. */
  readonly exporter: number;
  /** Number points in a request, each of a series of its own; a multiple of 10. */
  readonly points: number;
}

/** Labels of one number point, as they are in every format that the generator speaks. */
export function pointLabels({ exporter }: ExporterSeries, point: number): [string, string][] {
  return [
    ['model.name', `ranker-${exporter % 4}`],
    ['stage', ['preprocess', 'queue', 'model', 'postprocess'][point % 4]!],
    ['replica', `ranker-api-${exporter}-7d9f5c`],
    ['shard', `shard-${point}`],
  ];
}

/** Name of the metric that a point belongs to: half are integer counters, half gauges with three decimals. */
export function metricName(metric: number): string {
  return metric % 2 === 0 ? `load.requests.${metric}` : `load.utilization.${metric}`;
}

/** An OTLP/HTTP protobuf request of number points with four attributes each: 10 metrics, half counters, half gauges. */
export function metricsRequest(
  target: { readonly host: string; readonly port: number },
  series: ExporterSeries,
): RequestTemplate {
  const written = writeMetrics(series, Date.now()).finish();
  const head = withHead(
    { ...target, path: '/v1/metrics' },
    { 'Content-Type': 'application/x-protobuf' },
    written.bytes,
  );
  const at = (mark: string) => written.offsetsOf(mark).map((offset) => offset + head.bodyAt);
  const [times, integers, doubles] = [at('time'), at('int'), at('double')];
  const view = new DataView(head.bytes.buffer, head.bytes.byteOffset, head.bytes.length);
  let round = 0;
  return {
    bytes: head.bytes,
    items: series.points,
    stamp(timeMs) {
      round += 1;
      const { low, high } = nanoHalves(timeMs);
      for (let index = 0; index < times.length; index += 1) {
        view.setUint32(times[index]!, low, true);
        view.setUint32(times[index]! + 4, high, true);
      }
      for (let index = 0; index < integers.length; index += 1) {
        view.setUint32(integers[index]!, round * (1 + (index & 7)) + index, true);
      }
      for (let index = 0; index < doubles.length; index += 1) {
        view.setFloat64(doubles[index]!, GAUGE_VALUES[(index * 31 + round * 17) & 4_095]!, true);
      }
    },
  };
}

function writeMetrics(series: ExporterSeries, startMs: number): WireWriter {
  const start = nanoHalves(startMs);
  const writer = new WireWriter();
  writer.message(1, (resourceMetrics) => {
    resourceMetrics.message(1, (resource) => {
      attribute(resource, 1, 'service.name', `ranker-api-${series.exporter % 8}`);
      attribute(resource, 1, 'cloud.region', 'eu-1');
    });
    resourceMetrics.message(2, (scopeMetrics) => {
      scopeMetrics.message(1, (scope) => scope.text(1, 'load'));
      for (let metric = 0; metric < METRICS; metric += 1) {
        scopeMetrics.message(2, (message) => writeMetric(message, series, metric, start));
      }
    });
  });
  return writer;
}

function writeMetric(
  message: WireWriter,
  series: ExporterSeries,
  metric: number,
  start: { readonly low: number; readonly high: number },
): void {
  const isCounter = metric % 2 === 0;
  message.text(1, metricName(metric)).text(3, '1');
  message.message(isCounter ? 7 : 5, (data) => {
    for (let point = metric; point < series.points; point += METRICS) {
      data.message(1, (dataPoint) => {
        if (isCounter) {
          dataPoint.fixed64(2, start);
        }
        dataPoint.reserved64(3, 'time').reserved64(isCounter ? 6 : 4, isCounter ? 'int' : 'double');
        for (const [key, value] of pointLabels(series, point)) {
          attribute(dataPoint, 7, key, value);
        }
      });
    }
    if (isCounter) {
      data.varint(2, CUMULATIVE).varint(3, 1);
    }
  });
}

function gaugeValues(count: number): Float64Array {
  const random = seededRandom(11);
  return Float64Array.from({ length: count }, () => Math.round(random() * 100_000) / 1_000);
}
