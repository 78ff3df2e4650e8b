import type { AttributeMap } from '../attributes.js';
import { readKeyValue } from '../wire/any-value.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';

/**
 * The attributes of one data point as byte ranges, tags included.
 *
 * Encoders write the attributes of a point side by side, so one range is the rule; further ranges go to `extra`.
 * The raw bytes are the cache key: attributes are decoded, sorted and stringified once per distinct encoding.
 */
export class AttributeRanges {
  private start = 0;
  private end = 0;
  private readonly extra: number[] = [];
  private readonly idByBytes = new Map<string, number>();
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;

  constructor(reader: WireReader, builder: MetricBatchBuilder) {
    this.reader = reader;
    this.builder = builder;
  }

  clear(): void {
    this.start = 0;
    this.end = 0;
    this.extra.length = 0;
  }

  /** Passes over the attribute field whose tag starts at `start`. */
  add(start: number): void {
    const end = this.reader.skipBytes();
    if (this.end === start && this.extra.length === 0) {
      this.end = end;
    } else if (this.end === 0) {
      this.start = start;
      this.end = end;
    } else {
      this.extra.push(start, end);
    }
  }

  /** The builder's id of these attributes. Leaves the reader anywhere. */
  id(): number {
    if (this.end === 0) {
      return 0;
    }
    // Latin-1 maps each byte to one character. A Map of strings resists chosen collisions: the engine seeds its hash.
    let key = this.reader.bytes.toString('latin1', this.start, this.end);
    for (let index = 0; index < this.extra.length; index += 2) {
      key += this.reader.bytes.toString('latin1', this.extra[index], this.extra[index + 1]);
    }
    let id = this.idByBytes.get(key);
    if (id === undefined) {
      id = this.builder.attributesId(this.decode());
      this.idByBytes.set(key, id);
    }
    return id;
  }

  private decode(): AttributeMap {
    const attributes: AttributeMap = new Map();
    this.decodeRange(this.start, this.end, attributes);
    for (let index = 0; index < this.extra.length; index += 2) {
      this.decodeRange(this.extra[index]!, this.extra[index + 1]!, attributes);
    }
    return attributes;
  }

  private decodeRange(start: number, end: number, attributes: AttributeMap): void {
    this.reader.seek(start, end);
    while (this.reader.next()) {
      readKeyValue(this.reader, attributes);
    }
  }
}
