import { MessageWriter } from '../json/message-writer.js';
import { arrayAt, objectAt, oneOf, parseJsonBody, stringAt } from '../json/reader.js';
import type { JsonObject } from '../json/reader.js';
import { WireBuffer } from '../json/wire-buffer.js';
import { malformedJson } from '../malformed.js';
import type { MessageSchema } from '../json/message-schema.js';
import { refuseOtherSignalJson } from '../text/other-signal-json.js';
import { FAULT } from './faults.js';
import { DATA, ENUM_NAMES, METRIC_HEAD, RESOURCE, SCOPE } from './json-schema.js';
import type { DataSchema } from './json-schema.js';
import type { RejectionLog } from './rejections.js';

/** Points between two pauses. */
const POINTS_PER_STEP = 2_000;

const KIND_NAMES = Object.keys(DATA);

/**
 * Writes the OTLP/JSON form of an ExportMetricsServiceRequest as protobuf, in steps, so that one decoder reads both.
 *
 * lowerCamelCase names only; unknown fields are ignored and null is unset. A number that does not fit its field refuses
 * the point it belongs to, or makes the body malformed where it belongs to no point.
 */
export class JsonRequest {
  private readonly out: WireBuffer;
  private readonly writer: MessageWriter;
  private readonly body: Uint8Array;
  private readonly rejections: RejectionLog;
  private pointsLeft = POINTS_PER_STEP;

  constructor(body: Uint8Array, rejections: RejectionLog) {
    this.body = body;
    this.rejections = rejections;
    this.out = new WireBuffer(body.length >>> 1);
    this.writer = new MessageWriter(this.out, ENUM_NAMES);
  }

  /**
   * @returns the request in protobuf, without the refused points
   * @throws AppError `otlp.malformed`, naming the JSON path
   */
  *steps(): Generator<void, Uint8Array> {
    const request = parseJsonBody(this.body);
    refuseOtherSignalJson(request, 'metrics');
    yield;
    for (const block of this.items(request, 'resourceMetrics')) {
      const start = this.out.beginLong(1);
      this.owner(block, 'resource', RESOURCE);
      for (const scopeBlock of this.items(block, 'scopeMetrics')) {
        const scopeStart = this.out.beginLong(2);
        this.owner(scopeBlock, 'scope', SCOPE);
        for (const metric of this.items(scopeBlock, 'metrics')) {
          yield* this.metric(metric);
        }
        this.out.endLong(scopeStart);
      }
      this.out.endLong(start);
    }
    return this.out.finish();
  }

  /** The objects in the array field `name`, with the path leading to each. */
  private *items(parent: JsonObject, name: string): Generator<JsonObject, void> {
    const { writer } = this;
    writer.enter(name);
    const items = arrayAt(parent[name], writer.where());
    for (let index = 0; index < items.length; index++) {
      writer.enter(index);
      yield objectAt(items[index], writer.where()) ?? {};
      writer.leave();
    }
    writer.leave();
  }

  /** The resource or scope of a block, and its schema URL. */
  private owner(block: JsonObject, name: string, schema: MessageSchema): void {
    const { writer, out } = this;
    writer.enter(name);
    const start = out.beginLong(1);
    this.demand(writer.fields(block[name] ?? {}, schema));
    out.endLong(start);
    writer.leave();
    writer.enter('schemaUrl');
    out.stringField(3, stringAt(block['schemaUrl'], writer.where()));
    writer.leave();
  }

  private *metric(metric: JsonObject): Generator<void, void> {
    const { writer, out } = this;
    const kind = oneOf(metric, KIND_NAMES, writer.where());
    const start = out.beginLong(2);
    this.demand(writer.fields(metric, METRIC_HEAD));
    if (kind !== undefined) {
      const schema = DATA[kind]!;
      writer.enter(kind);
      const data = objectAt(metric[kind], writer.where()) ?? {};
      const dataStart = out.beginLong(schema.number);
      this.demand(writer.fields(data, schema.head));
      yield* this.points(data, schema, metric['name'] == null ? '' : (metric['name'] as string));
      out.endLong(dataStart);
      writer.leave();
    }
    out.endLong(start);
    if (this.isPauseDue()) {
      yield;
    }
  }

  private *points(data: JsonObject, schema: DataSchema, metricName: string): Generator<void, void> {
    const { writer, out } = this;
    writer.enter('dataPoints');
    const points = arrayAt(data['dataPoints'], writer.where());
    for (let index = 0; index < points.length; index++) {
      writer.enter(index);
      const { level } = writer;
      const before = out.position;
      const start = out.begin(1);
      if (writer.fields(points[index] ?? {}, schema.point)) {
        out.end(start);
      } else {
        writer.returnTo(level);
        out.position = before;
        this.rejections.add(metricName, FAULT.numberOutOfRange);
      }
      writer.leave();
      if (this.isPauseDue()) {
        yield;
      }
    }
    writer.leave();
  }

  private isPauseDue(): boolean {
    this.pointsLeft--;
    if (this.pointsLeft > 0) {
      return false;
    }
    this.pointsLeft = POINTS_PER_STEP;
    return true;
  }

  private demand(isComplete: boolean): void {
    if (!isComplete) {
      throw malformedJson(this.writer.where(), 'the number is out of range');
    }
  }
}
