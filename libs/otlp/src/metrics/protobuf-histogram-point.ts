import { Fixed64List } from '../wire/fixed64-list.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import { bucketFault } from './faults.js';
import type { Fault } from './faults.js';
import type { AttributeRanges } from './protobuf-attributes.js';
import { startTimeFault, timeFault } from './protobuf-time.js';

/**
 * Decodes HistogramDataPoint messages into columns.
 *
 * start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, count = 4 fixed64, sum = 5 optional double,
 * bucket_counts = 6 repeated fixed64, explicit_bounds = 7 repeated double, exemplars = 8 (not stored),
 * attributes = 9 repeated KeyValue, flags = 10 uint32, min = 11 optional double, max = 12 optional double.
 *
 * Works like `NumberPointDecoder`: position 0 means absent.
 */
export class HistogramPointDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly attributes: AttributeRanges;
  private readonly bucketCounts = new Fixed64List();
  private readonly explicitBounds = new Fixed64List();
  /** Bounds of the point before: points of a metric nearly always share them, and then share the array. */
  private bounds: Float64Array = new Float64Array(0);
  private time = 0;
  private startTime = 0;
  private count = 0;
  private sum = 0;
  private min = 0;
  private max = 0;
  private flags = 0;

  constructor(reader: WireReader, builder: MetricBatchBuilder, attributes: AttributeRanges) {
    this.reader = reader;
    this.builder = builder;
    this.attributes = attributes;
  }

  /** Decodes the message between the reader's position and `end`, and leaves the reader there; undefined is success. */
  decode(end: number): Fault | undefined {
    const { reader } = this;
    this.clear();
    reader.limit = end;
    let start = reader.position;
    while (reader.next()) {
      this.scanField(start);
      start = reader.position;
    }
    const fault =
      timeFault(reader.view, this.time) ?? startTimeFault(reader.view, this.startTime) ?? this.buckets();
    if (fault === undefined) {
      this.store();
    }
    reader.position = end;
    return fault;
  }

  private clear(): void {
    this.time = this.startTime = this.count = this.sum = this.min = this.max = this.flags = 0;
    this.attributes.clear();
    this.bucketCounts.clear();
    this.explicitBounds.clear();
  }

  private scanField(start: number): void {
    const { reader } = this;
    switch (reader.field) {
      case 2:
        this.startTime = reader.fixed64();
        return;
      case 3:
        this.time = reader.fixed64();
        return;
      case 4:
        this.count = reader.fixed64();
        return;
      case 5:
        this.sum = reader.fixed64();
        return;
      case 6:
        this.bucketCounts.add(reader);
        return;
      case 7:
        this.explicitBounds.add(reader);
        return;
      case 9:
        this.attributes.add(start);
        return;
      case 10:
        this.flags = reader.uint32();
        return;
      case 11:
        this.min = reader.fixed64();
        return;
      case 12:
        this.max = reader.fixed64();
        return;
      default:
        reader.skip();
    }
  }

  private buckets(): Fault | undefined {
    this.bounds = this.explicitBounds.toDoubles(this.reader.view, this.bounds);
    return bucketFault(this.bucketCounts.length, this.bounds);
  }

  private store(): void {
    const { view } = this.reader;
    const { histograms } = this.builder;
    const series = this.builder.seriesIndex(this.attributes.id());
    const row = histograms.add(series, this.flags, this.bucketCounts.toUnsigned(view), this.bounds);
    histograms.timeUnixNano[row] = view.getBigInt64(this.time, true);
    if (this.startTime !== 0) {
      histograms.startTimeUnixNano[row] = view.getBigInt64(this.startTime, true);
    }
    if (this.count !== 0) {
      histograms.count[row] = view.getBigUint64(this.count, true);
    }
    if (this.sum !== 0) {
      histograms.sum[row] = view.getFloat64(this.sum, true);
      histograms.hasSum[row] = 1;
    }
    if (this.min !== 0) {
      histograms.min[row] = view.getFloat64(this.min, true);
      histograms.hasMin[row] = 1;
    }
    if (this.max !== 0) {
      histograms.max[row] = view.getFloat64(this.max, true);
      histograms.hasMax[row] = 1;
    }
  }
}
