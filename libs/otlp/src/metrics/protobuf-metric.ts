import type { WireReader } from '../wire/reader.js';
import { forEachRange } from '../wire/ranges.js';
import type { Ranges } from '../wire/ranges.js';
import type { Temporality } from './batch.js';
import type { MetricBatchBuilder, MetricDescription, ScopeContext } from './batch-builder.js';
import { FAULT } from './faults.js';
import type { Fault } from './faults.js';
import { AttributeRanges } from './protobuf-attributes.js';
import { HistogramPointDecoder } from './protobuf-histogram-point.js';
import { NumberPointDecoder } from './protobuf-number-point.js';
import { temporalityOf } from './temporality.js';

/** Field numbers of the `data` oneof in Metric. */
const DATA = { gauge: 5, sum: 7, histogram: 9, exponentialHistogram: 10, summary: 11 } as const;

/** The metric that a Metric message describes, before its data is read. */
interface MetricHead {
  name: string;
  description: string;
  unit: string;
  /** Field number of the `data` that is set last; 0 when none is. */
  data: number;
  readonly dataRanges: Ranges;
}

/** Decodes Metric messages into columns. Leaves the reader anywhere: callers hold their own ranges. */
export class MetricDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly numberPoints: NumberPointDecoder;
  private readonly histogramPoints: HistogramPointDecoder;

  constructor(reader: WireReader, builder: MetricBatchBuilder) {
    this.reader = reader;
    this.builder = builder;
    const attributes = new AttributeRanges(reader, builder);
    this.numberPoints = new NumberPointDecoder(reader, builder, attributes);
    this.histogramPoints = new HistogramPointDecoder(reader, builder, attributes);
  }

  /** Decodes the Metric message between two positions and adds its points or its refusal to the batch. */
  decode(start: number, end: number, scope: ScopeContext): void {
    const head = this.metricHead(start, end);
    if (head.data === 0) {
      return;
    }
    const refusal = refusalOf(head);
    if (refusal !== undefined) {
      let count = 0;
      forEachRange(head.dataRanges, (from, to) => (count += this.countPoints(from, to)));
      this.builder.rejections.add(head.name, refusal, count);
      return;
    }
    this.builder.openMetric(this.describe(head, scope));
    const points = head.data === DATA.histogram ? this.histogramPoints : this.numberPoints;
    forEachRange(head.dataRanges, (from, to) => this.points(from, to, head.name, points));
  }

  /**
   * Metric: name = 1 string, description = 2 string, unit = 3 string, one of gauge = 5, sum = 7, histogram = 9,
   * exponential_histogram = 10 and summary = 11 (the last one wins), metadata = 12 (not stored).
   */
  private metricHead(start: number, end: number): MetricHead {
    const { reader } = this;
    const head: MetricHead = { name: '', description: '', unit: '', data: 0, dataRanges: [] };
    reader.seek(start, end);
    while (reader.next()) {
      switch (reader.field) {
        case 1:
          head.name = reader.string();
          break;
        case 2:
          head.description = reader.string();
          break;
        case 3:
          head.unit = reader.string();
          break;
        case DATA.gauge:
        case DATA.sum:
        case DATA.histogram:
        case DATA.exponentialHistogram:
        case DATA.summary: {
          const { field } = reader;
          const messageEnd = reader.skipBytes();
          if (head.data !== field) {
            head.data = field;
            head.dataRanges.length = 0;
          }
          head.dataRanges.push(reader.contentStart, messageEnd);
          break;
        }
        default:
          reader.skip();
      }
    }
    return head;
  }

  /**
   * Reads what stands beside the points, which may come after them.
   *
   * Sum: data_points = 1, aggregation_temporality = 2 enum, is_monotonic = 3 bool. Histogram: data_points = 1,
   * aggregation_temporality = 2. Gauge: data_points = 1 only.
   */
  private describe(head: MetricHead, scope: ScopeContext): MetricDescription {
    const { reader } = this;
    const { name, unit, description } = head;
    let temporality: Temporality = 'unspecified';
    let isMonotonic = false;
    if (head.data === DATA.gauge) {
      return { scope, name, unit, description, type: 'gauge', temporality, isMonotonic };
    }
    const type = head.data === DATA.sum ? 'sum' : 'histogram';
    forEachRange(head.dataRanges, (from, to) => {
      reader.seek(from, to);
      while (reader.next()) {
        if (reader.field === 2) {
          temporality = temporalityOf(reader.uint32());
        } else if (reader.field === 3 && type === 'sum') {
          isMonotonic = reader.bool();
        } else {
          reader.skip();
        }
      }
    });
    return { scope, name, unit, description, type, temporality, isMonotonic };
  }

  private points(
    start: number,
    end: number,
    metric: string,
    points: NumberPointDecoder | HistogramPointDecoder,
  ): void {
    const { reader } = this;
    reader.seek(start, end);
    while (reader.next()) {
      if (reader.field === 1) {
        const fault = points.decode(reader.bytesEnd());
        reader.limit = end;
        if (fault !== undefined) {
          this.builder.rejections.add(metric, fault);
        }
      } else {
        reader.skip();
      }
    }
  }

  /** Every kind of data holds its points in field 1. */
  private countPoints(start: number, end: number): number {
    const { reader } = this;
    let count = 0;
    reader.seek(start, end);
    while (reader.next()) {
      if (reader.field === 1) {
        count++;
        reader.skipBytes();
      } else {
        reader.skip();
      }
    }
    return count;
  }
}

/** Why all points of this metric are refused, if they are. */
function refusalOf(head: MetricHead): Fault | undefined {
  switch (head.data) {
    case DATA.exponentialHistogram:
      return FAULT.exponentialHistogram;
    case DATA.summary:
      return FAULT.summary;
    default:
      return head.name === '' ? FAULT.noName : undefined;
  }
}
