import type { WireReader } from '../wire/reader.js';
import type { MetricBatchBuilder } from './batch-builder.js';
import type { MetricType } from './batch.js';
import { ExponentialHistogramPointDecoder } from './protobuf-exponential-histogram-point.js';
import { HistogramPointDecoder } from './protobuf-histogram-point.js';
import { MetricHead } from './protobuf-metric.js';
import { NumberPointDecoder } from './protobuf-number-point.js';
import { PointParts } from './protobuf-point.js';
import type { PointDecoder } from './protobuf-point.js';
import { SummaryPointDecoder } from './protobuf-summary-point.js';
import type { MetricScope } from './series-slot.js';
import { COST } from './work.js';
import type { Work } from './work.js';

/** The field of a point, and in it that of a time. */
const MIN_POINT_BYTES = 11;

/** Decodes Metric messages into columns, in steps. Leaves the reader anywhere. */
export class MetricDecoder {
  private readonly reader: WireReader;
  private readonly builder: MetricBatchBuilder;
  private readonly work: Work;
  private readonly head: MetricHead;
  private readonly parts: PointParts;
  private readonly decoders: Readonly<Record<MetricType, PointDecoder>>;
  private scope: MetricScope | null = null;
  /** The decoder of the metric's points; null until its head is read. */
  private points: PointDecoder | null = null;
  private metricName = '';
  private position = 0;
  /** End of the part of the data that the position is in, if it is in one. */
  private partEnd = 0;

  constructor(reader: WireReader, builder: MetricBatchBuilder, work: Work) {
    this.reader = reader;
    this.builder = builder;
    this.work = work;
    this.head = new MetricHead(reader);
    this.parts = new PointParts(reader, builder, work);
    const number = new NumberPointDecoder(this.parts);
    this.decoders = {
      gauge: number,
      sum: number,
      histogram: new HistogramPointDecoder(this.parts),
      exponential_histogram: new ExponentialHistogramPointDecoder(this.parts),
      summary: new SummaryPointDecoder(this.parts),
    };
  }

  /** Goes to the Metric between two positions. */
  open(start: number, end: number, scope: MetricScope): void {
    this.head.open(start, end);
    this.scope = scope;
    this.points = null;
  }

  /** Decodes the metric; false when it is to be called again, after `resume`. */
  run(): boolean {
    const { head } = this;
    if (this.points === null) {
      if (!head.scan()) {
        return false;
      }
      this.work.left -= COST.block;
      if (head.points === 0 || (head.isDoubtful && head.refuse(this.builder))) {
        return true;
      }
      this.openPoints();
    }
    const isDone = this.decodePoints(this.points!);
    if (isDone) {
      this.parts.series.close();
    }
    return isDone;
  }

  /** To be called after a pause. */
  resume(): void {
    this.parts.series.resume();
  }

  private openPoints(): void {
    const { head } = this;
    const stream = head.stream(this.scope!, this.builder, this.work);
    this.metricName = stream.name;
    this.parts.series.open(stream);
    this.points = this.decoders[stream.type];
    // A point without a time is not stored, and a time takes eleven bytes: what is empty gets no room.
    const atMost = Math.min(head.points, Math.ceil((head.end - head.dataStart) / MIN_POINT_BYTES));
    const isNumber = stream.type === 'gauge' || stream.type === 'sum';
    this.points.reserve(isNumber ? this.builder.expectedNumbers(atMost, this.reader.bytes.length) : atMost);
    this.position = head.dataStart;
    this.partEnd = 0;
  }

  private decodePoints(points: PointDecoder): boolean {
    const { reader, work, head } = this;
    for (;;) {
      while (this.position < this.partEnd) {
        if (work.left <= 0) {
          return false;
        }
        work.left--;
        reader.seek(this.position, this.partEnd);
        reader.next();
        if (reader.field === 1) {
          this.position = reader.skipBytes();
          const fault = points.decode(reader.contentStart, this.position);
          if (fault !== undefined) {
            this.builder.rejections.add(this.metricName, fault);
          }
        } else {
          reader.skip();
          this.position = reader.position;
        }
      }
      reader.seek(this.position, head.end);
      if (!reader.next()) {
        return true;
      }
      work.left--;
      if (reader.field === head.data) {
        this.partEnd = reader.bytesEnd();
      } else {
        reader.skip();
      }
      this.position = reader.position;
      if (work.left <= 0) {
        return false;
      }
    }
  }
}
