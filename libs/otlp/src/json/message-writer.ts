import { MAX_VALUE_DEPTH } from '../attributes.js';
import { malformedJson } from '../malformed.js';
import { bytesAt } from './any-value.js';
import type { FieldSchema, MessageSchema, ScalarKind } from './message-schema.js';
import { arrayAt, booleanAt, doubleAt, integerAt, objectAt, oneOf, stringAt } from './reader.js';
import type { JsonObject } from './reader.js';
import type { WireBuffer } from './wire-buffer.js';

/** The integer type whose range each kind has in JSON. */
const RANGE = {
  uint32: 'uint32',
  sint32: 'int32',
  int64: 'int64',
  uint64: 'uint64',
  fixed64: 'uint64',
  sfixed64: 'int64',
  enum: 'int64',
} as const;

/**
 * Writes JSON objects as the protobuf messages they stand for, field by field of a schema: unset and unknown fields are
 * left out, and the value 0 is written, since being there may mean something.
 */
export class MessageWriter {
  private readonly out: WireBuffer;
  private readonly enumNames: Readonly<Record<string, number>>;
  /** Names and indexes on the way to what is being written, for errors. */
  private readonly path: (string | number)[] = [];
  private depth = 0;

  constructor(out: WireBuffer, enumNames: Readonly<Record<string, number>>) {
    this.out = out;
    this.enumNames = enumNames;
  }

  /** Goes into a field or element; `leave` goes back. */
  enter(step: string | number): void {
    this.path.push(step);
  }

  leave(): void {
    this.path.pop();
  }

  /** Where the writer is, such as `resourceMetrics[0].resource`. */
  where(): string {
    let text = '';
    for (const step of this.path.slice(0, 40)) {
      text += typeof step === 'number' ? `[${step}]` : `${text === '' ? '' : '.'}${step}`;
    }
    return text;
  }

  /** For `returnTo`, after `fields` failed. */
  get level(): number {
    return this.path.length;
  }

  returnTo(level: number): void {
    this.path.length = level;
    this.depth = 0;
  }

  /**
   * Writes the fields of a message.
   *
   * @returns false when a number does not fit its field: what was written is then incomplete, and `where` is there
   * @throws AppError `otlp.malformed` when a value has the wrong type
   */
  fields(value: unknown, schema: MessageSchema): boolean {
    const object = this.object(value);
    if (schema.oneof.length > 0 && countSet(object, schema.oneof) > 1) {
      oneOf(object, schema.oneof, this.where());
    }
    for (const field of schema.fields) {
      const content = object[field.name];
      if (content != null) {
        this.path.push(field.name);
        if (!(field.isRepeated ? this.list(content, field) : this.one(content, field))) {
          return false;
        }
        this.path.pop();
      }
    }
    return true;
  }

  private object(value: unknown): JsonObject {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : (objectAt(value, this.where()) ?? NOTHING);
  }

  private list(value: unknown, field: FieldSchema): boolean {
    const items = Array.isArray(value) ? (value as unknown[]) : arrayAt(value, this.where());
    for (let index = 0; index < items.length; index++) {
      this.path.push(index);
      if (!this.one(items[index] ?? (typeof field.kind === 'string' ? 0 : NOTHING), field)) {
        return false;
      }
      this.path.pop();
    }
    return true;
  }

  private one(value: unknown, field: FieldSchema): boolean {
    const { kind, number } = field;
    return typeof kind === 'string' ? this.scalar(value, kind, number) : this.message(value, kind, number);
  }

  private message(value: unknown, schema: MessageSchema, number: number): boolean {
    if (schema.isRecursive && ++this.depth > MAX_VALUE_DEPTH + 1) {
      throw malformedJson(this.where(), `attribute values nest deeper than ${MAX_VALUE_DEPTH} levels`);
    }
    const start = this.out.begin(number);
    const isComplete = this.fields(value, schema);
    this.out.end(start);
    if (schema.isRecursive) {
      this.depth--;
    }
    return isComplete;
  }

  private scalar(value: unknown, kind: ScalarKind, number: number): boolean {
    const { out } = this;
    switch (kind) {
      case 'string':
        out.stringField(number, typeof value === 'string' ? value : stringAt(value, this.where()));
        return true;
      case 'bytes':
        out.bytesField(number, bytesAt(value, this.where()));
        return true;
      case 'id':
        out.bytesField(number, this.id(value));
        return true;
      case 'bool':
        out.varintField(number, booleanAt(value, this.where()) ? 1n : 0n);
        return true;
      case 'double': {
        const double = this.double(value);
        if (double !== undefined) {
          out.doubleField(number, double);
        }
        return double !== undefined;
      }
      case 'enum':
      case 'uint32':
      case 'sint32':
      case 'int64':
      case 'uint64':
      case 'fixed64':
      case 'sfixed64':
        return this.integer(value, kind, number);
    }
  }

  private integer(value: unknown, kind: keyof typeof RANGE, number: number): boolean {
    const { out } = this;
    if (kind === 'enum' && typeof value === 'string' && Object.hasOwn(this.enumNames, value)) {
      out.varintField(number, BigInt(this.enumNames[value]!));
      return true;
    }
    const isSound =
      typeof value === 'number'
        ? Number.isInteger(value) || !Number.isFinite(value)
        : typeof value === 'string' && /^-?\d+$/.test(value);
    // The text of the path is only made when the value is about to be refused.
    const integer = integerAt(value, isSound ? '' : this.where(), RANGE[kind]);
    if (integer === undefined) {
      return false;
    }
    if (kind === 'fixed64' || kind === 'sfixed64') {
      out.fixed64Field(number, integer);
    } else {
      out.varintField(number, kind === 'sint32' ? zigzag(integer) : integer);
    }
    return true;
  }
  private double(value: unknown): number | undefined {
    return typeof value === 'number' && Number.isFinite(value) ? value : doubleAt(value, this.where());
  }

  /** Ids are hex, of either case. */
  private id(value: unknown): Uint8Array {
    const text = stringAt(value, this.where());
    if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
      throw malformedJson(this.where(), 'hex digits are expected');
    }
    return Buffer.from(text, 'hex');
  }
}

const NOTHING: JsonObject = {};

function countSet(object: JsonObject, names: readonly string[]): number {
  let count = 0;
  for (const name of names) {
    if (object[name] != null) {
      count++;
    }
  }
  return count;
}

function zigzag(value: bigint): bigint {
  return value < 0n ? -2n * value - 1n : 2n * value;
}
