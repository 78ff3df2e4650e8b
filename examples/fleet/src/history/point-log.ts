import type { Attributes, HrTime } from '@opentelemetry/api';
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import type { InstrumentSpec } from '../instruments.js';
import { CounterTotal, HistogramTotal } from './totals.js';

interface Series<T> {
  readonly spec: InstrumentSpec;
  readonly attributes: Attributes;
  readonly total: { reset(): void; snapshot(): T };
  readonly points: DataPoint<T>[];
}

/** Milliseconds since the epoch as OpenTelemetry's [seconds, nanoseconds]. */
export function toHrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

/**
 * Builds the data points of past reports by hand, because SDK instruments cannot be back-dated.
 *
 * It follows the SDK's rules: a cumulative series keeps its start time and grows; a delta series starts where its
 * last report ended and begins again at zero.
 */
export class PointLog {
  private readonly temporality: AggregationTemporality;
  private readonly counters: Series<number>[] = [];
  private readonly histograms: Series<Histogram>[] = [];
  private readonly gauges = new Map<InstrumentSpec, DataPoint<number>[]>();
  private start: number;

  constructor(temporality: 'cumulative' | 'delta', start: number) {
    this.temporality =
      temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE;
    this.start = start;
  }

  /** Opens a counter series; record into what it returns. */
  counter(spec: InstrumentSpec, attributes: Attributes): CounterTotal {
    const total = new CounterTotal();
    this.counters.push({ spec, attributes, total, points: [] });
    return total;
  }

  /** Opens a histogram series; record into what it returns. */
  histogram(spec: InstrumentSpec, attributes: Attributes): HistogramTotal {
    const total = new HistogramTotal();
    this.histograms.push({ spec, attributes, total, points: [] });
    return total;
  }

  /** Adds one gauge point. */
  gauge(spec: InstrumentSpec, attributes: Attributes, value: number, at: number): void {
    const points = this.gauges.get(spec) ?? [];
    points.push({ attributes, startTime: toHrTime(at), endTime: toHrTime(at), value });
    this.gauges.set(spec, points);
  }

  /** Reports every counter and histogram at `at`, in milliseconds since the epoch. */
  report(at: number): void {
    const startTime = toHrTime(this.start);
    const endTime = toHrTime(at);
    const isDelta = this.temporality === AggregationTemporality.DELTA;
    const reportOne = <T>(series: Series<T>): void => {
      series.points.push({
        attributes: series.attributes,
        startTime,
        endTime,
        value: series.total.snapshot(),
      });
      if (isDelta) {
        series.total.reset();
      }
    };
    this.counters.forEach(reportOne);
    this.histograms.forEach(reportOne);
    if (isDelta) {
      this.start = at;
    }
  }

  /** Hands out the points reported since the last call, as the exporter wants them, and their number. */
  take(): { metrics: MetricData[]; points: number } {
    const metrics: MetricData[] = [];
    const aggregationTemporality = this.temporality;
    for (const [descriptor, dataPoints] of bySpec(this.counters)) {
      metrics.push({
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints,
      });
    }
    for (const [descriptor, dataPoints] of bySpec(this.histograms)) {
      metrics.push({
        descriptor,
        aggregationTemporality,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints,
      });
    }
    for (const [descriptor, dataPoints] of this.gauges) {
      metrics.push({ descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints });
    }
    this.gauges.clear();
    return { metrics, points: metrics.reduce((sum, metric) => sum + metric.dataPoints.length, 0) };
  }
}

/** Moves the points out of the series, all series of one metric together: OTLP has one entry for each metric. */
function bySpec<T>(all: readonly Series<T>[]): Map<InstrumentSpec, DataPoint<T>[]> {
  const found = new Map<InstrumentSpec, DataPoint<T>[]>();
  for (const series of all) {
    const points = found.get(series.spec) ?? [];
    points.push(...series.points.splice(0));
    found.set(series.spec, points);
  }
  return found;
}
