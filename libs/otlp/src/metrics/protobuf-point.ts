import { CountSlab } from '../wire/count-slab.js';
import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import { FAULT, MAX_POINT_FIELDS } from './faults.js';
import type { Fault } from './faults.js';
import type { PointColumnsBuilder } from './point-columns.js';
import { PointSeries } from './point-series.js';
import { ExemplarDecoder } from './protobuf-exemplars.js';
import type { Work } from './work.js';

/** The parts that the decoders of all kinds of points share. */
export class PointParts {
  readonly reader: WireReader;
  readonly builder: MetricBatchBuilder;
  readonly series: PointSeries;
  readonly exemplars: ExemplarDecoder;
  readonly slab = new CountSlab();

  constructor(reader: WireReader, builder: MetricBatchBuilder, work: Work) {
    this.reader = reader;
    this.builder = builder;
    this.series = new PointSeries(reader, builder, work);
    this.exemplars = new ExemplarDecoder(reader, builder, work);
  }
}

/** Decodes the points of one kind of metric into columns. */
export interface PointDecoder {
  /** Makes room for points to come. */
  reserve(count: number): void;
  /** Decodes the message between two positions, and leaves the reader anywhere; undefined is success. */
  decode(start: number, end: number): Fault | undefined;
}

/**
 * What the points of histograms and summaries have in common.
 *
 * Fields may come in any order, so the first pass only notes where they are; position 0 means absent. The message is
 * then judged, and only a sound point looks up its series and takes a row.
 */
export abstract class ScannedPointDecoder implements PointDecoder {
  protected readonly parts: PointParts;
  protected time = 0;
  protected startTime = 0;
  protected flags = 0;

  constructor(parts: PointParts) {
    this.parts = parts;
  }

  reserve(count: number): void {
    this.columns().reserve(count);
  }

  decode(start: number, end: number): Fault | undefined {
    const { reader, series, exemplars } = this.parts;
    this.time = this.startTime = this.flags = 0;
    series.clear();
    exemplars.clear();
    this.clear();
    reader.seek(start, end);
    let tag = start;
    for (let count = 0; reader.next(); count++) {
      if (count === MAX_POINT_FIELDS) {
        return FAULT.fieldCount;
      }
      this.scanField(tag);
      reader.limit = end;
      tag = reader.position;
    }
    return this.timeFault() ?? this.contentFault() ?? this.store();
  }

  protected abstract columns(): PointColumnsBuilder;
  /** Forgets the fields of the point before. */
  protected abstract clear(): void;
  /** Notes the reader's current field, whose tag starts at `tag`, and passes over it. */
  protected abstract scanField(tag: number): void;
  /** Why the content of the point is refused, if it is. */
  protected abstract contentFault(): Fault | undefined;
  /** Writes the content into the row. */
  protected abstract storeContent(row: number): void;

  /** Passes over attributes whose first tag starts at `tag`. */
  protected attribute(tag: number): void {
    const { reader, series } = this.parts;
    reader.position = series.take(tag, reader.limit);
  }

  private timeFault(): Fault | undefined {
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
    const isOverflow = this.startTime !== 0 && view.getUint8(this.startTime + 7) >= 0x80;
    return isOverflow ? FAULT.timeOverflow : undefined;
  }

  private store(): Fault | undefined {
    const { builder, series, exemplars, reader } = this.parts;
    if (series.isTooLarge) {
      return FAULT.attributeBytes;
    }
    const slot = series.resolve();
    const index = builder.seriesIndex(slot);
    if (index < 0) {
      return builder.refusalOf(slot);
    }
    const columns = this.columns();
    const row = columns.add(index, this.flags);
    copyWords(reader.view, this.time, columns.time.words, row);
    if (this.startTime !== 0) {
      copyWords(reader.view, this.startTime, columns.startTime.words, row);
    }
    this.storeContent(row);
    exemplars.store(index, this.time);
    return undefined;
  }
}

/** Copies the 8 bytes at `position` into row `row` of a 64-bit column, as two halves. */
export function copyWords(view: DataView, position: number, words: Uint32Array, row: number): void {
  words[2 * row] = view.getUint32(position, true);
  words[2 * row + 1] = view.getUint32(position + 4, true);
}
