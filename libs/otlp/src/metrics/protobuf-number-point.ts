import { FAULT, MAX_POINT_FIELDS, NO_RECORDED_VALUE } from './faults.js';
import type { Fault } from './faults.js';
import { copyWords } from './protobuf-point.js';
import type { PointDecoder, PointParts } from './protobuf-point.js';

/** Tags of the fields below as encoders write them: field number and wire type in one byte. */
const TAG = { startTime: 0x11, time: 0x19, asDouble: 0x21, asInt: 0x31, attribute: 0x3a };

/**
 * Decodes NumberDataPoint messages into columns.
 *
 * start_time_unix_nano = 2 fixed64, time_unix_nano = 3 fixed64, one of as_double = 4 double and as_int = 6 sfixed64
 * (the last one wins), exemplars = 5 repeated Exemplar, attributes = 7 repeated KeyValue, flags = 8 uint32.
 *
 * This is the path that most bytes of most requests take. It works like `ScannedPointDecoder`, on local variables and
 * with a look at the tag byte before the general reader is asked.
 */
export class NumberPointDecoder implements PointDecoder {
  private readonly parts: PointParts;
  private time = 0;
  private startTime = 0;
  private value = 0;
  private isInt = false;
  private flags = 0;

  constructor(parts: PointParts) {
    this.parts = parts;
  }

  reserve(count: number): void {
    this.parts.builder.numbers.reserve(count);
  }

  decode(start: number, end: number): Fault | undefined {
    const { series, exemplars } = this.parts;
    this.time = this.startTime = this.value = this.flags = 0;
    series.clear();
    exemplars.clear();
    return this.scan(start, end) ?? this.fault() ?? this.store();
  }

  private scan(start: number, end: number): Fault | undefined {
    const { reader, series } = this.parts;
    const { bytes } = reader;
    let position = start;
    for (let count = 0; position < end; count++) {
      if (count === MAX_POINT_FIELDS) {
        return FAULT.fieldCount;
      }
      const tag = bytes[position]!;
      if (tag === TAG.attribute) {
        position = series.take(position, end);
      } else if (tag === TAG.time && end - position > 8) {
        this.time = position + 1;
        position += 9;
      } else if (tag === TAG.startTime && end - position > 8) {
        this.startTime = position + 1;
        position += 9;
      } else if ((tag === TAG.asDouble || tag === TAG.asInt) && end - position > 8) {
        this.value = position + 1;
        this.isInt = tag === TAG.asInt;
        position += 9;
      } else {
        position = this.scanField(position, end);
      }
    }
    return undefined;
  }

  /** Any field, written in any way; returns where it ends. */
  private scanField(start: number, end: number): number {
    const { reader, series, exemplars } = this.parts;
    reader.seek(start, end);
    reader.next();
    switch (reader.field) {
      case 2:
        this.startTime = reader.fixed64();
        break;
      case 3:
        this.time = reader.fixed64();
        break;
      case 4:
      case 6:
        this.isInt = reader.field === 6;
        this.value = reader.fixed64();
        break;
      case 5:
        exemplars.add();
        break;
      case 7:
        return series.take(start, end);
      case 8:
        this.flags = reader.uint32();
        break;
      default:
        reader.skip();
    }
    return reader.position;
  }

  private fault(): Fault | undefined {
    const { view } = this.parts.reader;
    const { times } = this.parts.builder;
    if (this.time === 0) {
      return FAULT.noTime;
    }
    const low = view.getUint32(this.time, true);
    const high = view.getUint32(this.time + 4, true);
    if (!times.contains(low, high)) {
      return times.faultOf(low, high);
    }
    if (this.startTime !== 0 && view.getUint8(this.startTime + 7) >= 0x80) {
      return FAULT.timeOverflow;
    }
    return this.value === 0 && (this.flags & NO_RECORDED_VALUE) === 0 ? FAULT.noValue : undefined;
  }

  private store(): Fault | undefined {
    const { series, exemplars, builder, reader } = this.parts;
    if (series.isTooLarge) {
      return FAULT.attributeBytes;
    }
    const slot = series.resolve();
    const index = builder.seriesIndex(slot);
    if (index < 0) {
      return builder.refusalOf(slot);
    }
    const { view } = reader;
    const { numbers } = builder;
    const row = numbers.add(index, this.flags);
    copyWords(view, this.time, numbers.time.words, row);
    if (this.startTime !== 0) {
      copyWords(view, this.startTime, numbers.startTime.words, row);
    }
    if (this.value === 0) {
      numbers.value[row] = NaN;
    } else if (this.isInt) {
      const low = view.getUint32(this.value, true);
      const high = view.getInt32(this.value + 4, true);
      copyWords(view, this.value, numbers.valueInt.words, row);
      // Exact but for one rounding: the high half times 2^32 is a double, so only the sum is rounded.
      numbers.value[row] = high * 4_294_967_296 + low;
      numbers.isInt[row] = 1;
    } else {
      numbers.value[row] = view.getFloat64(this.value, true);
    }
    exemplars.store(index, this.time);
    return undefined;
  }
}
