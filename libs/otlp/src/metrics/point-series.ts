import type { AttributeMap } from '../attributes.js';
import { readKeyValue } from '../wire/any-value.js';
import { equalBytes, hashBytes } from '../wire/byte-compare.js';
import { ByteScratch } from '../wire/byte-scratch.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import type { ByteEntry } from './byte-table.js';
import { MAX_TEXT_BYTES } from './faults.js';
import type { MetricStream, SeriesSlot } from './series-slot.js';
import { COST } from './work.js';
import type { Work } from './work.js';

/**
 * Finds the series of a point by the raw bytes of its attributes, tags included.
 *
 * Senders write the points of a metric in the same order every time. So the entry that followed the last one in an
 * earlier request is tried first: if its key is what stands at the cursor, all attributes of the point are passed over
 * and identified by one comparison, without reading a length or computing a hash.
 *
 * From profiles (`node --cpu-prof`, 1,000 points with four attributes a request, Node 20): this comparison is a quarter
 * of all time, at six million points a second; looking up every point by hash halves that. The first version, which made
 * a string of the bytes for a Map in every request, reached 0.2 million. What cost most after that was not reading but
 * allocating: columns that grew and were cut took half of all time, until the batch before told how large to make them.
 */
export class PointSeries {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly work: Work;
  private readonly scratch = new ByteScratch();
  private stream: MetricStream | null = null;
  private generation = -1;
  /** The entry expected next, and the one found last, in the current generation of the cache. */
  private expected: ByteEntry<SeriesSlot> | null = null;
  private last: ByteEntry<SeriesSlot> | null = null;
  /** The attributes of the current point: one range, start -1 for none, and any further ranges. */
  private start = -1;
  private end = 0;
  private readonly further: number[] = [];
  private furtherBytes = 0;
  private match: ByteEntry<SeriesSlot> | null = null;
  private hits = 0;
  private misses = 0;

  constructor(reader: WireReader, builder: MetricBatchBuilder, work: Work) {
    this.reader = reader;
    this.builder = builder;
    this.work = work;
  }

  /** Points from now on belong to `stream`. */
  open(stream: MetricStream): void {
    this.stream = stream;
    this.last = null;
    this.generation = this.builder.cache.generation;
    this.expected = stream.generation === this.generation ? stream.first : null;
    if (stream.generation !== this.generation) {
      stream.first = null;
      stream.generation = this.generation;
    }
  }

  /** To be called after a pause: entries may have left the cache. */
  resume(): void {
    if (this.stream !== null && this.generation !== this.builder.cache.generation) {
      this.open(this.stream);
    }
  }

  /** Forgets the attributes of the point before. */
  clear(): void {
    this.start = -1;
    this.end = 0;
    this.match = null;
    if (this.further.length > 0) {
      this.further.length = 0;
      this.furtherBytes = 0;
    }
  }

  /** Passes over one attribute field or more, the first of which has its tag at `position`; returns where they end. */
  take(position: number, limit: number): number {
    if (this.start < 0) {
      const end = this.compare(this.expected, position, limit);
      if (end > 0) {
        return end;
      }
      // A sender may as well write several points of one series in a row.
      const endOfLast = this.compare(this.last, position, limit);
      if (endOfLast > 0) {
        return endOfLast;
      }
    }
    return this.takeOne(position, limit);
  }

  /** Whether the attributes of the current point take more bytes than is decoded in one go. */
  get isTooLarge(): boolean {
    return this.match === null && this.end - this.start > MAX_TEXT_BYTES - this.furtherBytes;
  }

  /** The slot of the current point's series. Moves the reader anywhere. */
  resolve(): SeriesSlot {
    const { expected } = this;
    let entry = this.match;
    if (entry === null && this.start < 0 && expected !== null && expected.length === 0) {
      entry = expected;
    }
    if (entry === null) {
      entry = this.lookUp();
      if (entry === null) {
        return this.uncached();
      }
    } else {
      this.hits++;
    }
    const { last } = this;
    if (last === null) {
      this.stream!.first = entry;
    } else if (last !== entry) {
      last.next = entry;
    }
    this.last = entry;
    this.expected = entry.next;
    return entry.value;
  }

