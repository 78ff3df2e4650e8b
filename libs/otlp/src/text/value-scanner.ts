import { attributeText } from '../attributes.js';
import type { AnyValue } from '../attributes.js';
import { readValueFields } from '../wire/any-value.js';
import { forEachRange } from '../wire/ranges.js';
import type { Ranges } from '../wire/ranges.js';
import type { WireReader } from '../wire/reader.js';
import { appendBool, appendDouble, appendInt64 } from './scalar-text.js';
import type { ByteArena } from './byte-arena.js';

/** The field numbers of AnyValue's kinds; 0 when none is set. */
export const KIND = {
  none: 0,
  string: 1,
  bool: 2,
  int: 3,
  double: 4,
  array: 5,
  kvlist: 6,
  bytes: 7,
} as const;

/**
 * Looks at one AnyValue message without making a value of it: which kind it has and where its content lies.
 *
 * AnyValue, one of: string_value = 1, bool_value = 2 varint, int_value = 3 varint, double_value = 4 fixed64,
 * array_value = 5 message, kvlist_value = 6 message, bytes_value = 7 bytes.
 */
export class ValueScanner {
  /** One of `KIND`. */
  kind = 0;
  /** Where the content lies: of strings, bytes, arrays and lists. For a double, `start` is its position. */
  start = 0;
  end = 0;
  /** The unsigned halves of an int or bool. */
  low = 0;
  high = 0;
  /** Where the message lies. */
  private from = 0;
  private to = 0;

  /** Reads the message in `reader`'s bytes from `from` to `to`, and leaves the reader there. */
  scan(reader: WireReader, from: number, to: number): void {
    this.from = from;
    this.to = to;
    this.kind = KIND.none;
    reader.seek(from, to);
    while (reader.next()) {
      const { field } = reader;
      switch (field) {
        case KIND.bool:
        case KIND.int:
          reader.uint32();
          this.low = reader.low;
          this.high = reader.high;
          break;
        case KIND.double:
          this.start = reader.fixed64();
          break;
        case KIND.string:
        case KIND.array:
        case KIND.kvlist:
        case KIND.bytes:
          this.end = reader.skipBytes();
          this.start = reader.contentStart;
          break;
        default:
          reader.skip();
          continue;
      }
      this.kind = field;
    }
  }

  /** True when the text of the value is a range of the reader's bytes: `start` to `end`. */
  get isString(): boolean {
    return this.kind === KIND.string;
  }

  /** True for the kinds whose text `appendScalar` writes. */
  get isScalar(): boolean {
    return this.kind === KIND.bool || this.kind === KIND.int || this.kind === KIND.double;
  }

  /** Appends the text of a bool, int or double: at most 25 bytes. */
  appendScalar(reader: WireReader, arena: ByteArena): void {
    if (this.kind === KIND.int) {
      appendInt64(arena, this.low, this.high);
    } else if (this.kind === KIND.double) {
      appendDouble(arena, reader.view.getFloat64(this.start, true));
    } else {
      appendBool(arena, this.low !== 0 || this.high !== 0);
    }
  }

  /** The text of an array, list or bytes value, through objects. */
  text(reader: WireReader): string {
    return this.kind === KIND.bytes
      ? reader.bytes.toString('base64', this.start, this.end)
      : mergedText(reader, [this.from, this.to]);
  }
}

/** The text of a value whose field occurred once or more: protobuf merges the occurrences. */
export function mergedText(reader: WireReader, ranges: Ranges): string {
  let value: AnyValue = null;
  forEachRange(ranges, (start, end) => {
    reader.seek(start, end);
    value = readValueFields(reader, value);
  });
  return attributeText(value);
}
