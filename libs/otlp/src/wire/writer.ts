import { WIRE_TYPE } from './reader.js';

/** Builds small protobuf messages: the answers. Proto3 rules: a field that holds its default is not written. */
export class WireWriter {
  private readonly bytes: number[] = [];

  /** Writes a non-negative integer up to 2^53 as an int32 or int64 field. */
  integer(field: number, value: number): this {
    if (value !== 0) {
      this.varint((field << 3) | WIRE_TYPE.varint);
      this.varint(value);
    }
    return this;
  }

  /** Writes a string field. */
  string(field: number, text: string): this {
    return text === '' ? this : this.content(field, Buffer.from(text, 'utf8'));
  }

  /** Writes a message field; an empty message is present, unlike an empty string. */
  message(field: number, content: WireWriter): this {
    return this.content(field, content.finish());
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private content(field: number, content: Uint8Array): this {
    this.varint((field << 3) | WIRE_TYPE.bytes);
    this.varint(content.length);
    for (const byte of content) {
      this.bytes.push(byte);
    }
    return this;
  }

  private varint(value: number): void {
    // Division instead of shifts: shifts would cut the value to 32 bits.
    let rest = value;
    while (rest >= 0x80) {
      this.bytes.push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.bytes.push(rest);
  }
}
