import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import { FAULT, NO_RECORDED_VALUE } from './faults.js';
import type { Fault } from './faults.js';
import type { AttributeRanges } from './protobuf-attributes.js';
import { startTimeFault, timeFault } from './protobuf-time.js';

/**
 * Decodes NumberDataPoint messages into columns.
 *
 * start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, one of as_double = 4 double and as_int = 6 sfixed64
 * (the last one wins), exemplars = 5 (not stored), attributes = 7 repeated KeyValue, flags = 8 uint32.
 *
 * Fields may come in any order, so the first pass only notes where they are; position 0 means absent.
 */
export class NumberPointDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly attributes: AttributeRanges;
  private time = 0;
  private startTime = 0;
  private value = 0;
  private isInt = false;
  private flags = 0;

  constructor(reader: WireReader, builder: MetricBatchBuilder, attributes: AttributeRanges) {
    this.reader = reader;
    this.builder = builder;
    this.attributes = attributes;
  }

  /** Decodes the message between the reader's position and `end`, and leaves the reader there; undefined is success. */
  decode(end: number): Fault | undefined {
    const { reader } = this;
    this.scan(end);
    const fault = this.fault();
    if (fault === undefined) {
      this.store();
    }
    reader.position = end;
    return fault;
  }

  private scan(end: number): void {
    const { reader, attributes } = this;
    this.time = this.startTime = this.value = this.flags = 0;
    attributes.clear();
    reader.limit = end;
    let start = reader.position;
    while (reader.next()) {
      switch (reader.field) {
        case 2:
          this.startTime = reader.fixed64();
          break;
        case 3:
          this.time = reader.fixed64();
          break;
        case 4:
          this.value = reader.fixed64();
          this.isInt = false;
          break;
        case 6:
          this.value = reader.fixed64();
          this.isInt = true;
          break;
        case 7:
          attributes.add(start);
          break;
        case 8:
          this.flags = reader.uint32();
          break;
        default:
          reader.skip();
      }
      start = reader.position;
    }
  }

  private fault(): Fault | undefined {
    const { view } = this.reader;
    const isMissing = this.value === 0 && (this.flags & NO_RECORDED_VALUE) === 0;
    return (
      timeFault(view, this.time) ??
      startTimeFault(view, this.startTime) ??
      (isMissing ? FAULT.noValue : undefined)
    );
  }

  private store(): void {
    const { view } = this.reader;
    const { numbers } = this.builder;
    const row = numbers.add(this.builder.seriesIndex(this.attributes.id()), this.flags);
    numbers.timeUnixNano[row] = view.getBigInt64(this.time, true);
    if (this.startTime !== 0) {
      numbers.startTimeUnixNano[row] = view.getBigInt64(this.startTime, true);
    }
    if (this.value === 0) {
      numbers.value[row] = NaN;
    } else if (this.isInt) {
      const exact = view.getBigInt64(this.value, true);
      numbers.valueInt[row] = exact;
      numbers.value[row] = Number(exact);
      numbers.isInt[row] = 1;
    } else {
      numbers.value[row] = view.getFloat64(this.value, true);
    }
  }
}
