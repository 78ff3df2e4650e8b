import { VarintList } from '../wire/varint-list.js';
import type { WireReader } from '../wire/reader.js';
import type { ExponentialHistogramColumns } from './distribution-columns.js';
import { FAULT, indexFault, MAX_LIST_LENGTH, scaleFault } from './faults.js';
import type { Fault } from './faults.js';
import { DistributionPointDecoder } from './protobuf-distribution-point.js';
import { copyWords } from './protobuf-point.js';

/**
 * Decodes ExponentialHistogramDataPoint messages into columns.
 *
 * attributes = 1 repeated KeyValue, start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, count = 4 fixed64,
 * sum = 5 optional double, scale = 6 sint32, zero_count = 7 fixed64, positive = 8 Buckets, negative = 9 Buckets,
 * flags = 10 uint32, exemplars = 11 repeated Exemplar, min = 12 optional double, max = 13 optional double,
 * zero_threshold = 14 double.
 */
export class ExponentialHistogramPointDecoder extends DistributionPointDecoder {
  private readonly positive = new Buckets();
  private readonly negative = new Buckets();
  private scale = 0;
  private zeroCount = 0;
  private zeroThreshold = 0;
  private positiveCounts: BigUint64Array = new BigUint64Array(0);
  private negativeCounts: BigUint64Array = new BigUint64Array(0);

  protected override columns(): ExponentialHistogramColumns {
    return this.parts.builder.exponentialHistograms;
  }

  protected override clear(): void {
    super.clear();
    this.scale = this.zeroCount = this.zeroThreshold = 0;
    this.positive.clear();
    this.negative.clear();
  }

  protected scanField(tag: number): void {
    const { reader } = this.parts;
    switch (reader.field) {
      case 1:
        this.attribute(tag);
        return;
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
        this.scale = reader.sint32();
        return;
      case 7:
        this.zeroCount = reader.fixed64();
        return;
      default:
        this.scanLaterField();
    }
  }

  protected contentFault(): Fault | undefined {
    const { scale, positive, negative } = this;
    const { slab } = this.parts;
    if (positive.counts.length > MAX_LIST_LENGTH || negative.counts.length > MAX_LIST_LENGTH) {
      return FAULT.listLength;
    }
    this.positiveCounts = positive.counts.toUnsigned(slab);
    this.negativeCounts = negative.counts.toUnsigned(slab);
    return (
      scaleFault(scale) ??
      indexFault(scale, positive.offset, this.positiveCounts) ??
      indexFault(scale, negative.offset, this.negativeCounts)
    );
  }

  protected override storeContent(row: number): void {
    super.storeContent(row);
    const { view } = this.parts.reader;
    const columns = this.columns();
    columns.scale[row] = this.scale;
    if (this.zeroCount !== 0) {
      copyWords(view, this.zeroCount, columns.zeroCount.words, row);
    }
    if (this.zeroThreshold !== 0) {
      columns.zeroThreshold[row] = view.getFloat64(this.zeroThreshold, true);
    }
    columns.positiveOffset[row] = this.positive.offset;
    columns.negativeOffset[row] = this.negative.offset;
    columns.positiveBucketCounts.push(this.positiveCounts);
    columns.negativeBucketCounts.push(this.negativeCounts);
  }

  private scanLaterField(): void {
    const { reader, exemplars } = this.parts;
    switch (reader.field) {
      case 8:
        this.positive.read(reader);
        return;
      case 9:
        this.negative.read(reader);
        return;
      case 10:
        this.flags = reader.uint32();
        return;
      case 11:
        exemplars.add();
        return;
      case 12:
        this.min = reader.fixed64();
        return;
      case 13:
        this.max = reader.fixed64();
        return;
      case 14:
        this.zeroThreshold = reader.fixed64();
        return;
      default:
        reader.skip();
    }
  }
}

/** Buckets: offset = 1 sint32, bucket_counts = 2 repeated uint64. */
class Buckets {
  offset = 0;
  readonly counts = new VarintList(MAX_LIST_LENGTH);

  clear(): void {
    this.offset = 0;
    this.counts.clear();
  }

  /** Reads the message that the reader's current field holds; a second one is merged into the first. */
  read(reader: WireReader): void {
    const end = reader.bytesEnd();
    const outer = reader.limit;
    reader.limit = end;
    while (reader.next()) {
      if (reader.field === 1) {
        this.offset = reader.sint32();
      } else if (reader.field === 2) {
        this.counts.add(reader);
      } else {
        reader.skip();
      }
    }
    reader.limit = outer;
  }
}
