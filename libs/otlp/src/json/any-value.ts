import { MAX_VALUE_DEPTH } from '../attributes.js';
import type { AnyValue, AttributeMap } from '../attributes.js';
import { malformedJson } from '../malformed.js';
import { arrayAt, booleanAt, doubleAt, integerAt, objectAt, oneOf, stringAt } from './reader.js';

const KINDS = [
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
] as const;

/** Reads a JSON array of KeyValue objects, `{"key": ..., "value": AnyValue}`. */
export function attributesAt(value: unknown, path: string, depth = 0): AttributeMap {
  const attributes: AttributeMap = new Map();
  const items = arrayAt(value, path);
  for (let index = 0; index < items.length; index++) {
    const itemPath = `${path}[${index}]`;
    const item = objectAt(items[index], itemPath) ?? {};
    attributes.set(
      stringAt(item['key'], `${itemPath}.key`),
      anyValueAt(item['value'], `${itemPath}.value`, depth),
    );
  }
  return attributes;
}

/** Reads the AnyValue object at `path`; null when it is unset or has no kind. */
export function anyValueAt(value: unknown, path: string, depth = 0): AnyValue {
  if (depth > MAX_VALUE_DEPTH) {
    throw malformedJson(path.slice(0, 200), `attribute values nest deeper than ${MAX_VALUE_DEPTH} levels`);
  }
  const object = objectAt(value, path) ?? {};
  const kind = oneOf(object, KINDS, path);
  if (kind === undefined) {
    return null;
  }
  const content = object[kind];
  const contentPath = `${path}.${kind}`;
  switch (kind) {
    case 'stringValue':
      return stringAt(content, contentPath);
    case 'boolValue':
      return booleanAt(content, contentPath);
    case 'intValue':
      return inRange(integerAt(content, contentPath, 'int64'), contentPath);
    case 'doubleValue':
      return inRange(doubleAt(content, contentPath), contentPath);
    case 'bytesValue':
      return bytesAt(content, contentPath);
    case 'arrayValue': {
      const items = arrayAt(objectAt(content, contentPath)?.['values'], `${contentPath}.values`);
      return items.map((item, index) => anyValueAt(item, `${contentPath}.values[${index}]`, depth + 1));
    }
    case 'kvlistValue':
      return attributesAt(objectAt(content, contentPath)?.['values'], `${contentPath}.values`, depth + 1);
  }
}

/** A number out of range in a point refuses the point; in an attribute there is no point to refuse yet. */
function inRange<T>(value: T | undefined, path: string): T {
  if (value === undefined) {
    throw malformedJson(path, 'the number is out of range');
  }
  return value;
}

/** The bytes at `path`. Bytes of AnyValue are base64, of either alphabet, as the proto3 JSON mapping says. */
export function bytesAt(value: unknown, path: string): Uint8Array {
  const text = stringAt(value, path);
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) {
    throw malformedJson(path, 'base64 is expected');
  }
  return Buffer.from(text, 'base64');
}
