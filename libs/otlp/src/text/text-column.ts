/**
 * UTF-8 texts as ranges of one byte array: text i is `bytes[start[i]]` up to, not including, `bytes[end[i]]`.
 *
 * `bytes` may be the request itself and hold much more than the texts. Bytes are kept as sent: where a sender wrote
 * invalid UTF-8, so does the column.
 */
export interface TextColumn {
  readonly bytes: Uint8Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
}

/**
 * Sets of attributes as ranges of one byte array.
 *
 * A set is the number of its entries, then per entry the length of the key, the key, the length of the value and the
 * value; numbers are LEB128 (base 128, lowest group first, in the fewest bytes), keys and values UTF-8. This is how
 * ClickHouse's RowBinary writes a Map(String, String). Keys are distinct: the last of duplicate keys won. Values are the
 * text that `attributeText` defines.
 */
export type AttributesColumn = TextColumn;

/** Text `index` as a string; bytes that are not UTF-8 read as U+FFFD. */
export function textAt(column: TextColumn, index: number): string {
  return utf8(column.bytes, column.start[index]!, column.end[index]!);
}

/** Attribute set `index` as keys and values, in the order in which they are stored. */
export function attributesAt(column: AttributesColumn, index: number): [key: string, value: string][] {
  return attributeEntries(column.bytes.subarray(column.start[index], column.end[index]));
}

/** The keys and values of one encoded set, such as `ResourceScope.resourceAttributes`. */
export function attributeEntries(set: Uint8Array): [key: string, value: string][] {
  let position = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = set[position++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  const text = (): string => {
    const length = number();
    position += length;
    return utf8(set, position - length, position);
  };
  return Array.from({ length: number() }, () => [text(), text()]);
}

function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', start, end);
}
