import type { Labels } from '@tidewatch/core';

/**
 * An OTLP AnyValue as the JavaScript value of its kind: string, bool, int (bigint), double (number), bytes, array and
 * key-value list (Map, so that the last of duplicate keys wins). A value without any kind set is null.
 */
export type AnyValue = null | string | boolean | bigint | number | Uint8Array | AnyValue[] | AttributeMap;

/** Attribute keys and values as sent; the last of duplicate keys wins. */
export type AttributeMap = Map<string, AnyValue>;

/** How deep arrays and key-value lists may nest. Deeper bodies are malformed: they exist to exhaust the stack. */
export const MAX_VALUE_DEPTH = 64;

/**
 * How many attributes one resource, scope, point, span, event, link or record may have. SDKs send 128 by default. Tens of
 * thousands in one place hold up everybody else while they are sorted: then the whole body is malformed.
 */
export const MAX_ATTRIBUTES = 8_192;

/** Attributes in their two final forms. */
export interface CanonicalAttributes {
  /** Keys ascending (by UTF-16 code unit), values as text. */
  readonly labels: Labels;
  /** Unambiguous, type-aware and independent of order: equal if and only if the attributes are the same. */
  readonly canonical: string;
}

/** No attributes at all. */
export const NO_ATTRIBUTES: CanonicalAttributes = { labels: {}, canonical: 'm0:' };

/** Sorts, stringifies and serialises attributes. */
export function canonicalAttributes(attributes: AttributeMap): CanonicalAttributes {
  if (attributes.size === 0) {
    return NO_ATTRIBUTES;
  }
  const entries = sortedEntries(attributes);
  const labels: Record<string, string> = {};
  for (const [key, value] of entries) {
    if (key === '__proto__') {
      // Assigning would set the prototype; this key is data like any other.
      Object.defineProperty(labels, key, {
        value: attributeText(value),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else {
      labels[key] = attributeText(value);
    }
  }
  return { labels, canonical: canonicalEntries(entries) };
}

/**
 * The text that is stored for an attribute value.
 *
 * Strings as they are; `true` and `false`; integers in decimal; doubles in the shortest form that reads back the same
 * (`1` for 1.0), with `NaN`, `Infinity`, `-Infinity` and `-0`; bytes in base64; arrays and key-value lists as JSON with
 * keys ascending (bytes and doubles that JSON cannot write become strings in it); a value without a kind is empty.
 */
export function attributeText(value: AnyValue): string {
  if (value === null) {
    return '';
  }
  if (typeof value === 'object') {
    return value instanceof Uint8Array ? base64(value) : jsonText(value);
  }
  return typeof value === 'number' ? doubleText(value) : String(value);
}

/** A length-prefixed piece of a canonical serialisation: no text can imitate the boundary to the next piece. */
export function lengthPrefixed(text: string): string {
  return `${text.length}:${text}`;
}

/** Tags: s string, b bool, i int, d double, x bytes, a array, m key-value list, n none. */
function canonicalValue(value: AnyValue): string {
  if (typeof value === 'string') {
    return `s${lengthPrefixed(value)}`;
  }
  if (value === null) {
    return 'n';
  }
  if (Array.isArray(value)) {
    return `a${value.length}:${value.map(canonicalValue).join('')}`;
  }
  if (value instanceof Map) {
    return canonicalEntries(sortedEntries(value));
  }
  return scalarTag(value) + lengthPrefixed(attributeText(value));
}

function scalarTag(value: boolean | bigint | number | Uint8Array): string {
  if (typeof value === 'boolean') {
    return 'b';
  }
  if (typeof value === 'bigint') {
    return 'i';
  }
  return typeof value === 'number' ? 'd' : 'x';
}

function canonicalEntries(entries: readonly [string, AnyValue][]): string {
  let text = `m${entries.length}:`;
  for (const [key, value] of entries) {
    text += lengthPrefixed(key) + canonicalValue(value);
  }
  return text;
}

function sortedEntries(map: AttributeMap): [string, AnyValue][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

function jsonText(value: AnyValue): string {
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return `[${value.map(jsonText).join(',')}]`;
  }
  if (value instanceof Map) {
    return `{${sortedEntries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`)
      .join(',')}}`;
  }
  const isBare =
    typeof value === 'boolean' ||
    typeof value === 'bigint' ||
    (typeof value === 'number' && Number.isFinite(value));
  return isBare ? attributeText(value) : JSON.stringify(attributeText(value));
}

function doubleText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
