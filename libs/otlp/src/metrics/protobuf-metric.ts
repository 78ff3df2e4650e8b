import { metricNameHash, streamDigest } from '../series-hash.js';
import { hashBytes } from '../wire/byte-compare.js';
import { ByteScratch } from '../wire/byte-scratch.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import type { MetricType } from './batch.js';
import { FAULT, MAX_TEXT_BYTES, UNKNOWN_TEMPORALITY } from './faults.js';
import { FIELDS_PER_STEP } from './protobuf-envelope.js';
import type { MetricScope, MetricStream } from './series-slot.js';
import { TEMPORALITIES } from './temporality.js';
import { COST } from './work.js';
import type { Work } from './work.js';

/** Kinds of metric by field number of the `data` oneof in Metric. */
const KINDS: Readonly<Record<number, MetricType>> = {
  5: 'gauge',
  7: 'sum',
  9: 'histogram',
  10: 'exponential_histogram',
  11: 'summary',
};

/** The largest key of `KINDS`: field numbers are any sender's choice, and looking up large ones is slow. */
const LAST_KIND = 11;

/**
 * Reads what describes a Metric: everything but the content of its points.
 *
 * Metric: name = 1 string, description = 2 string, unit = 3 string, one of gauge = 5, sum = 7, histogram = 9,
 * exponential_histogram = 10 and summary = 11 (the last one wins), metadata = 12 (not stored).
 * Each of these: data_points = 1 repeated; Sum and both histograms: aggregation_temporality = 2 enum; Sum:
 * is_monotonic = 3 bool.
 *
 * Encoders write the temporality after the points, so they are passed over once before they are read.
 */
export class MetricHead {
  /** Field number of the data; 0 when there is none of a known kind. */
  data = 0;
  /** From here on, fields `data` of the Metric are parts of its data; before, another kind may have replaced it. */
  dataStart = 0;
  end = 0;
  /** Points in all parts of the data. */
  points = 0;
  private readonly reader: WireReader;
  private readonly key = new ByteScratch();
  /** Ranges of name, description and unit. */
  private readonly texts = new Uint32Array(6);
  private temporality = 0;
  private isMonotonic = false;
  private position = 0;
  private partEnd = 0;
  private isScanned = false;

  constructor(reader: WireReader) {
    this.reader = reader;
  }

  /** Goes to the Metric between two positions. */
  open(start: number, end: number): void {
    this.position = start;
    this.end = end;
    this.data = this.dataStart = this.points = this.temporality = this.partEnd = 0;
    this.isMonotonic = this.isScanned = false;
    this.texts.fill(0);
  }

  /** Reads the message; false when it is to be called again. */
  scan(): boolean {
    if (!this.isScanned) {
      if (!this.scanFields()) {
        return false;
      }
      this.isScanned = true;
      this.position = this.dataStart;
    }
    return this.data === 0 || this.scanData();
  }

  /** The stream that the head describes: from the cache, or a new one. */
  stream(scope: MetricScope, builder: MetricBatchBuilder, work: Work): MetricStream {
    const { cache } = builder;
    this.makeKey();
    const { bytes, view, length } = this.key;
    const key = { bytes, view, start: 0, end: length };
    const isCached = scope.isCached && length <= cache.longestKey;
    const hash = isCached ? hashBytes(view, 0, length, scope.id) : 0;
    const known = isCached ? cache.find('streams', hash, scope.id, key) : undefined;
    if (known !== undefined) {
      return known.value;
    }
    work.left -= COST.newBlock + length / 64;
    const stream = this.newStream(scope, cache.nextId(), isCached);
    if (isCached) {
      cache.add('streams', hash, scope.id, key, stream);
    }
    return stream;
  }