  /** Adds what was found and not found to the figures of the cache. */
  close(): void {
    this.builder.cache.countPoints(this.hits, this.misses);
    this.hits = 0;
    this.misses = 0;
  }

  /** Whether the key of `entry` stands at `position`; if so, where it ends, else 0. */
  private compare(entry: ByteEntry<SeriesSlot> | null, position: number, limit: number): number {
    if (entry === null) {
      return 0;
    }
    const { length } = entry;
    // The same bytes are the same fields, so they end where a field ends; more attributes may follow.
    const isThere =
      length > 0 &&
      length <= limit - position &&
      equalBytes(this.builder.cache.keys, entry.start, this.reader.view, position, length);
    if (!isThere) {
      return 0;
    }
    this.match = entry;
    this.start = position;
    this.end = position + length;
    return this.end;
  }

  private takeOne(position: number, limit: number): number {
    const { reader } = this;
    reader.seek(position, limit);
    reader.next();
    const end = reader.skipBytes();
    this.match = null;
    if (this.start < 0) {
      this.start = position;
      this.end = end;
    } else if (this.end === position && this.further.length === 0) {
      this.end = end;
    } else {
      this.further.push(position, end);
      this.furtherBytes += end - position;
    }
    return end;
  }

  /** The entry under the attributes of the current point, made if need be; null when they cannot be cached. */
  private lookUp(): ByteEntry<SeriesSlot> | null {
    const { work } = this;
    const { cache } = this.builder;
    const stream = this.stream!;
    const key = this.key();
    if (!stream.isCached || key.end - key.start > cache.longestKey) {
      return null;
    }
    work.left -= COST.lookup;
    const hash = hashBytes(key.view, key.start, key.end, stream.id);
    let entry = cache.find('series', hash, stream.id, key);
    if (entry === undefined) {
      this.misses++;
      work.left -= COST.newSeries;
      entry = cache.add('series', hash, stream.id, key, this.builder.slotFor(stream, this.decode()));
    } else {
      this.hits++;
    }
    if (cache.generation !== this.generation) {
      // Adding turned the cache over: entries of before are of another generation.
      this.open(stream);
    }
    return entry ?? null;
  }

  /** The slot of a series that is too large for the cache, or whose metric is. */
  private uncached(): SeriesSlot {
    this.misses++;
    this.work.left -= COST.newSeries + (this.end - this.start) / 64;
    const slot = this.builder.slotFor(this.stream!, this.decode());
    this.builder.distrustSlots();
    this.last = null;
    this.expected = null;
    return slot;
  }

  /** The attribute fields of the current point side by side. */
  private key(): { bytes: Uint8Array; view: DataView; start: number; end: number } {
    const { reader, further, scratch } = this;
    if (this.start < 0) {
      return { bytes: reader.bytes, view: reader.view, start: 0, end: 0 };
    }
    if (further.length === 0) {
      return { bytes: reader.bytes, view: reader.view, start: this.start, end: this.end };
    }
    scratch.clear();
    scratch.append(reader.bytes, this.start, this.end);
    for (let index = 0; index < further.length; index += 2) {
      scratch.append(reader.bytes, further[index]!, further[index + 1]!);
    }
    return { bytes: scratch.bytes, view: scratch.view, start: 0, end: scratch.length };
  }

  private decode(): AttributeMap {
    const attributes: AttributeMap = new Map();
    if (this.start >= 0) {
      this.decodeRange(this.start, this.end, attributes);
      for (let index = 0; index < this.further.length; index += 2) {
        this.decodeRange(this.further[index]!, this.further[index + 1]!, attributes);
      }
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
