import { MAX_ATTRIBUTES } from '../attributes.js';
import { malformedProtobuf } from '../malformed.js';
import { WIRE_TYPE } from '../wire/reader.js';
import type { WireReader } from '../wire/reader.js';
import type { AttributeWriter } from './attribute-writer.js';
import { appendDouble, appendInt64 } from './scalar-text.js';
import { KIND, mergedText, ValueScanner } from './value-scanner.js';

const KEY_TAG = (1 << 3) | WIRE_TYPE.bytes;
const VALUE_TAG = (2 << 3) | WIRE_TYPE.bytes;
const STRING_TAG = (KIND.string << 3) | WIRE_TYPE.bytes;
const INT_TAG = (KIND.int << 3) | WIRE_TYPE.varint;
const DOUBLE_TAG = (KIND.double << 3) | WIRE_TYPE.fixed64;

/**
 * Copies KeyValue messages from the wire into attribute sets, without a string or object per attribute.
 *
 * KeyValue: key = 1 string, value = 2 AnyValue. Keys and strings are copied as sent, even where they are not UTF-8;
 * other kinds become the text that `attributeText` gives them, and bad UTF-8 inside arrays and lists U+FFFD. As soon as
 * one attribute needs objects (an array, a list, bytes), only that attribute pays for them.
 */
export class KeyValueReader {
  private readonly reader: WireReader;
  private readonly value = new ValueScanner();

  constructor(reader: WireReader) {
    this.reader = reader;
  }

  /** Reads the KeyValue that the reader's current field holds into the writer's open set. */
  readInto(writer: AttributeWriter): void {
    const { reader } = this;
    const end = reader.bytesEnd();
    if (writer.size === MAX_ATTRIBUTES) {
      throw malformedProtobuf(
        reader.position,
        `there are more than ${MAX_ATTRIBUTES} attributes in one place`,
      );
    }
    const outer = reader.limit;
    if (!this.readShort(writer, end)) {
      this.readAny(writer, end);
    }
    reader.position = end;
    reader.limit = outer;
  }

  /**
   * The shape that nearly all attributes have: a key, then a value that is a string, an int or a double, each shorter
   * than 128 bytes, and nothing else. Byte for byte instead of field by field: the profile of a request with eight
   * attributes a span showed most of its time in the reading of tags and lengths, one call each.
   *
   * @returns false, with nothing written, when the message has another shape
   */
  private readShort(writer: AttributeWriter, end: number): boolean {
    const { bytes, position } = this.reader;
    if (end - position < 6 || bytes[position] !== KEY_TAG) {
      return false;
    }
    const keyLength = bytes[position + 1]!;
    const keyStart = position + 2;
    const keyEnd = keyStart + keyLength;
    if (keyLength >= 0x80 || keyEnd + 4 > end || bytes[keyEnd] !== VALUE_TAG) {
      return false;
    }
    // A length of 128 or more has its high bit set, and then is not what is left of the message.
    if (bytes[keyEnd + 1] !== end - keyEnd - 2 || end - keyEnd > 0x80) {
      return false;
    }
    const contentStart = keyEnd + 3;
    switch (bytes[keyEnd + 2]!) {
      case STRING_TAG:
        if (bytes[contentStart] !== end - contentStart - 1) {
          return false;
        }
        writer.openEntry(bytes, keyStart, keyEnd);
        writer.bytesValue(bytes, contentStart + 1, end);
        return true;
      case INT_TAG:
        return this.readShortInt(writer, keyStart, keyEnd, end);
      case DOUBLE_TAG: {
        if (end - contentStart !== 8) {
          return false;
        }
        writer.openEntry(bytes, keyStart, keyEnd);
        const lengthAt = writer.openShortValue();
        appendDouble(writer.arena, this.reader.view.getFloat64(contentStart, true));
        writer.closeShortValue(lengthAt);
        return true;
      }
      default:
        return false;
    }
  }

  /** An int from 0 to 2^28 whose varint is the rest of the message, from the third byte behind the key on. */
  private readShortInt(writer: AttributeWriter, keyStart: number, keyEnd: number, end: number): boolean {
    const { bytes } = this.reader;
    let value = 0;
    let at = keyEnd + 3;
    if (end - at > 4) {
      return false;
    }
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        break;
      }
      if (at === end) {
        return false;
      }
    }
    if (at !== end) {
      return false;
    }
    writer.openEntry(bytes, keyStart, keyEnd);
    const lengthAt = writer.openShortValue();
    appendInt64(writer.arena, value, 0);
    writer.closeShortValue(lengthAt);
    return true;
  }

  private readAny(writer: AttributeWriter, end: number): void {
    const { reader } = this;
    let keyStart = 0;
    let keyEnd = 0;
    let valueStart = 0;
    let valueEnd = 0;
    let ranges: number[] | undefined;
    reader.limit = end;
    while (reader.next()) {
      if (reader.field === 1) {
        keyEnd = reader.skipBytes();
        keyStart = reader.contentStart;
      } else if (reader.field === 2) {
        if (valueStart !== 0) {
          ranges ??= [valueStart, valueEnd];
        }
        valueEnd = reader.skipBytes();
        valueStart = reader.contentStart;
        ranges?.push(valueStart, valueEnd);
      } else {
        reader.skip();
      }
    }
    writer.openEntry(reader.bytes, keyStart, keyEnd);
    if (ranges !== undefined) {
      writer.textValue(mergedText(reader, ranges));
    } else {
      this.writeValue(writer, valueStart, valueEnd);
    }
  }

  private writeValue(writer: AttributeWriter, start: number, end: number): void {
    const { reader, value } = this;
    value.scan(reader, start, end);
    if (value.isString) {
      writer.bytesValue(reader.bytes, value.start, value.end);
    } else if (value.isScalar) {
      const lengthAt = writer.openShortValue();
      value.appendScalar(reader, writer.arena);
      writer.closeShortValue(lengthAt);
    } else if (value.kind === KIND.none) {
      writer.bytesValue(reader.bytes, 0, 0);
    } else {
      writer.textValue(value.text(reader));
    }
  }
}
