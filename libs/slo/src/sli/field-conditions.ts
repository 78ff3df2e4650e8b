import { z } from 'zod';
import { describeValue, expected } from '../field-errors.js';
import { isRe2 } from '../re2-syntax.js';
import type { FieldCondition, FieldOperator } from './field-condition.js';

/** The fields of one kind of event that conditions may be on. */
export interface FieldSet {
  /** What an event of this kind is called, such as `span`. */
  readonly event: string;
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  /** Beginnings of names that are followed by a key of the event's own, such as `attribute.`; compared as text or number. */
  readonly prefixes: readonly string[];
  /** The values that exist, of fields with few. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const TEXT_WORDS = { not: '!=', matches: '=~', notMatches: '!~' } as const;
const ORDER_WORDS = { above: '>', atLeast: '>=', below: '<', atMost: '<=' } as const;
const WORDS: Readonly<Record<string, FieldOperator>> = { ...TEXT_WORDS, ...ORDER_WORDS };
const FORMS =
  'text, {not: text}, {matches: regular expression}, {notMatches: …}, or an order such as {above: 0.5}, {atLeast: …}, {below: …} or {atMost: …} (quote numbers and true or false that are text)';

/** The conditions of one source on the fields of its events; reports every mistake with its path. */
export function fieldConditionsSchema(fields: FieldSet) {
  return z
    .record(z.string(), z.unknown(), { error: expected('a map from field to condition') })
    .nullable()
    .transform((map, context): readonly FieldCondition[] =>
      Object.entries(map ?? {}).flatMap(([field, value]) => readField(field, value, { fields, context })),
    );
}

interface Reading {
  readonly fields: FieldSet;
  readonly context: z.RefinementCtx;
}

function readField(field: string, value: unknown, reading: Reading): FieldCondition[] {
  const { fields, context } = reading;
  const report = (path: string[], message: string): FieldCondition[] => {
    context.addIssue({ code: 'custom', path, message });
    return [];
  };
  if (!isField(field, fields)) {
    const known = [...fields.texts, ...fields.numbers, ...fields.prefixes.map((each) => `${each}NAME`)];
    return report([field], `is not a field of a ${fields.event}; known are ${known.join(', ')}`);
  }
  const single: [string, unknown][] = [['', value]];
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : single;
  if (entries.length === 0 || Array.isArray(value)) {
    return report([field], `must be ${FORMS}, and is ${describeValue(value)}`);
  }
  return entries.flatMap(([word, operand]) => {
    const path = word === '' ? [field] : [field, word];
    const op = word === '' ? '=' : WORDS[word];
    if (op === undefined || (word === '' && typeof operand !== 'string')) {
      return report([field], `must be ${FORMS}, and is ${describeValue(op === undefined ? word : value)}`);
    }
    const fault = operandFault(field, op, operand, fields);
    return fault === null ? [{ field, op, value: operand as string | number }] : report(path, fault);
  });
}

function isField(field: string, { texts, numbers, prefixes }: FieldSet): boolean {
  return (
    texts.includes(field) ||
    numbers.includes(field) ||
    prefixes.some((prefix) => field.startsWith(prefix) && field.length > prefix.length)
  );
}

function operandFault(field: string, op: FieldOperator, operand: unknown, fields: FieldSet): string | null {
  const isOrder = (Object.values(ORDER_WORDS) as FieldOperator[]).includes(op);
  if (isOrder) {
    if (fields.texts.includes(field)) {
      return 'is an order of numbers, and the field is text: compare it with text, not, matches or notMatches';
    }
    return typeof operand === 'number' && Number.isFinite(operand)
      ? null
      : expected('a number')({ input: operand });
  }
  if (fields.numbers.includes(field)) {
    return `compares text, and ${field} is a number: use above, atLeast, below or atMost`;
  }
  if (typeof operand !== 'string') {
    return expected('text (quote numbers and true or false)')({ input: operand });
  }
  if (op === '=~' || op === '!~') {
    return isRe2(operand)
      ? null
      : `must be a regular expression in RE2 syntax (no look-around and no back-references), and is ${describeValue(operand)}`;
  }
  const values = fields.values[field];
  return values === undefined || values.includes(operand)
    ? null
    : `must be ${values.join(' or ')}, and is ${describeValue(operand)}`;
}

/**
 * The map that {@link fieldConditionsSchema} reads into these conditions, which must be grouped by field. No field may
 * be compared twice with one operator, which no document can say either.
 */
export function writeFieldConditions(conditions: readonly FieldCondition[]): Record<string, unknown> {
  const words = new Map(Object.entries(WORDS).map(([word, op]) => [op, word]));
  const map = new Map<string, unknown>();
  for (const { field, op, value } of conditions) {
    const word = words.get(op);
    const before = map.get(field);
    map.set(
      field,
      word === undefined ? value : { ...(typeof before === 'object' ? before : {}), [word]: value },
    );
  }
  return Object.fromEntries(map);
}

/** Whether one of `lists` has a condition on `field`. */
export function comparesField(lists: readonly (readonly FieldCondition[] | null)[], field: string): boolean {
  return lists.some((list) => list?.some((condition) => condition.field === field));
}