  /** Why all points of the metric are refused, or what its sender should know, goes to the log; true if refused. */
  refuse(builder: MetricBatchBuilder): boolean {
    const name = this.text(0);
    if (name === '') {
      builder.rejections.add(name, FAULT.noName, this.points);
      return true;
    }
    if (this.textBytes > MAX_TEXT_BYTES) {
      builder.rejections.add(name, FAULT.headBytes, this.points);
      return true;
    }
    if (this.temporality >= TEMPORALITIES.length) {
      builder.rejections.warn(name, UNKNOWN_TEMPORALITY);
      this.temporality = 0;
    }
    return false;
  }

  /** Whether the metric needs a look by `refuse`. */
  get isDoubtful(): boolean {
    return (
      this.texts[0] === this.texts[1] ||
      this.textBytes > MAX_TEXT_BYTES ||
      this.temporality >= TEMPORALITIES.length
    );
  }

  private get textBytes(): number {
    const { texts } = this;
    return texts[1]! - texts[0]! + texts[3]! - texts[2]! + texts[5]! - texts[4]!;
  }

  private scanFields(): boolean {
    const { reader, texts } = this;
    reader.seek(this.position, this.end);
    for (let count = 0; count < FIELDS_PER_STEP; count++) {
      const start = reader.position;
      if (!reader.next()) {
        return true;
      }
      const { field } = reader;
      if (field <= 3) {
        texts[2 * field - 1] = reader.skipBytes();
        texts[2 * field - 2] = reader.contentStart;
      } else if (field <= LAST_KIND && KINDS[field] !== undefined) {
        reader.skipBytes();
        if (field !== this.data) {
          this.data = field;
          this.dataStart = start;
        }
      } else {
        reader.skip();
      }
    }
    this.position = reader.position;
    return false;
  }

  /** Reads what stands beside the points in every part of the data, and counts them. */
  private scanData(): boolean {
    const { reader } = this;
    for (let count = 0; count < FIELDS_PER_STEP; count++) {
      const isInside = this.position < this.partEnd;
      reader.seek(this.position, isInside ? this.partEnd : this.end);
      if (isInside) {
        count += this.scanPart(FIELDS_PER_STEP - count);
      } else if (!reader.next()) {
        return true;
      } else if (reader.field === this.data) {
        this.partEnd = reader.bytesEnd();
      } else {
        reader.skip();
      }
      this.position = reader.position;
    }
    return false;
  }

  private scanPart(maxFields: number): number {
    const { reader, data } = this;
    const hasTemporality = data === 7 || data === 9 || data === 10;
    let count = 0;
    while (count < maxFields && reader.next()) {
      count++;
      if (reader.field === 1) {
        this.points++;
        reader.skipBytes();
      } else if (reader.field === 2 && hasTemporality) {
        this.temporality = reader.uint32();
      } else if (reader.field === 3 && data === 7) {
        this.isMonotonic = reader.bool();
      } else {
        reader.skip();
      }
    }
    return count;
  }

  private makeKey(): void {
    const { key, texts, reader } = this;
    key.clear();
    key.uint32(this.data | (this.temporality << 8) | (Number(this.isMonotonic) << 16));
    for (let index = 0; index < 6; index += 2) {
      key.uint32(texts[index + 1]! - texts[index]!);
      key.append(reader.bytes, texts[index]!, texts[index + 1]!);
    }
  }

  private newStream(scope: MetricScope, id: number, isCached: boolean): MetricStream {
    const description = {
      name: this.text(0),
      description: this.text(1),
      unit: this.text(2),
      type: KINDS[this.data]!,
      temporality: TEMPORALITIES[this.temporality]!,
      isMonotonic: this.isMonotonic,
    };
    const digest = streamDigest({
      resource: scope.resource.identity,
      scopeName: scope.name,
      scopeVersion: scope.version,
      scope: scope.identity,
      metricName: description.name,
      metricType: description.type,
      unit: description.unit,
      temporality: description.temporality,
      isMonotonic: description.isMonotonic,
    });
    const metricKey = metricNameHash(description.name);
    return { id, scope, ...description, digest, metricKey, isCached, first: null, generation: -1 };
  }

  private text(index: number): string {
    return this.reader.bytes.toString('utf8', this.texts[2 * index], this.texts[2 * index + 1]);
  }
}
