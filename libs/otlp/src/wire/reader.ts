import { malformedProtobuf } from '../malformed.js';

/** The wire types of protobuf that OTLP uses. 3 and 4 (groups), 6 and 7 are malformed wherever they appear. */
export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const MAX_VARINT_BYTES = 10;

/**
 * A cursor over protobuf bytes from a sender that is not trusted.
 *
 * Every read checks the limit of the message it is in, a varint ends after ten bytes at the latest, and a length never
 * reaches past the enclosing message. All failures are AppErrors `otlp.malformed` that name the byte offset. The
 * reader never copies; positions it returns are offsets into `bytes`.
 *
 * Strings that are not valid UTF-8 are accepted: each bad sequence becomes U+FFFD. Proto3 lets a parser refuse them,
 * but a refusal would make the sender drop the whole request for one byte in one attribute.
 */
export class WireReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  position = 0;
  /** End of the message being read; no read goes past it. */
  limit: number;
  /** Number and wire type of the field that `next` found. */
  field = 0;
  wireType = 0;
  /** The two halves, unsigned, of the varint read last. */
  low = 0;
  high = 0;

  constructor(body: Uint8Array) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.limit = body.byteLength;
  }

  /** Goes to the message that lies between two positions. */
  seek(start: number, end: number): void {
    this.position = start;
    this.limit = end;
  }

  /** Reads the next tag into `field` and `wireType`; false at the end of the message. */
  next(): boolean {
    if (this.position >= this.limit) {
      return false;
    }
    const start = this.position;
    const first = this.bytes[start]!;
    if (first < 0x80) {
      this.position = start + 1;
      this.low = first;
      this.high = 0;
    } else {
      this.readVarint();
      if (this.high !== 0) {
        throw malformedProtobuf(start, 'a field number is out of range');
      }
    }
    this.field = this.low >>> 3;
    this.wireType = this.low & 7;
    if (this.field === 0) {
      throw malformedProtobuf(start, 'field number 0 does not exist');
    }
    return true;
  }

  /** Reads the length of a string, bytes or message field; returns where its content, now next, ends. */
  bytesEnd(): number {
    this.expect(WIRE_TYPE.bytes);
    const start = this.position;
    this.readVarint();
    if (this.high !== 0 || this.low > this.limit - this.position) {
      throw malformedProtobuf(start, `field ${this.field} is longer than what is left of its message`);
    }
    return this.position + this.low;
  }

  /** Passes over a string, bytes or message field, and returns where its content ends; its start is `contentStart`. */
  skipBytes(): number {
    const end = this.bytesEnd();
    this.contentStart = this.position;
    this.position = end;
    return end;
  }

  /** Where the content of the field that `skipBytes` passed over starts. */
  contentStart = 0;

  /** Reads a string field. */
  string(): string {
    const end = this.bytesEnd();
    const text = this.bytes.toString('utf8', this.position, end);
    this.position = end;
    return text;
  }

  /** Passes over an 8-byte field and returns the position of its little-endian bytes. */
  fixed64(): number {
    this.expect(WIRE_TYPE.fixed64);
    return this.take(8);
  }

  /** Reads a varint field that holds a uint32 or enum; higher bits are dropped, as proto3 says. */
  uint32(): number {
    this.expect(WIRE_TYPE.varint);
    this.readVarint();
    return this.low;
  }

  /** Reads a varint field that holds a zigzag-encoded sint32; higher bits are dropped. */
  sint32(): number {
    this.expect(WIRE_TYPE.varint);
    this.readVarint();
    return (this.low >>> 1) ^ -(this.low & 1);
  }

  /** Reads a bool field: any bit makes it true. */
  bool(): boolean {
    this.expect(WIRE_TYPE.varint);
    this.readVarint();
    return this.low !== 0 || this.high !== 0;
  }

  /** Reads an int64 field, exact. */
  int64(): bigint {
    this.expect(WIRE_TYPE.varint);
    this.readVarint();
    return BigInt.asIntN(64, (BigInt(this.high) << 32n) | BigInt(this.low));
  }

  /** Passes over a field nobody reads. */
  skip(): void {
    switch (this.wireType) {
      case WIRE_TYPE.varint:
        this.readVarint();
        return;
      case WIRE_TYPE.fixed64:
        this.take(8);
        return;
      case WIRE_TYPE.bytes:
        this.skipBytes();
        return;
      case WIRE_TYPE.fixed32:
        this.take(4);
        return;
      default:
        throw malformedProtobuf(
          this.position,
          `field ${this.field} has the unsupported wire type ${this.wireType}`,
        );
    }
  }

  /**
   * Fails unless the current field has the wire type its definition asks for. A generic parser would treat the field as
   * unknown; here it means that the body is of another message type, and dropping its content would be silent loss.
   */
  private expect(wireType: number): void {
    if (this.wireType !== wireType) {
      throw malformedProtobuf(
        this.position,
        `field ${this.field} has wire type ${this.wireType} where ${wireType} is expected`,
      );
    }
  }

  private take(length: number): number {
    const start = this.position;
    if (length > this.limit - start) {
      throw malformedProtobuf(start, `field ${this.field} ends after the end of its message`);
    }
    this.position = start + length;
    return start;
  }

  /** Reads a varint at the position, whatever field it belongs to, into `low` and `high`. */
  readVarint(): void {
    const { bytes, position: first } = this;
    if (first < this.limit && bytes[first]! < 0x80) {
      this.position = first + 1;
      this.low = bytes[first]!;
      this.high = 0;
    } else if (first + 1 < this.limit && bytes[first + 1]! < 0x80) {
      this.position = first + 2;
      this.low = (bytes[first]! & 0x7f) | (bytes[first + 1]! << 7);
      this.high = 0;
    } else {
      this.readLongVarint();
    }
  }

  private readLongVarint(): void {
    const start = this.position;
    let low = 0;
    let high = 0;
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      if (this.position >= this.limit) {
        throw malformedProtobuf(start, 'a varint ends after the end of its message');
      }
      const byte = this.bytes[this.position++]!;
      const bits = byte & 0x7f;
      if (index < 4) {
        low |= bits << (7 * index);
      } else if (index === 4) {
        // The fifth byte straddles the halves: four bits below 2^32, three above.
        low |= bits << 28;
        high = bits >>> 4;
      } else {
        high |= bits << (7 * index - 32);
      }
      if (byte < 0x80) {
        if (index === MAX_VARINT_BYTES - 1 && byte > 1) {
          throw malformedProtobuf(start, 'a varint is larger than 64 bits');
        }
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw malformedProtobuf(start, 'a varint is longer than ten bytes');
  }
}
