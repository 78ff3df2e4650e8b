import type { AttributeMap } from '../attributes.js';
import { canonicalAttributes } from '../attributes.js';
import { readKeyValue } from '../wire/any-value.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import { COST } from './work.js';
import type { Work } from './work.js';

/** More exemplars than this in one point are not stored: an SDK keeps one per bucket. */
const MAX_PER_POINT = 1_024;

/**
 * Decodes Exemplar messages into columns, once it is known that their point is accepted.
 *
 * time_unix_nano = 2 fixed64, one of as_double = 3 double and as_int = 6 sfixed64 (the last one wins), span_id = 4
 * bytes, trace_id = 5 bytes, filtered_attributes = 7 repeated KeyValue.
 *
 * An exemplar is a hint, not a measurement: one without a value, or with a time that may not be stored, is left out
 * and refuses nothing.
 */
export class ExemplarDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly work: Work;
  private readonly ranges: number[] = [];
  private time = 0;
  private value = 0;
  private isInt = false;
  private traceId = '';
  private spanId = '';
  private attributes: AttributeMap | null = null;

  constructor(reader: WireReader, builder: MetricBatchBuilder, work: Work) {
    this.reader = reader;
    this.builder = builder;
    this.work = work;
  }

  /** Forgets the exemplars of the point before. */
  clear(): void {
    if (this.ranges.length > 0) {
      this.ranges.length = 0;
    }
  }

  /** Passes over the exemplar that the reader's current field holds. */
  add(): void {
    const end = this.reader.skipBytes();
    if (this.ranges.length < 2 * MAX_PER_POINT) {
      this.ranges.push(this.reader.contentStart, end);
    }
  }

  /** Adds the exemplars to the batch. Moves the reader anywhere. */
  store(seriesIndex: number, pointTime: number): void {
    const { ranges } = this;
    for (let index = 0; index < ranges.length; index += 2) {
      this.work.left -= COST.exemplar;
      this.scan(ranges[index]!, ranges[index + 1]!);
      if (this.value !== 0) {
        this.storeOne(seriesIndex, this.hasTime() ? this.time : pointTime);
      }
    }
  }

  private scan(start: number, end: number): void {
    const { reader } = this;
    this.time = this.value = 0;
    this.traceId = this.spanId = '';
    this.attributes = null;
    reader.seek(start, end);
    while (reader.next()) {
      switch (reader.field) {
        case 2:
          this.time = reader.fixed64();
          break;
        case 3:
          this.value = reader.fixed64();
          this.isInt = false;
          break;
        case 4:
          this.spanId = this.id(8);
          break;
        case 5:
          this.traceId = this.id(16);
          break;
        case 6:
          this.value = reader.fixed64();
          this.isInt = true;
          break;
        case 7:
          this.attributes ??= new Map();
          readKeyValue(reader, this.attributes);
          break;
        default:
          reader.skip();
      }
    }
  }

  /** The id that the reader's current field holds; empty unless it has the right length and a bit set. */
  private id(length: number): string {
    const { reader } = this;
    const end = reader.skipBytes();
    const start = reader.contentStart;
    if (end - start !== length) {
      return '';
    }
    const hex = reader.bytes.toString('hex', start, end);
    return /^0*$/.test(hex) ? '' : hex;
  }

  private hasTime(): boolean {
    const { view } = this.reader;
    return (
      this.time !== 0 && (view.getUint32(this.time, true) !== 0 || view.getUint32(this.time + 4, true) !== 0)
    );
  }

  private storeOne(seriesIndex: number, position: number): void {
    const { view } = this.reader;
    const { exemplars, times } = this.builder;
    let low = view.getUint32(position, true);
    let high = view.getUint32(position + 4, true);
    if (!times.contains(low, high)) {
      return;
    }
    const row = exemplars.add(seriesIndex, 0);
    exemplars.time.words[2 * row] = low;
    exemplars.time.words[2 * row + 1] = high;
    if (this.isInt) {
      low = view.getUint32(this.value, true);
      high = view.getUint32(this.value + 4, true);
      exemplars.valueInt.words[2 * row] = low;
      exemplars.valueInt.words[2 * row + 1] = high;
      exemplars.value[row] = (high | 0) * 4_294_967_296 + low;
      exemplars.isInt[row] = 1;
    } else {
      exemplars.value[row] = view.getFloat64(this.value, true);
    }
    exemplars.traceId.push(this.traceId);
    exemplars.spanId.push(this.spanId);
    exemplars.filteredAttributes.push(
      this.attributes === null ? NO_LABELS : canonicalAttributes(this.attributes).labels,
    );
  }
}

const NO_LABELS = {};
