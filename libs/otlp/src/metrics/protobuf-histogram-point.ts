import { Fixed64List } from '../wire/fixed64-list.js';
import type { HistogramColumns } from './distribution-columns.js';
import { bucketFault, FAULT, MAX_LIST_LENGTH } from './faults.js';
import type { Fault } from './faults.js';
import { DistributionPointDecoder } from './protobuf-distribution-point.js';

/**
 * Decodes HistogramDataPoint messages into columns.
 *
 * start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, count = 4 fixed64, sum = 5 optional double,
 * bucket_counts = 6 repeated fixed64, explicit_bounds = 7 repeated double, exemplars = 8 repeated Exemplar,
 * attributes = 9 repeated KeyValue, flags = 10 uint32, min = 11 optional double, max = 12 optional double.
 */
export class HistogramPointDecoder extends DistributionPointDecoder {
  private readonly bucketCounts = new Fixed64List();
  private readonly explicitBounds = new Fixed64List();
  /** Bounds of the point before: points of a metric nearly always share them, and then share the array. */
  private bounds: Float64Array = new Float64Array(0);

  protected override columns(): HistogramColumns {
    return this.parts.builder.histograms;
  }

  protected override clear(): void {
    super.clear();
    this.bucketCounts.clear();
    this.explicitBounds.clear();
  }

  protected scanField(tag: number): void {
    const { reader, exemplars } = this.parts;
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
      case 8:
        exemplars.add();
        return;
      case 9:
        this.attribute(tag);
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

  protected contentFault(): Fault | undefined {
    if (this.explicitBounds.length > MAX_LIST_LENGTH) {
      return FAULT.listLength;
    }
    this.bounds = this.explicitBounds.toDoubles(this.parts.reader.view, this.bounds);
    return bucketFault(this.bucketCounts.length, this.bounds);
  }

  protected override storeContent(row: number): void {
    super.storeContent(row);
    const { reader, slab } = this.parts;
    const columns = this.columns();
    columns.bucketCounts.push(this.bucketCounts.toUnsigned(reader.view, slab));
    columns.explicitBounds.push(this.bounds);
  }
}
