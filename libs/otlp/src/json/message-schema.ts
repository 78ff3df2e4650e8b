/** How a scalar is written in JSON and on the wire. `id` is bytes in hex; all other bytes are base64. */
export type ScalarKind =
  | 'string'
  | 'bytes'
  | 'id'
  | 'bool'
  | 'enum'
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'sfixed64'
  | 'double';

/** A field of a message: its JSON name, its number, and what it holds. */
export interface FieldSchema {
  readonly name: string;
  readonly number: number;
  readonly kind: ScalarKind | MessageSchema;
  readonly isRepeated: boolean;
}

/** A message as far as it is read; other fields of its JSON object are never looked at. */
export interface MessageSchema {
  readonly fields: readonly FieldSchema[];
  /** Names of fields that exclude each other. */
  readonly oneof: readonly string[];
  /** Whether the message may be inside itself; such nesting is bounded. */
  readonly isRecursive: boolean;
}

/** A singular field. */
export function field(name: string, number: number, kind: ScalarKind | MessageSchema): FieldSchema {
  return { name, number, kind, isRepeated: false };
}

/** A repeated field. */
export function repeated(name: string, number: number, kind: ScalarKind | MessageSchema): FieldSchema {
  return { name, number, kind, isRepeated: true };
}

/** A message that does not contain itself. */
export function message(fields: readonly FieldSchema[], oneof: readonly string[] = []): MessageSchema {
  return { fields, oneof, isRecursive: false };
}

const anyValueFields: FieldSchema[] = [];

const ANY_VALUE: MessageSchema = {
  fields: anyValueFields,
  oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
  isRecursive: true,
};

/** opentelemetry.proto.common.v1.KeyValue. */
export const KEY_VALUE = message([field('key', 1, 'string'), field('value', 2, ANY_VALUE)]);

anyValueFields.push(
  field('stringValue', 1, 'string'),
  field('boolValue', 2, 'bool'),
  field('intValue', 3, 'int64'),
  field('doubleValue', 4, 'double'),
  field('arrayValue', 5, message([repeated('values', 1, ANY_VALUE)])),
  field('kvlistValue', 6, message([repeated('values', 1, KEY_VALUE)])),
  field('bytesValue', 7, 'bytes'),
);
