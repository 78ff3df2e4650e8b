/**
 * Protobuf wire format by hand: the suite sends what no encoder would write (groups, fields out of order, unpacked
 * lists), and must not share a mistake with the decoder it judges.
 */

/** A base-128 varint. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field's key: its number and wire type. */
export function key(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

/** A string, bytes, packed list or nested message. */
export function lengthDelimited(field: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([key(field, 2), varint(content.length), content]);
}

/** An integer, enum or bool. */
export function integer(field: number, value: number | bigint): Buffer {
  return Buffer.concat([key(field, 0), varint(value)]);
}

/** A fixed64 or sfixed64. */
export function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return Buffer.concat([key(field, 1), bytes]);
}

/** A double. */
export function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([key(field, 1), bytes]);
}

/** One field of a decoded message: an integer for varints, bytes for everything else. */
export interface WireField {
  readonly field: number;
  readonly integer: bigint;
  readonly bytes: Buffer;
}

/**
 * The fields of a message, in order.
 *
 * @throws Error when the bytes are no protobuf message
 */
export function readFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) {
        throw new Error('a varint runs past the end');
      }
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
    throw new Error('a varint is longer than ten bytes');
  };
  while (at < message.length) {
    const tag = readVarint();
    const wireType = Number(tag & 7n);
    const field = Number(tag >> 3n);
    if (wireType === 0) {
      fields.push({ field, integer: readVarint(), bytes: Buffer.alloc(0) });
      continue;
    }
    const size = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? Number(readVarint()) : -1;
    if (size < 0 || field === 0 || at + size > message.length) {
      throw new Error(`field ${field} of wire type ${wireType} cannot be read`);
    }
    fields.push({ field, integer: 0n, bytes: message.subarray(at, at + size) });
    at += size;
  }
  return fields;
}
